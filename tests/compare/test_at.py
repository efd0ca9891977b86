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
from mlpcli.compare.columns import ColumnError
from mlpcli.compare.rows import Row, to_row
from mlpcli.compare.rows_at import rows_at
from mlpcli.errors import DivergedError
from mlpcli.runs.metrics import to_line
from mlpcli.runs.read import load_run
from mlpcli.runs.records import MetricsRow

LOW, HIGH = (0.95, 0.951, 0.952, 0.95), (0.97, 0.971, 0.973, 0.971)
STEPS = [
    MetricsRow(1, 2.5, 0.1, 0.1, 0.5, 64.0),
    MetricsRow(10, 1.5, 0.5, 0.1, 2.0, 64.0, 1.25, 0.6),
    MetricsRow(20, 1.0, 0.6, 0.1, 4.0, 64.0),
    MetricsRow(30, 0.5, 0.7, 0.1, 8.0, 64.0, 0.75, 0.8),
]


@pytest.fixture
def run(unfinished: Callable[..., Path]) -> Path:
    return unfinished("a", ValueError(), *STEPS, config="batch_size: 4\n")


def alone(run: Path, at: At) -> Row:
    """Return the row of a run at a point, with no other beside it."""
    (row,), _, warnings = rows_at([to_row(load_run(run))], at)
    assert warnings == []
    return row


@pytest.mark.parametrize(
    ("at", "steps", "val_accuracy"),
    [
        (At("steps", 0), None, None),
        (At("steps", 1), 1, None),
        (At("steps", 9.5), 1, None),
        (At("steps", 10), 10, 0.6),
        (At("steps", 29), 10, 0.6),  # where it was validated: its row at 20 was not
        (At("steps", 1e9), 30, 0.8),
        (At("seconds", 0.4), None, None),
        (At("seconds", 4), 20, 0.6),
        (At("examples", 39), 1, None),
        (At("examples", 40), 10, 0.6),
        (At("examples", 119), 10, 0.6),
        (At("examples", 120), 30, 0.8),
    ],
)
def test_a_point_is_read_at_the_last_validation_before_it(
    run: Path, at: At, steps: int | None, val_accuracy: float | None
) -> None:
    row = alone(run, at)
    assert (row.results["steps_taken"], row.results["val_accuracy"]) == (steps, val_accuracy)
    assert row.val_step == {None: None, 0.6: 10, 0.8: 30}[val_accuracy]


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
    assert alone(run, at).reached is reached


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


def at_step(steps: int, val_accuracy: float | None = None) -> MetricsRow:
    loss = None if val_accuracy is None else 0.5
    return MetricsRow(steps, 1.0, 0.5, 0.1, steps / 10, 64.0, loss, val_accuracy)


def table(*words: object) -> tuple[str, list[list[str]]]:
    """Return the first line of a comparison, and the words of its table's lines."""
    heading, *lines = compared(*words, "--by", "run").stdout.splitlines()
    return heading, [re.sub(r"\S+-(\w+)-\w{4}( \*)?", r"\1\2", line).split() for line in lines]


@pytest.fixture
def two(unfinished: Callable[..., Path]) -> Path:
    """Make two runs that both validated at step 20, and at other steps, and return their folder."""
    ends = [at_step(59), at_step(80)]
    unfinished("a", ValueError(), at_step(1), at_step(20, 0.7), at_step(40, 0.8), *ends)
    config = "steps: 80\n"
    path = unfinished("b", ValueError(), at_step(1), *(at_step(n, n / 100) for n in (10, 20, 55)),
                      at_step(80, 0.9), config=config)  # fmt: skip
    return path.parent


def test_runs_are_compared_at_the_last_step_that_all_of_them_validated(two: Path) -> None:
    heading, (_, *lines) = table(two, "--at", "steps=59")
    assert heading == (
        "2 runs at 20 steps, the last at or before 59 that all 2 runs validated; "
        "steps is the config's"
    )
    assert [line[:3] + line[4:5] for line in lines] == [
        ["a", "failed", "-", "%"],
        ["b", "failed", "80", "%"],
    ]
    assert [line[3] for line in lines] == ["70.00", "20.00"]
    value = json.loads(compared(two, "--at", "steps=59", "--json").stdout)
    assert value["at"] == {"unit": "steps", "value": 59.0, "common": 20, "reached": 2}
    assert [each["results"]["val_accuracy"] for each in value["runs"]] == [
        {"value": 0.7, "step": 20, "low": None, "high": None},
        {"value": 0.2, "step": 20, "low": None, "high": None},
    ]


