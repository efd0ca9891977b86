"""What `init` writes, and that it trains as it is."""

from pathlib import Path

import pytest
from running import in_process, mlpcli, only_run

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_first_config_is_written_with_comments_and_trains_as_it_is(tmp_path: Path) -> None:
    done = in_process("init", "mine")
    assert (done.stdout, done.stderr) == ("mine.yaml\n", "next: mlpcli train mine.yaml\n")
    assert (tmp_path / "mine.yaml").read_text().count("#") > 10
    done = mlpcli(["train", "mine.yaml", "-s", "steps=20"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert only_run(tmp_path).name.split("-")[2] == "mine"


def test_the_shipped_configs_are_written_once_and_never_over_another(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "tiny.yaml").write_text("mine\n")
    done = in_process("init")
    written = ["deep3.yaml", "deep3_tuned.yaml", "schema.json", "shallow1.yaml"]
    assert done.stdout.splitlines() == [f"configs/{name}" for name in written]
    assert done.stderr == (
        "1 file there before, left as it was\nnext: mlpcli train configs/deep3.yaml\n"
    )
    assert (tmp_path / "configs" / "tiny.yaml").read_text() == "mine\n"
    assert in_process("init").stdout == ""
    assert in_process("check", "configs/deep3.yaml", "--json").exit_code == 0


def test_the_name_of_a_shipped_config_gives_a_copy_of_it(tmp_path: Path) -> None:
    assert in_process("init", "sub/tiny.yaml").stdout == "sub/tiny.yaml\n"
    text = (tmp_path / "sub" / "tiny.yaml").read_text()
    assert "mlpcli train sub/tiny.yaml" in text
    assert "schema.json" not in text


@pytest.mark.parametrize("words", [["check"], ["train"], ["init"], ["ls", "--runs-dir"]])
def test_an_empty_word_is_not_the_folder_that_one_is_in(words: list[str], tmp_path: Path) -> None:
    done = mlpcli([*words, ""], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith("'' is not a path\n")


@pytest.mark.parametrize(
    ("word", "code", "problem"),
    [
        ("there.yaml", 2, "there.yaml: is there already\nname another FILE\n"),
        (".", 2, ".: no name of a config\none ends in .yaml\n"),
        ("..", 2, "..: no name of a config\none ends in .yaml\n"),
        ("there.txt", 2, "there.txt: no name of a config\none ends in .yaml\n"),
        ("there.yaml/a.yaml", 1, "there.yaml: is no folder\nname another FILE\n"),
    ],
)
def test_what_is_there_is_not_overwritten(
    word: str, code: int, problem: str, tmp_path: Path
) -> None:
    (tmp_path / "there.yaml").write_text("mine\n")
    done = mlpcli(["init", word], tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (code, "", problem)
    assert (tmp_path / "there.yaml").read_text() == "mine\n"
