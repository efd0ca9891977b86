"""How far an exported model's answers are from a network's, worked by hand."""

import math
from typing import Any

import numpy as np
import pytest

from mlpcli.data.task import Classification, Regression
from mlpcli.data.value_targets import ValueScale
from mlpcli.export.verification import difference

TWO = Classification(("no", "yes"))
LOGITS = np.array([[0.0, math.log(3)], [0.0, 0.0]], np.float32)  # 1/4 and 3/4; alike


def answers(names: list[Any], shares: list[list[float]]) -> dict[str, Any]:
    return {"y": np.array([[each] for each in names], object), "p": np.array(shares, np.float32)}


def test_probabilities_are_as_far_apart_as_the_farthest() -> None:
    found = difference(LOGITS, answers(["yes", "no"], [[0.25, 0.75], [0.52, 0.48]]), TWO)
    assert found == pytest.approx(0.02, abs=1e-7)


def test_of_classes_that_are_as_likely_either_may_be_named_and_no_other() -> None:
    shares = [[0.25, 0.75], [0.5, 0.5]]
    for name in ("no", b"yes"):
        assert difference(LOGITS, answers(["yes", name], shares), TWO) < 1e-6
    assert difference(LOGITS, answers(["no", "no"], shares), TWO) == math.inf
    assert difference(LOGITS, answers(["yes", "other"], shares), TWO) == math.inf


def test_no_number_is_infinitely_far() -> None:
    shares = [[0.25, 0.75], [math.nan, 0.5]]
    assert difference(LOGITS, answers(["yes", "no"], shares), TWO) == math.inf


def test_logits_are_compared_as_the_probabilities_that_they_are() -> None:
    assert difference(LOGITS, {"outputs": LOGITS + 5}, TWO) < 1e-6
    moved = LOGITS + np.array([[math.log(3), 0.0], [0.0, 0.0]], np.float32)  # 1/2 and 1/2
    assert difference(LOGITS, {"outputs": moved}, TWO) == pytest.approx(0.25, abs=1e-6)


def test_values_are_compared_in_deviations_and_large_ones_by_their_size() -> None:
    task = Regression(ValueScale(("a", "b"), (10.0, 0.0), (2.0, 1.0)))
    outputs = np.array([[1.0, 0.5], [-3.0, 100.0]], np.float32)
    right = {"a": np.array([[12.0], [4.0]]), "b": np.array([[0.5], [100.0]])}
    assert difference(outputs, right, task) == 0
    # 0.2 of a deviation of 2, and a hundredth of 100 deviations
    assert difference(outputs, {**right, "a": right["a"] + 0.2}, task) == pytest.approx(0.1)
    assert difference(outputs, {**right, "b": right["b"] + [[0.0], [1.0]]}, task) == pytest.approx(
        0.01
    )