def test_runs_that_all_validated_at_the_point_are_compared_there(two: Path) -> None:
    assert table(two, "--at", "steps=20")[0].startswith("2 runs at 20 steps; ")


def test_runs_without_a_common_validation_are_each_shown_with_its_step(two: Path) -> None:
    heading, (heads, *lines) = table(two, "--at", "steps=19")
    assert heading.startswith(
        "2 runs at 19 steps, each score of its own val_step: no step before is one that all "
        "2 runs validated, so the order compares different steps; "
    )
    assert heads[3:5] == ["val_accuracy", "val_step"]
    assert [line[3:6] for line in lines] == [["10.00", "%", "10"], ["-", "-", "-"]]
    runs = json.loads(compared(two, "--at", "steps=19", "--json").stdout)["runs"]
    assert [each["results"]["val_accuracy"]["step"] for each in runs] == [10, None]


def test_before_the_first_validation_runs_are_compared_at_the_last_row_of_all(two: Path) -> None:
    columns = ["--columns", "train_loss,steps_taken,val_accuracy"]
    heading, (_, *lines) = table(two, "--at", "steps=9", *columns)
    assert heading.startswith(
        "2 runs at 1 step, the last at or before 9 that all 2 runs have a row of; none has "
        "validated"
    )
    assert [line[1:] for line in lines] == [["1.000", "1", "-"]] * 2


def test_at_seconds_each_run_has_the_steps_that_it_took(two: Path) -> None:
    heading, (heads, *lines) = table(two, "--at", "seconds=5.6")
    assert heading.startswith(
        "2 runs at 5.6 seconds, each score that of the last validation, at val_step"
    )
    assert heads[3:7] == ["val_accuracy", "val_step", "val_loss", "steps_taken"]
    assert [line[3:8] for line in lines] == [
        ["80.00", "%", "40", "0.5000", "40"],
        ["55.00", "%", "55", "0.5000", "55"],
    ]


def test_a_run_that_never_came_so_far_is_marked_and_stands_below(
    run: Path, unfinished: Callable[..., Path]
) -> None:
    best = [*STEPS[:2], at_step(20, 0.9)]
    unfinished("b", ValueError(), *best, config="batch_size: 4\n")
    folder = run.parent
    heading, lines = table(folder, "--at", "steps=30")
    assert heading == "2 runs at 30 steps (* ended before); batch_size 4"
    assert [line[:2] for line in lines[1:3]] == [["a", "failed"], ["b", "*"]]
    assert "*" not in compared(folder, "--at", "steps=20").stdout
    assert " *" in compared(folder, "--at", "steps=30", "--columns", "val_loss").stdout
    runs = json.loads(compared(folder, "--at", "steps=30", "--json").stdout)["runs"]
    assert [each["reached"] for each in runs] == [True, False]
    assert [each["results"]["val_accuracy"]["step"] for each in runs] == [30, 20]
    heads, *rows = csv.reader(io.StringIO(compared(folder, "--at", "steps=30", "--csv").stdout))
    assert [row[heads.index("reached")] for row in rows] == ["True", "False"]
    assert [row[heads.index("val_step")] for row in rows] == ["30", "20"]
    far = ["--at", "steps=30", "--where", "reached=true"]
    assert compared(folder, *far).stdout.startswith("1 of 2 runs at 30 steps")


def test_a_point_that_no_run_reached_shows_each_at_its_end(run: Path) -> None:
    heading, lines = table(run, "--at", "steps=31")
    assert heading.startswith("1 run at 31 steps, which no run reached: each * is of its own last")
    assert lines[1][:4] == ["a", "*", "failed", "80.00"]


def test_the_point_is_that_of_the_runs_that_a_condition_chooses(two: Path) -> None:
    heading, _ = table(two, "--at", "steps=59", "--where", "steps=80")
    assert heading.startswith("1 of 2 runs at 55 steps, the last at or before 59 that the run vali")


@pytest.mark.parametrize("name", ["test_accuracy", "test_loss", "best_val_step", "parameters"])
@pytest.mark.parametrize("option", ["--columns", "--sort", "--where"])
def test_what_is_known_at_the_end_alone_is_refused_at_a_point(
    run: Path, option: str, name: str
) -> None:
    words = f"{name}>0" if option == "--where" else name
    with pytest.raises(ColumnError) as caught:
        compared(run, "--at", "steps=10", option, words)
    assert str(caught.value) == (
        f"{option} {name}: known at a run's end, and --at asks for a point before"
    )


