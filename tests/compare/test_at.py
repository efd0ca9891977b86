"""Runs compared at one point of them."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
from running import in_process

from mlpcli.compare.at import At, AtError, parse_at
from mlpcli.runs.metrics import to_line
from mlpcli.runs.read import load_run
from mlpcli.runs.records import MetricsRow

STEPS = [
    MetricsRow(1, 2.5, 0.1, 0.1, 0.5, 64.0),
    MetricsRow(10, 1.5, 0.5, 0.1, 2.0, 64.0, 1.25, 0.6),
    MetricsRow(20, 1.0, 0.6, 0.1, 4.0, 64.0),
    MetricsRow(30, 0.5, 0.7, 0.1, 8.0, 64.0, 0.75, 0.8),
]


@pytest.fixture
def run(unfinished: Callable[..., Path]) -> Path:
    return unfinished("a", ValueError(), *STEPS, config="batch_size: 4\n")


@pytest.mark.parametrize(
    ("at", "steps", "val_accuracy"),
    [
        (At("steps", 0), None, None),
        (At("steps", 1), 1, None),
        (At("steps", 9.5), 1, None),
        (At("steps", 10), 10, 0.6),
        (At("steps", 29), 20, 0.6),
        (At("steps", 1e9), 30, 0.8),
        (At("seconds", 0.4), None, None),
        (At("seconds", 4), 20, 0.6),
        (At("examples", 39), 1, None),
        (At("examples", 40), 10, 0.6),
        (At("examples", 120), 30, 0.8),
    ],
)
def test_a_point_has_the_last_row_and_the_last_validation_before_it(
    run: Path, at: At, steps: int | None, val_accuracy: float | None
) -> None:
    results = at.reading(load_run(run)).results
    assert (results["steps_taken"], results["val_accuracy"]) == (steps, val_accuracy)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("steps=1000", At("steps", 1000)),
        ("examples=1e5", At("examples", 1e5)),
        ("seconds=.5", At("seconds", 0.5)),
    ],
)
def test_a_point_is_a_unit_and_a_number(text: str, at: At) -> None:
    assert parse_at(text) == at


@pytest.mark.parametrize(
    "text",
    ["", "steps", "steps=", "steps=-1", "hours=1", "steps=nan", "steps=inf", "steps=1e18", "=1"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(AtError, match="not a point of a run") as caught:
        parse_at(text)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("at", "reached"),
    [
        (At("steps", 30), True),
        (At("steps", 31), False),
        (At("steps", 29.5), True),
        (At("seconds", 8), True),
        (At("seconds", 8.5), False),
        (At("examples", 120), True),
        (At("examples", 121), False),
    ],
)
def test_a_run_has_reached_what_its_rows_come_to(run: Path, at: At, reached: bool) -> None:
    reading = at.reading(load_run(run))
    assert (reading.reached, reading.warning) == (reached, "")


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (At("steps", 1e9), "1,000,000,000 steps"),
        (At("steps", 1), "1 step"),
        (At("seconds", 2.5), "2.5 seconds"),
        (At("examples", 1e5), "100,000 examples"),
    ],
)
def test_a_point_is_written_as_it_is_said(at: At, text: str) -> None:
    assert str(at) == text


def compared(*words: object) -> click.testing.Result:
    return in_process("compare", *words)


def test_a_run_that_never_came_so_far_is_marked(run: Path, unfinished: Callable[..., Path]) -> None:
    unfinished("b", ValueError(), *STEPS[:3], config="batch_size: 4\n")
    folder = run.parent
    lines = compared(folder, "--at", "steps=30").stdout.splitlines()
    assert lines[0] == "2 runs at 30 steps (* had fewer); all with batch_size 4"
    assert [re.sub(r"^.*-([ab])-\w{4}( \*)?.*", r"\1\2", line) for line in lines[2:]] == [
        "a",
        "b *",
    ]
    assert "*" not in compared(folder, "--at", "steps=20").stdout
    assert " *" in compared(folder, "--at", "steps=30", "--columns", "val_loss").stdout
    runs = json.loads(compared(folder, "--at", "steps=30", "--json").stdout)["runs"]
    assert [each["reached"] for each in runs] == [True, False]
    heads, *rows = csv.reader(io.StringIO(compared(folder, "--at", "steps=30", "--csv").stdout))
    assert [row[heads.index("reached")] for row in rows] == ["True", "False"]
    far = ["--at", "steps=30", "--where", "reached=true"]
    assert compared(folder, *far).stdout.startswith("1 run at 30 steps: ")


@pytest.mark.parametrize(("kept", "steps"), [(0, None), (2, 10)])
def test_rows_that_cannot_be_read_before_the_point_are_told(
    finished: Callable[..., Path], kept: int, steps: int | None
) -> None:
    agrees = {"steps": 30, "seconds": 8.0, "val_accuracy": 0.8, "val_loss": 0.75}
    path = finished("a", "batch_size: 4\n", **agrees)
    lines = [to_line(each) for each in STEPS]
    (path / "metrics.jsonl").write_bytes(b"".join([*lines[:kept], b"nonsense\n", *lines[kept:]]))
    result = compared(path, "--at", "steps=30", "--json")
    assert json.loads(result.stdout)["runs"][0]["results"]["steps_taken"] == steps
    assert result.stderr == (
        f"{path}: metrics.jsonl has rows beyond the {kept} that could be read; they are left out\n"
    )
    if kept:
        assert compared(path, "--at", "steps=10").stderr == ""


def test_metrics_that_cannot_be_read_are_told_once(
    run: Path, finished: Callable[..., Path]
) -> None:
    path = finished("a", "batch_size: 4\n")
    (path / "metrics.jsonl").unlink()
    result = compared(run.parent, "--at", "steps=30")
    assert result.stderr == f"{path}: metrics.jsonl cannot be read: no such file or directory\n"
