"""What `init` writes, and that it trains as it is."""

from pathlib import Path

import pytest
import yaml
from running import ROOT, in_process, mlpcli, only_run

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
    written = ["deep3.yaml", "deep3_tuned.yaml", "schema.json", "shallow1.yaml",
               "sweep.schema.json"]  # fmt: skip
    for folder in ("papers", "playground", "sweeps"):
        names = sorted(path.name for path in (ROOT / "configs" / folder).iterdir())
        written += [f"{folder}/{name}" for name in names]
    assert sorted(done.stdout.splitlines()) == sorted(f"configs/{name}" for name in written)
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


def test_a_config_in_a_folder_of_the_shipped_ones_is_found_by_its_name_alone(
    tmp_path: Path,
) -> None:
    assert in_process("init", "spiral_deep.yaml").stdout == "spiral_deep.yaml\n"
    text = (tmp_path / "spiral_deep.yaml").read_text()
    assert "mlpcli train spiral_deep.yaml" in text
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
        ("there.conf", 2, "there.conf: no name of a config\none ends in .yaml\n"),
        (".", 2, ".: no name of a config\none ends in .yaml\n"),
        ("..", 2, "..: no name of a config\none ends in .yaml\n"),
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


ROWS = "".join(f"{i},{i % 7 / 2},{'cold' if i % 3 else 'hot'},{'ab'[i % 2]}\n" for i in range(60))
PLAIN = {"encoding": "utf-8"}


def table(place: Path, name: str = "mine.csv") -> Path:
    path = place / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"id,x,weather,y\n{ROWS}")
    return path


def test_a_config_for_a_file_says_what_was_found_and_why_and_trains_as_it_is(
    tmp_path: Path,
) -> None:
    table(tmp_path)
    done = in_process("init", "mine.csv", "--target", "weather")
    assert done.stdout == "mine.yaml\n"
    assert done.stderr == (
        "mine.csv: weather (2 classes) from 3 columns of 60 rows\n"
        "left out: id; the config says why\n"
        "next: mlpcli train mine.yaml\n"
    )
    text = (tmp_path / "mine.yaml").read_text()
    keys = yaml.safe_load(text)
    assert keys["dataset"] == "mine.csv"
    assert keys["target"] == "weather"
    assert keys["ignore"] == ["id"]
    assert "# id: different in every row, as an identifier is" in text
    assert max(map(len, text.splitlines())) <= 100
    done = mlpcli(["train", "mine.yaml", "-q"], tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert only_run(tmp_path).name.split("-")[2] == "mine"


def test_the_last_column_is_the_target_where_none_is_named_and_that_is_said(
    tmp_path: Path,
) -> None:
    table(tmp_path, "mine.csv")
    done = in_process("init", "mine.csv", "--out", "sub/other")
    assert done.stdout == "sub/other.yaml\n"
    assert "; the last column, another: --target COLUMN\n" in done.stderr
    keys = yaml.safe_load((tmp_path / "sub" / "other.yaml").read_text())
    assert keys["target"] == "y"
    assert keys["dataset"] == "../mine.csv"  # as seen from the config
    assert in_process("check", "sub/other.yaml").exit_code == 0


def test_a_target_that_is_not_there_is_answered_with_the_nearest_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    table(tmp_path)
    done = mlpcli(["init", "mine.csv", "--target", "wether"], tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith('mine.csv: no column "wether"\ndid you mean weather?\n')
    assert not (tmp_path / "mine.yaml").exists()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["mine.csv"], "mine.yaml: is there already\nwrite another: --out NAME.yaml\n"),
        (["mine.csv", "--out", "a.csv"], "a.csv: no name of a config\none ends in .yaml\n"),
        (
            ["new.yaml", "--target", "x"],
            "--target: of a config for a data set, and none is named\nfor example "
            "mlpcli init data.csv --target COLUMN, or mlpcli init penguins\n",
        ),
    ],
)
def test_what_cannot_be_written_for_a_file_is_refused(
    words: list[str], problem: str, tmp_path: Path
) -> None:
    table(tmp_path)
    (tmp_path / "mine.yaml").write_text("mine\n")
    done = mlpcli(["init", *words], tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", problem)
    assert (tmp_path / "mine.yaml").read_text() == "mine\n"


def test_a_file_of_data_that_is_not_there_is_not_taken_for_a_configs_name(tmp_path: Path) -> None:
    done = mlpcli(["init", "nowhere.csv"], tmp_path)
    assert done.returncode == 2
    assert "no such file: " in done.stderr


def test_names_that_yaml_would_take_for_something_else_come_back_as_they_are(
    tmp_path: Path,
) -> None:
    names = ["true", "a: b", "5:1", "#1", "Größe 😀", "[x]"]
    lines = [",".join([str(i % 5), str(i % 2), *"123", "abc"[i % 3]]) for i in range(40)]
    (tmp_path / "odd: #1.csv").write_text("\n".join([",".join(names), *lines, ""]), **PLAIN)
    done = in_process("init", "odd: #1.csv")
    assert done.exit_code == 0
    keys = yaml.safe_load((tmp_path / "odd: #1.yaml").read_text(**PLAIN))
    assert keys["target"] == "[x]"
    assert keys["ignore"] == ["5:1", "#1", "Größe 😀"]
    assert in_process("data", "odd: #1.yaml").return_value == 0


@pytest.mark.parametrize("name", ["iris", "diabetes", "spiral"])
def test_a_built_in_data_set_gets_a_config_of_its_name(name: str, tmp_path: Path) -> None:
    assert in_process("init", name).stdout == f"{name}.yaml\n"
    assert yaml.safe_load((tmp_path / f"{name}.yaml").read_text())["dataset"] == name
