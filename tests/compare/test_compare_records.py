"""A comparison in JSON: one shape, whatever is shown, that its schema describes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from running import in_process

import mlpcli
from mlpcli.compare.records import Compared, compared_schema
from mlpcli.errors import DivergedError, MlpcliError
from mlpcli.runs.records import MetricsRow

Finished = Callable[..., Path]
Unfinished = Callable[..., Path]

ROW = MetricsRow(5, 2.5, 0.125, 0.1, 0.5, 64.0, 0.1, 0.99)
CONFIG = "dataset: mnist\nlearning_rate: {}\nwidth: [3, 2]\nseed: {}\n"


@pytest.fixture
def mixed(finished: Finished, unfinished: Unfinished) -> Path:
    """Make a folder of runs that ended in all ways, one of them damaged, and return it."""
    for rate in (0.1, 0.2):
        for seed in range(3):
            score = 0.9 + rate / 10 + seed / 1_000
            path = finished("a", CONFIG.format(rate, seed), val_accuracy=score)
    finished("idle", CONFIG.format(0.3, 0), val_accuracy=0.1, test_loss=None)
    unfinished("b", ValueError("no"), ROW, config=CONFIG.format(0.1, 7))
    unfinished("c", DivergedError(5, "loss"), ROW, config=CONFIG.format(0.1, 8))
    (finished("bad") / "run.json").write_text("{")
    (path.parent / "empty").mkdir()
    return path.parent


def printed(*words: object) -> dict[str, Any]:
    """Return what is printed in JSON, once the schema has been held against it."""
    value = json.loads(in_process("compare", *words, "--json").stdout)
    jsonschema.validate(value, compared_schema())
    assert list(value) == list(Compared.__struct_fields__)
    return dict(value)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--by", "run"],
        ["--at", "steps=5"],
        ["--at", "seconds=0.1", "--by", "run"],
        ["--at", "examples=5"],  # whose batch_size no config says
        ["--baseline", "idle", "--top", "1"],
        ["--where", "name=idle"],
        ["--where", "seed=99"],
        ["--columns", "seed", "--sort", "started", "--reverse"],
    ],
    ids=" ".join,
)
def test_every_comparison_has_the_shape_of_the_schema(mixed: Path, words: list[str]) -> None:
    value = printed(mixed, *words)
    assert any("run.json is damaged: not JSON" in each for each in value["warnings"])


def test_one_run_and_none_have_the_shape_of_the_schema(mixed: Path) -> None:
    first = min(mixed.iterdir())
    assert len(printed(first)["runs"]) == len(printed(first)["settings"]) == 1
    nothing = printed(mixed / "empty")
    assert (nothing["runs"], nothing["settings"], nothing["reference"]) == ([], [], None)
    assert nothing["count"] == {
        "found": 0, "runs": 0, "settings": 0, "unfinished": 0, "diverged": 0,
    }  # fmt: skip


def test_runs_and_settings_are_there_whichever_are_shown(mixed: Path) -> None:
    by_run, by_setting = printed(mixed, "--by", "run"), printed(mixed)
    assert (by_run["query"]["by"], by_setting["query"]["by"]) == ("run", "setting")
    for key in ("at", "count", "runs", "settings", "reference", "best_of", "tied", "too_few"):
        assert by_run[key] == by_setting[key]
    assert by_run["count"] == {
        "found": 9, "runs": 9, "settings": 3, "unfinished": 1, "diverged": 1,
    }  # fmt: skip
    learned = {each["setting"]: each["learned"] for each in by_run["runs"][:7]}
    assert learned["idle"] is False
    assert {each["learned"] for each in by_run["runs"][7:]} == {None}


def test_a_setting_has_each_result_with_its_spread_and_the_steps_it_is_of(mixed: Path) -> None:
    (best, *_) = printed(mixed)["settings"]
    accuracy = best["results"]["val_accuracy"]
    # 0.92, 0.921 and 0.922: sd 0.001, and 4.303 sd / sqrt(3) = 0.00248
    assert accuracy["mean"] == pytest.approx(0.921)
    assert accuracy["sd"] == pytest.approx(0.001)
    assert accuracy["low"] == pytest.approx(0.921 - 0.00248, abs=1e-5)
    assert accuracy["high"] == pytest.approx(0.921 + 0.00248, abs=1e-5)
    assert (accuracy["n"], accuracy["steps"]) == (3, [10, 10])
    assert best["results"]["best_val_accuracy"]["steps"] == [5, 5]
    assert best["results"]["parameters"]["steps"] is None
    assert len(best["runs"]) == 3


def test_an_unfinished_run_says_of_which_step_its_results_are(mixed: Path) -> None:
    last = next(each for each in printed(mixed)["runs"] if each["status"] == "failed")
    assert last["results"]["val_accuracy"] == {
        "value": 0.99, "step": 5, "low": None, "high": None,
    }  # fmt: skip
    assert last["results"]["test_accuracy"] == {
        "value": None, "step": None, "low": None, "high": None,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["compare", "diff", "gate", "ls", "show", "config"])
def test_the_command_schema_prints_the_schema_of_what_commands_print(name: str) -> None:
    schema = json.loads(in_process("schema", name).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert (name == "config") is (schema == json.loads(in_process("schema").stdout))
    assert name != "compare" or schema == compared_schema()


def test_python_gets_the_record_that_json_prints(
    finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(2):
        folder = finished("a", CONFIG.format(0.1, seed)).parent
    record = mlpcli.compare(folder, top=1)
    assert record.runs[0].results["val_accuracy"].value == 0.9
    assert record.settings[0].results["val_accuracy"].n == 2
    monkeypatch.chdir(folder.parent)
    assert len(mlpcli.compare().runs) == 2  # those of the runs directory
    with pytest.raises(MlpcliError, match="no run is left to compare"):
        mlpcli.compare(where="seed=9")


def test_python_is_warned_of_what_could_not_be_read(mixed: Path) -> None:
    with pytest.warns(UserWarning, match=r"run\.json is damaged"):
        mlpcli.compare(mixed)
