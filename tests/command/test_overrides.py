"""KEY=VALUE among the words of a command: the same as --set KEY=VALUE."""

import shutil
from pathlib import Path

import click
import pytest
from running import begun, in_process, info, mlpcli, only_run, runs

from mlpcli.errors import ConfigError, MlpcliError


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(begun(tmp_path))
    return tmp_path


@pytest.mark.parametrize("command", ["train", "check", "lr"])
def test_a_wrong_override_is_refused_alike_in_both_forms(command: str, place: Path) -> None:
    wrong = ["steps=0", "widht=3", "decay=cosin", "=5", "steps="]
    refusals = []
    for words in (wrong, [word for each in wrong for word in ("-s", each)]):
        with pytest.raises(ConfigError) as caught:
            in_process(command, "a.yaml", *words)
        refusals.append((str(caught.value), caught.value.hint))
    assert refusals[0] == refusals[1]
    assert "-s steps=0: steps: too small" not in refusals[0][0]  # the last one counts
    assert "-s widht=3: widht: unknown key, did you mean width?" in refusals[0][0]


@pytest.mark.parametrize("command", ["train", "check", "lr", "resume"])
def test_without_a_config_or_run_the_override_says_what_is_missing(
    command: str, place: Path
) -> None:
    what = "RUN..." if command == "resume" else "CONFIG..." if command == "train" else "CONFIG"
    with pytest.raises(click.UsageError) as caught:
        in_process(command, "steps=5")
    assert caught.value.message == f"Missing argument '{what}'; steps=5 overrides a key of it."
    with pytest.raises(click.UsageError, match="Missing argument"):
        in_process(command)


@pytest.mark.parametrize("command", ["check", "lr"])
def test_a_command_of_one_config_refuses_a_second(command: str, place: Path) -> None:
    with pytest.raises(click.UsageError) as caught:
        in_process(command, "a.yaml", "steps=5", "b.yaml")
    assert caught.value.message == "Got unexpected extra argument (b.yaml)"


@pytest.mark.parametrize("command", ["train", "resume"])
def test_a_key_in_both_forms_with_two_values_is_refused(command: str, place: Path) -> None:
    with pytest.raises(click.UsageError) as caught:
        in_process(command, "a.yaml", "steps=5", "-s", "steps=6")
    assert caught.value.message == ("-s steps=6 and steps=5: a key is given twice; leave one out")


def test_a_file_that_is_there_is_a_config_whatever_its_name(place: Path) -> None:
    shutil.copy("a.yaml", "steps=5.yaml")
    assert "784-8-10" in in_process("check", "steps=5.yaml", "width=8").stdout
    with pytest.raises(MlpcliError, match=r"nowhere/a=b\.yaml: no such file or directory"):
        in_process("train", "nowhere/a=b.yaml")  # nor is a path a key


@pytest.mark.parametrize("command", ["train", "check", "lr", "resume"])
def test_the_usage_line_shows_both(command: str) -> None:
    usage = in_process(command, "--help").stdout.splitlines()[0]
    what = {"train": "CONFIG...", "resume": "RUN..."}.get(command, "CONFIG")
    pair = "steps=N" if command == "resume" else "KEY=VALUE"
    assert usage.endswith(f"{command} [OPTIONS] {what} [{pair}]...")


@pytest.mark.process
def test_train_and_resume_take_overrides_among_their_words(tmp_path: Path) -> None:
    done = mlpcli(["train", "steps=20", "a.yaml", "name=b", "width=[4]"], begun(tmp_path))
    assert done.returncode == 0, done.stderr
    config = info(only_run(tmp_path))["config"]
    assert (config["steps"], config["name"], config["width"]) == (20, "b", [4])
    moved = only_run(tmp_path).rename(tmp_path / "runs" / "steps=30")
    done = mlpcli(["resume", "steps=30", "steps=40"], tmp_path)  # a run of that name, and steps
    assert done.returncode == 0, done.stderr
    assert runs(tmp_path) == [moved]
    assert info(moved)["config"]["steps"] == 40
