"""Runs compared at one point of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mlpcli.at import At, AtError, parse_at
from mlpcli.records import Step
from mlpcli.runs import load_run

STEPS = [
    Step(1, 2.5, 0.1, 0.1, 0.5, 64.0),
    Step(10, 1.5, 0.5, 0.1, 2.0, 64.0, 1.25, 0.6),
    Step(20, 1.0, 0.6, 0.1, 4.0, 64.0),
    Step(30, 0.5, 0.7, 0.1, 8.0, 64.0, 0.75, 0.8),
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
    results = at.results(load_run(run))
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
    "text", ["", "steps", "steps=", "steps=-1", "hours=1", "steps=nan", "steps=inf", "=1"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(AtError, match="not a point of a run") as caught:
        parse_at(text)
    assert caught.value.exit_code == 2
