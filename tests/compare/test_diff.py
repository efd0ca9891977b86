"""Two runs beside each other: what differs, and whether the networks do, by hand-worked counts."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click.testing
import jsonschema
import numpy as np
import pytest
from once import Once
from running import TINY, in_process, mlpcli, runs

from mlpcli.compare.diff import (
    Change,
    Discordance,
    Race,
    changes,
    class_changes,
    conclude,
    diff_runs,
    discordance,
    races,
)
from mlpcli.compare.diff_records import diff_schema
from mlpcli.data.mnist import MNIST
from mlpcli.runs.history import History, Reached
from mlpcli.runs.predictions import Answers
from mlpcli.runs.read import Run, open_run

pytestmark = pytest.mark.process

Unfinished = Callable[..., Path]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, once: Once) -> tuple[Path, Path]:
    """Train two tiny networks that differ in seed and learning rate."""
    place = tmp_path_factory.mktemp("pair")
    for words in ([], ["-s", "seed=1", "-s", "learning_rate=0.1"]):
        assert once.mlpcli(["train", TINY, *words], place).returncode == 0
    first, second = sorted(
        runs(place), key=lambda run: "seed: 1" in (run / "config.yaml").read_text()
    )
    return first, second


@pytest.fixture
def copies(pair: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """Give copies of the two runs that may be damaged."""
    a, b = (Path(shutil.copytree(run, tmp_path / run.name)) for run in pair)
    return a, b


def shown(*words: object, **environment: str | None) -> click.testing.Result:
    """Return all that `mlpcli diff` prints, by default off a terminal."""
    return in_process("diff", "--full", *words, **{"COLUMNS": "80", **environment})


def brief(*words: object, **environment: str | None) -> click.testing.Result:
    """Return what `mlpcli diff` prints on a screen, by default off a terminal."""
    return in_process("diff", *words, **{"COLUMNS": "80", **environment})


def on_terminal(*words: object, columns: int = 80) -> list[str]:
    """Return the lines, without colours, of `mlpcli diff` on a terminal of so many columns."""
    result = brief(*words, FORCE_COLOR="1", COLUMNS=str(columns))
    return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout).splitlines()


def strict_json(text: str) -> Any:
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def forge(run: Path, name: str, **values: object) -> None:
    known = json.loads((run / name).read_text())
    (run / name).write_text(json.dumps(known | values))


def answers(predicted: list[int], labels: list[int]) -> Answers:
    return Answers(np.array(predicted, np.uint8), np.array(labels, np.int32))


# pure functions, by hand


def test_only_values_that_differ_are_changes() -> None:
    a = {"x": 1, "y": 2.0, "z": [1, 2], "gone": "a", "bool": 1}
    b = {"x": 1, "y": 2, "z": [1, 3], "new": 5, "bool": True}
    assert changes(a, b) == (
        Change("z", [1, 2], [1, 3]),
        Change("gone", "a", None),
        Change("bool", 1, True),
        Change("new", None, 5),
    )


def test_examples_are_counted_by_which_network_has_them_right() -> None:
    labels = [0, 0, 0, 1, 1, 1]
    a = answers([0, 0, 1, 1, 0, 0], labels)
    b = answers([0, 1, 0, 0, 0, 0], labels)
    # one both, two only A, one only B, two neither; three discordant: p = min(1, 2 (1 + 3) / 8)
    assert discordance(a, b) == Discordance(
        examples=6, both=1, only_a=2, only_b=1, neither=2, same_predictions=3, p=1.0
    )


def test_classes_are_compared_the_most_changed_first() -> None:
    labels = [0] * 10 + [1] * 10
    a = answers([0] * 10 + [1] * 5 + [0] * 5, labels)
    b = answers([1] * 10 + [1] * 6 + [0] * 4, labels)
    zero, one = class_changes(a, b)
    # class 0: ten only A, p = 2 / 2^10, by Holm twice that; class 1: one only B, p = 2 / 2 = 1
    assert (zero.label, zero.a_correct, zero.b_correct, zero.difference) == (0, 10, 0, -1.0)
    assert (zero.only_a, zero.only_b, zero.p, zero.p_adjusted) == (10, 0, 2 / 1024, 4 / 1024)
    assert zero.beyond_chance
    assert (one.label, one.a_correct, one.b_correct, one.difference) == (1, 5, 6, 0.1)
    assert (one.only_a, one.only_b, one.p_adjusted, one.beyond_chance) == (0, 1, 1.0, False)


def run_with(*records: Reached) -> Run:
    history = History(records=records)
    run = Run(Path(), "completed", {}, {})
    vars(run)["history"] = history  # as if it had been read
    return run


def test_each_race_says_when_both_were_as_good_as_the_best_of_one() -> None:
    a = run_with(Reached(0.5, 10, 1.0), Reached(0.9, 20, 2.0))
    b = run_with(Reached(0.7, 10, 0.5), Reached(0.8, 30, 1.5))
    assert races(a, b) == (
        Race("a", 0.9, Reached(0.9, 20, 2.0), None),
        Race("b", 0.8, Reached(0.9, 20, 2.0), Reached(0.8, 30, 1.5)),
    )
    assert races(a, run_with()) == (Race("a", 0.9, Reached(0.9, 20, 2.0), None),)


COUNTS = Discordance(10_000, 9_000, 52, 47, 901, 9_500, 0.688)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        (
            COUNTS,
            "no evidence that these two networks differ: 52 and 47 test examples only one of them "
            "has right (p = 0.688)",
        ),
        (
            replace(COUNTS, only_a=80, only_b=20, p=1e-9),
            "network A is better on the test set: 80 examples only A has right, 20 only B "
            "(p < 0.001)",
        ),
        (
            replace(COUNTS, only_a=2, only_b=12, p=0.0129),
            "network B is better on the test set: 12 examples only B has right, 2 only A "
            "(p = 0.013)",
        ),
        (
            replace(COUNTS, same_predictions=10_000),
            "the networks take each of the 10,000 test examples for the same class",
        ),
        (None, "without the test predictions of both, nothing can be said of the networks"),
    ],
)
def test_the_conclusion_is_a_sentence(test: Discordance | None, expected: str) -> None:
    assert conclude(False, test) == expected


# whole runs


def test_two_runs_differ_in_what_was_set(pair: tuple[Path, Path]) -> None:
    diff = diff_runs(*map(open_run, pair))
    assert diff.config == (Change("learning_rate", 0.2, 0.1), Change("seed", 0, 1))
    assert diff.environment == diff.data == diff.warnings == ()


def test_the_counts_are_those_of_the_summaries(pair: tuple[Path, Path]) -> None:
    diff = diff_runs(*map(open_run, pair))
    right = [json.loads((run / "summary.json").read_text())["test_correct"] for run in pair]
    assert diff.test
    assert [diff.test.both + diff.test.only_a, diff.test.both + diff.test.only_b] == right
    assert [sum(c.a_correct for c in diff.classes), sum(c.b_correct for c in diff.classes)] == right
    assert sum(each.only_a for each in diff.classes) == diff.test.only_a


def test_the_other_way_round_all_signs_turn(pair: tuple[Path, Path]) -> None:
    there, back = diff_runs(*map(open_run, pair)), diff_runs(*map(open_run, pair[::-1]))
    assert there.test
    assert back.test
    assert (there.test.only_a, there.test.p) == (back.test.only_b, back.test.p)
    assert {c.label: c.difference for c in there.classes} == {
        c.label: -c.difference for c in back.classes
    }


@pytest.mark.parametrize("words", [[], ["--full"]])
def test_the_conclusion_stands_last(pair: tuple[Path, Path], words: list[str]) -> None:
    lines = brief(*pair, *words).stdout.splitlines()
    assert lines[:2] == [f"A  {pair[0].name}: completed", f"B  {pair[1].name}: completed"]
    conclusion = diff_runs(*map(open_run, pair)).conclusion
    assert lines[-2] == f"{conclusion[0].upper()}{conclusion[1:]}."
    assert "several seeds" in lines[-1]


def test_by_default_it_fits_a_screen_whatever_differs(copies: tuple[Path, Path]) -> None:
    a, b = copies
    labels = MNIST.test_targets()
    for run, wrong in ((a, 0), (b, 40)):  # B is wrong on 40 of each class
        predicted = labels.astype(np.uint8)
        for label in range(10):
            predicted[np.flatnonzero(labels == label)[:wrong]] = (label + 1) % 10
        with (run / "test_predictions.npy").open("wb") as file:
            np.save(file, predicted)
        forge(
            run,
            "summary.json",
            test_accuracy=1 - wrong / 1_000,
            test_correct=10_000 - 10 * wrong,
            test_balanced_accuracy=None,
            test_macro_f1=None,
        )
    versions = {f"package{n}": "2" for n in range(30)}
    forge(b, "run.json", versions=versions, host="elsewhere", cpu="another", threads=99)
    lines = on_terminal(a, b)
    assert len(lines) <= 21  # two lines for the next command, and one for the prompt
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert re.search(r"^learning_rate +0\.2 +0\.1$", text, re.MULTILINE)
    assert re.search(r"^\d\d more: --full$", text, re.MULTILINE)
    assert "8 more classes beyond chance: --full" in lines
    assert "elsewhere" not in text


@pytest.mark.parametrize("columns", [*range(1, 12), 40, 50, 120])
def test_whatever_the_width_two_runs_are_shown(pair: tuple[Path, Path], columns: int) -> None:
    lines = on_terminal(*pair, columns=columns)
    assert max(map(len, lines)) <= max(columns, 20)


def test_better_is_green_and_worse_is_red(pair: tuple[Path, Path]) -> None:
    (a, b), colours = pair, {True: "1;32", False: "31"}
    better = diff_runs(*map(open_run, pair)).b_is_better
    if better is None:
        pytest.fail("the two networks are to differ beyond chance")
    for words, b_is_better in (((a, b), better), ((b, a), not better)):
        out = brief(*words, FORCE_COLOR="1").stdout
        (line,) = (each for each in out.splitlines() if "test % at the end" in each)
        assert f"\x1b[{colours[b_is_better]}m" in line
        assert f"\x1b[{colours[b_is_better]}mNetwork " in out


def test_the_next_command_trains_both_settings_with_seeds(pair: tuple[Path, Path]) -> None:
    configs = " ".join(f"{run}/config.yaml" for run in pair)
    assert brief(*pair).stderr == (
        f"next: mlpcli train {configs} --seeds 5   (all of it: --full)\n"
    )
    assert brief(pair[0], pair[0]).stderr == f"next: mlpcli compare {pair[0].parent}\n"
    assert brief(*pair, "--json").stderr == ""


def test_the_page_has_every_part(pair: tuple[Path, Path]) -> None:
    output = shown(*pair).stdout
    assert re.search(r"^learning_rate +0\.2 +0\.1 *$", output, re.MULTILINE)
    for part in (
        *("Results, with 95 % intervals", "The 10,000 test examples"),
        *("Classes, the most changed first", "First to reach a validation accuracy of"),
        *("Data: the same", "Environment: the same"),
    ):
        assert f"\n{part}\n" in output


@pytest.mark.parametrize("columns", [40, 50, 60])
def test_on_a_narrow_terminal_no_number_is_broken(pair: tuple[Path, Path], columns: int) -> None:
    wide, narrow = (
        re.sub(r"\x1b\[[0-9;]*m", "", shown(*pair, FORCE_COLOR="1", COLUMNS=str(n)).stdout)
        for n in (200, columns)
    )
    numbers = set(re.findall(r"[+-]?\d+\.\d\d\b", wide))
    assert numbers <= set(re.findall(r"[+-]?\d+\.\d\d\b", narrow))
    assert max(map(len, narrow.splitlines())) <= columns


@pytest.mark.parametrize("columns", [80, 100])
def test_the_page_fits_its_terminal(pair: tuple[Path, Path], columns: int) -> None:
    output = shown(*pair, FORCE_COLOR="1", COLUMNS=str(columns)).stdout
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    assert max(map(len, plain.splitlines())) <= columns
    assert re.search(r"\d\d\.\d\d \(\d\d\.\d\d to \d\d\.\d\d\) \d\d\.\d\d \(", plain)


@pytest.mark.parametrize("environment", [{}, {"TERM": "dumb", "FORCE_COLOR": "1"}])
def test_off_a_terminal_all_is_plain_ascii(
    pair: tuple[Path, Path], environment: dict[str, str]
) -> None:
    output = shown(*pair, **environment).stdout
    assert output.isascii()
    assert "\x1b" not in output


def test_differences_are_what_b_has_more_than_a(copies: tuple[Path, Path]) -> None:
    for run, accuracy, loss in zip(copies, (0.9, 0.925), (0.5, 0.25), strict=True):
        forge(run, "summary.json", val_accuracy=accuracy, val_examples=5_000, test_loss=loss)
    output = shown(*copies).stdout
    assert re.search(r"^validation % at the end .* \+2\.50 *$", output, re.MULTILINE)
    assert re.search(r"^test loss +0\.5000 +0\.2500 +-0\.2500 *$", output, re.MULTILINE)


def test_json_holds_all_of_it(pair: tuple[Path, Path]) -> None:
    value = strict_json(brief(*pair, "--json").stdout)
    jsonschema.validate(value, diff_schema())
    assert value["config"][0] == {"key": "learning_rate", "a": 0.2, "b": 0.1}
    assert value["a"]["results"]["test"].keys() >= {"accuracy", "low", "high"}
    assert value["test"].keys() >= {"only_a", "only_b", "p"}
    assert value["classes"][0].keys() >= {"class", "difference", "p_adjusted", "beyond_chance"}
    assert [each["best_of"] for each in value["reached"]] == ["a", "b"]
    assert value["same_run"] is False


def test_a_run_beside_itself_is_told(pair: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(pair[0])
    result = shown(pair[0], tmp_path / "link")
    assert result.stdout.splitlines()[3:] == ["A and B are the same run."]
    assert result.exit_code == 0
    assert strict_json(shown(pair[0], pair[0], "--json").stdout)["same_run"] is True


def test_runs_are_named_by_parts_of_their_names(pair: tuple[Path, Path]) -> None:
    a, b = (run.name[-4:] for run in pair)
    assert (
        shown(a, b, "--runs-dir", pair[0].parent).stdout
        == shown(pair[0].parent / pair[0].name, pair[1]).stdout
    )


def test_another_environment_is_told_by_dotted_keys(copies: tuple[Path, Path]) -> None:
    a, b = copies
    versions = json.loads((a / "run.json").read_text())["versions"]
    forge(b, "run.json", versions={**versions, "keras": "3.0"}, host="elsewhere", git=None)
    forge(a, "run.json", host="here", git={"commit": "f" * 40, "dirty": True})
    assert diff_runs(open_run(a), open_run(b)).environment == (
        Change("versions.keras", versions["keras"], "3.0"),
        Change("git.commit", "f" * 40, None),
        Change("git.dirty", True, None),
        Change("host", "here", "elsewhere"),
    )


def test_networks_of_other_data_are_not_compared(copies: tuple[Path, Path]) -> None:
    a, b = copies
    forge(b, "run.json", data={"name": "mnist", "sha256": "0" * 64})
    diff = diff_runs(open_run(a), open_run(b))
    assert (diff.test, diff.classes) == (None, ())
    assert diff.conclusion == "the data sets differ, so the networks cannot be compared"
    assert [each.key for each in diff.data] == ["sha256"]
    assert "\nData\n" in shown(a, b).stdout


def test_missing_predictions_lose_only_their_part(copies: tuple[Path, Path]) -> None:
    a, b = copies
    (b / "test_predictions.npy").unlink()
    result = shown(a, b)
    assert result.exit_code == 0
    assert result.stderr.splitlines()[0] == (
        f"{b}: test_predictions.npy cannot be read: no such file or directory"
    )
    assert "nothing can be said of the networks" in result.stdout
    assert re.search(r"^learning_rate +0\.2 +0\.1 *$", result.stdout, re.MULTILINE)


def test_compare_of_two_runs_names_diff_as_the_next_step(pair: tuple[Path, Path]) -> None:
    result = in_process("compare", *pair, COLUMNS="80")
    assert result.stdout.startswith("2 runs; ")
    first, second = sorted(pair, key=lambda path: result.stdout.index(path.name))
    assert result.stderr == f"next: mlpcli diff {first} {second}\n"


def test_an_unfinished_run_is_compared_as_far_as_it_went(
    pair: tuple[Path, Path], unfinished: Unfinished
) -> None:
    result = shown(pair[0], unfinished("a", ValueError("no"), config="width: 32\n"))
    assert result.exit_code == 0
    assert re.search(r"^learning_rate +0\.2 +- *$", result.stdout, re.MULTILINE)
    assert re.search(r"\(A's best\) +step \d+, \S+ s +never *$", result.stdout, re.MULTILINE)


def test_exit_codes(copies: tuple[Path, Path], tmp_path: Path) -> None:
    a, b = copies
    (b / "run.json").write_text("{")
    done = mlpcli(["diff", a, b], tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{b}: run.json is damaged: not JSON\n"
    assert mlpcli(["diff", a], tmp_path).returncode == 2
    assert mlpcli(["diff", a, "nowhere"], tmp_path).returncode == 2


def test_a_strangers_text_sends_no_escape_and_is_no_markup(copies: tuple[Path, Path]) -> None:
    a, b = copies
    hostile = "\x1b]0;x\x07\x1b[31m[bold red]\r\n"
    forge(b, "run.json", host=hostile, versions={hostile: hostile}, data={"name": hostile})
    odd = json.dumps(hostile)
    with (b / "config.yaml").open("a") as file:
        file.write(f"{odd}: [{odd}]\n")
    for words in ([a, b], [b, a], [a, b, "--json"]):
        result = shown(*words)
        assert result.exit_code == 0
        assert not set("\x1b\x07\r") & set(result.stdout + result.stderr)
    assert r"\x1b[31m[bold red]\r\n" in shown(a, b).stdout
