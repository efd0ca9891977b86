"""Runs in lines: their order, how far they are, how many are shown, and what cannot be read."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from running import in_process

from mlpcli.compare.columns import ColumnError
from mlpcli.compare.listing import list_runs, listing_schema
from mlpcli.errors import DivergedError
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.find import runs_in
from mlpcli.runs.records import MetricsRow, Summary

Finished = Callable[..., Path]
Unfinished = Callable[..., Path]


def step(number: int, val_accuracy: float | None = None) -> MetricsRow:
    return MetricsRow(
        step=number,
        loss=2.0,
        accuracy=0.5,
        learning_rate=0.1,
        seconds=number / 10,
        examples_per_second=100.0,
        val_accuracy=val_accuracy,
        val_loss=None if val_accuracy is None else 1.0,
    )


def started(run: Path, when: str) -> Path:
    said = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(said | {"started": when}))
    return run


def listed(*words: object, **environment: str) -> list[str]:
    """Return the lines of `mlpcli ls`, by default off a terminal."""
    output = in_process("ls", *words, **{"COLUMNS": "120", **environment}).stdout
    return re.sub(r"\x1b\[[0-9;]*m", "", output).splitlines()


def strict_json(*words: object) -> Any:
    return json.loads(in_process("ls", *words, "--json").stdout)


@pytest.fixture
def many(finished: Finished, tmp_path: Path) -> Path:
    """Make 30 runs that were started a minute apart, and return their folder."""
    one = finished("a", "seed: 0\n")
    folder = tmp_path / "many"
    for minute in range(30):
        copy = shutil.copytree(one, folder / f"20260101-00{minute:02}00-a-{minute:04x}")
        started(copy, f"2026-01-01T00:{minute:02}:00+00:00")
    return folder


def test_a_run_is_a_line_with_units_under_the_names_that_where_takes(finished: Finished) -> None:
    run = started(finished("a", "steps: 10\n"), "2026-01-02T03:04:05+01:00")
    title, heading, line = listed(run)
    assert title == "1 run; times are UTC"
    names = ["run", "started", "status", "steps_taken", "val_accuracy", "test_accuracy", "seconds"]
    assert heading.split() == names
    cells = f"{run.name} 2026-01-02 02:04 completed 10 90.00 % 80.00 % 1.5 s"
    assert line.split() == cells.split()
    for name in names:
        assert listed(run, "--where", f"{name}!=null") == [title, heading, line]


def test_the_newest_stands_last_whatever_the_names(finished: Finished) -> None:
    later = started(finished("a"), "2026-01-02T00:00:00+00:00")
    earlier = started(finished("b"), "2026-01-01T00:00:00+00:00")
    names = [each["run"] for each in strict_json(later.parent)["runs"]]
    assert names == [earlier.name, later.name]


def test_a_running_run_says_how_far_it_is_and_of_which_step_its_validation_is(
    tmp_path: Path, summary: Summary
) -> None:
    run = RunDirectory.create(tmp_path / "runs", "a", "name: a\nsteps: 80\n", {})
    with run:
        for each in (step(10, 0.25), step(20)):
            run.append(each)
        line = listed(run.path)[-1]
        (record,) = strict_json(run.path)["runs"]
        run.complete(summary, {})
    assert " running 20 of 80 25.00 % at 10 - 2.0 s" in " ".join(line.split())
    assert (record["steps_taken"], record["val_accuracy"], record["val_step"]) == (20, 0.25, 10)


def test_what_came_to_nothing_says_so(finished: Finished, unfinished: Unfinished) -> None:
    idle = finished("a", "dataset: mnist\n", val_accuracy=0.1)
    diverged = unfinished("b", DivergedError(4, "loss"), step(4), config="steps: 9\n")
    lines = {line.split()[0]: " ".join(line.split()) for line in listed(idle.parent)[2:]}
    assert " completed, learned nothing 10 " in lines[idle.name]
    assert " diverged 4 of 9 - - 0.4 s" in lines[diverged.name]
    narrow = listed(idle, FORCE_COLOR="1", COLUMNS="80")
    assert any("learned nothing" in line and "completed" not in line for line in narrow)


def test_on_a_terminal_the_newest_that_fit_are_shown_and_all_on_demand(many: Path) -> None:
    terminal = {"FORCE_COLOR": "1", "COLUMNS": "80"}
    lines = listed(many, **terminal)
    assert lines[0] == "the newest 19 of 30 runs: --all has the others; times are UTC"
    assert len(lines) == 21  # one for the headings; and the next command, and the prompt
    assert lines[-1].startswith("a-001d ")
    assert max(map(len, lines)) <= 80
    assert listed(many, "--all", **terminal)[0] == "30 runs; times are UTC"
    assert len(listed(many)) == 32
    assert len(strict_json(many)["runs"]) == 30


def test_the_newest_are_read_alone_where_the_names_tell_them(many: Path) -> None:
    paths = runs_in(many)[0]
    (paths[0] / "run.json").write_text("{")
    assert list_runs(paths, None, 20).warnings == ()
    assert list_runs(paths, None, 20).total == 30
    assert len(list_runs(paths, None, None).warnings) == 1
    odd = Path(shutil.copytree(paths[1], many / "0-named"))
    started(odd, "2027-01-01T00:00:00+00:00")
    assert list_runs([*paths, odd], None, 20).runs[-1].run == "0-named"


def test_damaged_runs_are_a_line_each_and_few_on_a_terminal(many: Path) -> None:
    for path in runs_in(many)[0]:
        (path / "run.json").write_text("{")
    result = in_process("ls", many, FORCE_COLOR="1", COLUMNS="200")
    talk = re.sub(r"\x1b\[[0-9;]*m", "", result.stderr).splitlines()
    assert len(talk) == 12
    assert talk[0].endswith("run.json is damaged: not JSON")
    assert talk[10] == "and 9 more warnings: --all"
    assert talk[11] == "no run could be read"
    assert result.return_value == 0


def test_a_condition_chooses_and_a_wrong_key_is_told_the_nearest(many: Path) -> None:
    assert len(listed(many, "--where", "started<2026-01-01T00:10")) == 12
    assert in_process("ls", many, "--where", "seed=1").stderr == "no run is left by --where\n"
    with pytest.raises(ColumnError, match="--where val_acuracy: no such column") as caught:
        listed(many, "--where", "val_acuracy>0.5")
    assert "val_accuracy" in caught.value.hint


def test_the_default_is_the_runs_directory_and_an_empty_one_is_no_failure(
    many: Path, tmp_path: Path
) -> None:
    assert len(listed("--runs-dir", many)) == 32
    result = in_process("ls", "--runs-dir", many)
    assert result.stderr == f"next: mlpcli show {many}/20260101-002900-a-001d\n"
    result = in_process("ls", "--runs-dir", tmp_path / "nowhere")
    assert (result.return_value, result.stdout) == (0, "")
    assert result.stderr.startswith(f"there is no run in {tmp_path}/nowhere yet; make one: ")


@pytest.mark.parametrize("columns", [*range(1, 12), 50, 80, 120])
def test_whatever_the_width_runs_are_listed(many: Path, columns: int) -> None:
    lines = listed(many, FORCE_COLOR="1", COLUMNS=str(columns))
    assert max(map(len, lines)) <= max(columns, 16)


def test_json_fits_its_schema(many: Path, unfinished: Unfinished) -> None:
    unfinished("b", DivergedError(4, "loss"))
    schema = listing_schema()
    for words in ([many], [many.parent / "runs"], ["--runs-dir", many / "nowhere"]):
        jsonschema.validate(strict_json(*words), schema)


def test_the_best_validation_is_green_and_what_failed_red(
    finished: Finished, unfinished: Unfinished
) -> None:
    for accuracy in (0.9, 0.95):
        folder = finished("a", val_accuracy=accuracy).parent
    unfinished("b", DivergedError(4, "loss"))
    output = in_process("ls", folder, FORCE_COLOR="1", COLUMNS="120").stdout
    assert re.search("\x1b\\[1;32m *95.00 %", output)
    assert not re.search("\x1b\\[1;32m *90.00 %", output)
    assert re.search("\x1b\\[31mdiverged", output)
