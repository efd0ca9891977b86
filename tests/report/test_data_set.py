"""`data` on a screen: nothing cut without a word, and a next step that works."""

import json
import re
import shlex
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from running import in_process

from mlpcli.errors import MlpcliError

pytestmark = pytest.mark.process
SCREEN = {"TTY_COMPATIBLE": "1", "COLUMNS": "80", "NO_COLOR": "1"}
BUILT_IN = ["mnist", "iris", "breast_cancer", "digits", "diabetes", "penguins", "spiral"]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def screen_of(text: str) -> list[str]:
    """Return the lines of a screen without their styles."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


def next_of(stderr: str) -> list[str]:
    """Return the words of the command that is to be typed next."""
    line = stderr.splitlines()[-1]
    assert line.startswith("next: mlpcli ")
    return shlex.split(line.partition("   (")[0])[2:]


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_data_set_fits_a_screen_and_the_next_step_works(name: str) -> None:
    done = in_process("data", name, **SCREEN)
    lines = screen_of(done.stdout)
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 80
    words = next_of(done.stderr)
    assert words == ["init", name]
    assert in_process(*words).exit_code == 0
    assert in_process("check", f"{name}.yaml").exit_code == 0


def wide_table(place: Path, columns: int) -> None:
    random = np.random.default_rng(0)
    names = ",".join([*(f"a_column_with_a_long_name_{i}" for i in range(columns)), "y"])
    rows = (
        ",".join([*(f"{x:.3f}" for x in random.normal(size=columns)), "yes" if i % 2 else "no"])
        for i in range(30)
    )
    (place / "wide.csv").write_text("\n".join([names, *rows, ""]))


def test_of_a_thousand_columns_the_first_are_shown_and_the_others_counted(place: Path) -> None:
    wide_table(place, 1_000)
    done = in_process("data", "wide.csv", **SCREEN)
    lines = screen_of(done.stdout)
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 80
    assert lines[0] == "wide.csv: 30 rows, 1,001 columns"
    assert lines[2].split()[:2] == ["y", "target"]
    shown = sum(line.startswith("a_column") for line in lines)
    (rest,) = [line for line in lines if line.startswith("and ")]
    assert rest.split() == ["and", f"{1_000 - shown:,}", "more", f"{1_000 - shown:,}", "number"]
    assert done.stderr.endswith("next: mlpcli init wide.csv   (all of it: --full)\n")
    full = in_process("data", "wide.csv", "--full", **SCREEN).stdout
    assert full.count("a_column") == 1_000


def test_what_cannot_be_learned_from_is_shown_with_the_reason_and_a_target_that_can(
    place: Path,
) -> None:
    text = "".join(f"{i % 7 / 2},{'ab'[i % 2]},{'' if i == 3 else i % 4}\n" for i in range(40))
    (place / "a.csv").write_text(f"x,kind,y\n{text}")
    done = in_process("data", "a.csv")
    assert done.return_value == 2
    assert "not to be learned from as it stands" in done.stdout
    assert "a.csv:5:" in done.stderr
    assert "y: the target is missing in 1 of 40 rows" in done.stderr
    words = next_of(done.stderr)
    assert words == ["data", "a.csv", "--target", "kind"]
    assert in_process(*words).return_value == 0


def test_a_config_is_shown_with_its_own_target_and_split() -> None:
    in_process("init", "iris", "--target", "petal_width_cm", "--out", "a.yaml")
    done = in_process("data", "a.yaml")
    assert "learns petal_width_cm: numbers from 0.1 to 2.5" in done.stdout
    assert "(random, seed 0)" in done.stdout
    assert next_of(done.stderr) == ["train", "a.yaml"]


def test_where_the_configs_name_is_taken_the_next_step_names_another() -> None:
    Path("iris.yaml").touch()
    Path("iris-2.yaml").touch()
    assert next_of(in_process("data", "iris").stderr) == ["init", "iris", "--out", "iris-3.yaml"]


def test_the_json_has_columns_classes_and_sizes() -> None:
    found = json.loads(in_process("data", "penguins", "--json").stdout)
    schema = json.loads(in_process("schema", "data").stdout)
    jsonschema.validate(found, schema)
    jsonschema.validate(json.loads(in_process("data", "diabetes", "--json").stdout), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**found, "rows": "many"}, schema)
    assert found["name"] == "penguins"
    assert found["task"] == "classification"
    assert found["target"] == ["species"]
    assert found["classes"][0] == {"name": "Adelie", "rows": 152}
    assert {each["name"]: each["missing"] for each in found["columns"]}["sex"] == 11
    assert found["train_examples"] + found["validation_examples"] + found["test_examples"] == 344


def test_names_and_values_that_would_move_the_cursor_are_shown_harmlessly(place: Path) -> None:
    rows = "".join(f"{i},{'ab'[i % 2]}\x1b[31m\n" for i in range(20))
    (place / "a.csv").write_text(f"x\x1b[2J,y\n{rows}")
    done = in_process("data", "a.csv")
    assert "\x1b" not in done.stdout + done.stderr


def test_few_whole_numbers_are_values_where_that_is_asked_for() -> None:
    done = in_process("data", "penguins", "--target", "year", "--task", "regression")
    assert "learns year: numbers from 2007 to 2009" in done.stdout
    words = next_of(done.stderr)
    assert words == ["init", "penguins", "--target", "year", "--task", "regression"]
    in_process(*words)
    assert "task: regression" in Path("penguins.yaml").read_text()
    assert "(random, seed 0)" in in_process("data", "penguins.yaml").stdout
    done = in_process("data", "penguins.yaml", "--task", "classification")
    assert "3 classes" in done.stdout
    assert next_of(done.stderr) == ["train", "penguins.yaml", "-s", "task=classification"]


def test_errors_have_paths_as_they_were_typed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "there").mkdir()
    (place / "bad.csv").write_text("a,b\n1,x\n2,y\nz,x\n4,y\n")
    (place / "bad.yaml").write_text(f"dataset: bad.csv\n{KEYS}")
    (place / "none.yaml").write_text(f"dataset: there/none.csv\n{KEYS}")
    assert refused("data", "bad.csv").startswith("bad.csv:4:1: a: not a number")
    assert refused("check", "bad.yaml").startswith("bad.csv:4:1: ")
    text = "none.yaml:1: dataset: no such file: there/none.csv\n"
    assert refused("check", "none.yaml").startswith(text)
    monkeypatch.chdir(place / "there")
    assert refused("check", "../bad.yaml").startswith("../bad.csv:4:1: ")
    elsewhere = place / "none.csv"
    assert refused("data", str(elsewhere)).startswith(f"no such file: {elsewhere}\n")


KEYS = "target: b\nlayers: 1\nlearning_rate: 0.1\nsteps: 5\nbatch_size: 2\n"


def refused(*words: str) -> str:
    """Return the error of a command that is refused, with its hint."""
    with pytest.raises(MlpcliError) as caught:
        in_process(*words)
    assert caught.value.exit_code == 2
    return f"{caught.value}\n{caught.value.hint}"


@pytest.mark.parametrize(
    ("line", "problem", "learned"),
    [
        ("batch_size: 5000", "a.yaml:5: batch_size: more than the training set, got 5,000", True),
        ("batch_size: 5\nlayrs: 2", "a.yaml:6: layrs: unknown key, did you mean layers?", True),
        ("batch_size: 5\ntarget: d", 'a.yaml:6: target: a.csv: no column "d"', False),
    ],
)
def test_of_a_config_that_is_wrong_the_data_set_is_shown_all_the_same(
    place: Path, line: str, problem: str, learned: bool
) -> None:
    rows = "".join(f"{i},{i * i % 7},{'xy'[i % 2]}\n" for i in range(30))
    (place / "a.csv").write_text(f"a,b,c\n{rows}")
    config = KEYS.replace("batch_size: 2", line).replace("target: b\n", "")
    (place / "a.yaml").write_text(f"dataset: a.csv\n{config}")
    done = in_process("data", "a.yaml")
    assert done.return_value == 2
    assert done.stdout.startswith("a.csv: 30 rows, 3 columns\n")
    assert ("learns c (the last column" in done.stdout) is learned
    assert ("not to be learned from as it stands" in done.stdout) is not learned
    assert problem in done.stderr
    assert "next:" not in done.stderr
    told = json.loads(in_process("data", "a.yaml", "--json").stdout)
    assert (told["problem"].partition("\n")[0].startswith(problem), told["rows"]) == (True, 30)


def test_a_config_whose_data_cannot_be_read_is_refused_as_before(place: Path) -> None:
    (place / "a.yaml").write_text(f"dataset: none.csv\n{KEYS}")
    assert refused("data", "a.yaml").startswith("a.yaml:1: dataset: no such file: none.csv\n")
    (place / "a.yaml").write_text("dataset: [\n")
    assert refused("data", "a.yaml").startswith("a.yaml:")
