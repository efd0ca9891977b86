"""A regression as figures: predicted against true values, and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlpcli.data import Regression
from mlpcli.errors import shown
from mlpcli.page.examined import Examined
from mlpcli.picture import Axis, Figure, Group, Scatter

POINTS = 800  # of a figure at most: more would be a cloud
MOST_TARGETS = 4


def value_figures(seen: Examined) -> list[Figure]:
    """Return two figures for each of the first targets."""
    answers, facts = seen.answers, seen.facts
    if answers is None or not answers.of_values or not facts:
        return []
    assert isinstance(facts.task, Regression)
    every = max(1, -(-len(answers.targets) // POINTS))
    some = "" if every == 1 else f" One in {every} of {len(answers.targets):,} test examples."
    figures: list[Figure] = []
    for nth, name in enumerate(facts.task.targets[:MOST_TARGETS]):
        true, predicted = answers.targets[::every, nth], answers.predicted[::every, nth]
        figures += _pair(shown(name, 40), true, predicted, some)
    return figures


def _pair(name: str, true: Any, predicted: Any, some: str) -> Iterator[Figure]:
    points = Group("test example", true.tolist(), predicted.tolist())
    yield Scatter(
        f"Predicted and true {name}",
        f"On the dashed line a prediction is right.{some}",
        Axis(f"true {name}"), Axis(f"predicted {name}"), [points], diagonal=True,
    )  # fmt: skip
    left = predicted - true
    mean = float(left.mean())
    yield Scatter(
        f"Residuals of {name}",
        f"Predicted minus true: {mean:+.4g} in the mean, by the predicted value.{some}",
        Axis(f"predicted {name}"), Axis("predicted - true"),
        [Group("test example", predicted.tolist(), left.tolist())], level=0.0,
    )  # fmt: skip