def test_reached_is_refused_without_a_point(run: Path) -> None:
    with pytest.raises(ColumnError, match="whether a run came as far as --at, which is not given"):
        compared(run, "--columns", "reached")


def test_settings_are_compared_at_a_point(unfinished: Callable[..., Path]) -> None:
    for name, rate, scores in (("low", 0.1, LOW), ("high", 0.2, HIGH)):
        for seed, score in enumerate(scores):
            config = f"dataset: mnist\nlearning_rate: {rate}\nseed: {seed}\n"
            end = DivergedError(30, "loss") if (name, seed) == ("low", 0) else ValueError()
            path = unfinished(name, end, at_step(1), at_step(20, score), at_step(30), config=config)
    config = "dataset: mnist\nlearning_rate: 0.2\nseed: 9\n"
    unfinished("high", DivergedError(5, "loss"), at_step(1), at_step(5), config=config)
    config = "dataset: mnist\nlearning_rate: 0.1\nseed: 9\n"
    unfinished("low", ValueError(), at_step(1), at_step(20, 0.99), config=config)
    value = json.loads(compared(path.parent, "--at", "steps=25", "--json").stdout)
    low, high = value["settings"]
    # a run that diverges later is compared; one that did so before counts as chance, one that
    # ended before does not count
    assert (low["setting"], low["seeds"], low["unfinished"], low["diverged"]) == ("low", 4, 1, 0)
    assert (high["seeds"], high["diverged"]) == (5, 1)
    expected = (sum(HIGH) + 0.1) / 5
    assert high["results"]["val_accuracy"]["mean"] == pytest.approx(expected)
    assert high["results"]["val_accuracy"]["steps"] == [20, 20]
    assert high["results"]["test_accuracy"]["mean"] is None  # there is none at a point
    assert low["results"]["val_accuracy"]["mean"] == pytest.approx(sum(LOW) / 4)
    assert (value["best_of"], high["difference"] is not None) == (2, True)
    assert "4 of 5 came so far" in compared(path.parent, "--at", "steps=25").stdout


def test_settings_that_validated_at_other_steps_are_not_compared(
    unfinished: Callable[..., Path],
) -> None:
    for name, rate, step in (("a", 0.1, 10), ("b", 0.2, 12), ("c", 0.3, 12)):
        for seed in range(3):
            config = f"learning_rate: {rate}\nseed: {seed}\n"
            rows = (at_step(1), at_step(step, rate + 0.1 * seed), at_step(30))
            path = unfinished(name, ValueError(), *rows, config=config)
    result = compared(path.parent, "--at", "steps=25", "--json")
    verdicts = {e["setting"]: e["answer"] for e in json.loads(result.stdout)["settings"]}
    assert verdicts == {"c": "tied", "b": "undecided", "a": "other_step"}
    assert "other step: not comparable" in compared(path.parent, "--at", "steps=25").stdout


@pytest.mark.parametrize(("kept", "steps"), [(0, None), (2, 10)])
def test_rows_that_cannot_be_read_before_the_point_are_told(
    finished: Callable[..., Path], kept: int, steps: int | None
) -> None:
    agrees = {"steps": 30, "seconds": 8.0, "val_accuracy": 0.8, "val_loss": 0.75}
    path = finished("a", "batch_size: 4\n", **agrees)
    lines = [to_line(each) for each in STEPS]
    (path / "metrics.jsonl").write_bytes(b"".join([*lines[:kept], b"nonsense\n", *lines[kept:]]))
    result = compared(path, "--at", "steps=30", "--json")
    assert json.loads(result.stdout)["runs"][0]["results"]["steps_taken"]["value"] == steps
    assert result.stderr == (
        f"{path}: metrics.jsonl has {kept} rows that can be read, and none of them is of step 30\n"
    )
    if kept:
        assert compared(path, "--at", "steps=10", "--json").stderr == ""


def test_metrics_that_cannot_be_read_are_told_once(
    run: Path, finished: Callable[..., Path]
) -> None:
    path = finished("a", "batch_size: 4\n")
    (path / "metrics.jsonl").unlink()
    result = compared(run.parent, "--at", "steps=30", "--json")
    assert result.stderr == f"{path}: metrics.jsonl cannot be read: no such file or directory\n"
