"""Epochs, which are another way to say steps: how many of these they are."""

import math
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from mlpcli.config.conflicts import conflicts
from mlpcli.config.key_table import MOST_STEPS
from mlpcli.data import dataset_of, spec_of


def steps_of(epochs: float, examples: int, batch_size: int) -> int:
    """Return the steps of so many passes over the training examples, rounded up to whole ones.

    ceil(epochs * examples / batch_size), by the number as it is written: 0.1 is a tenth.

    >>> steps_of(5, 223, 32), steps_of(1, 64, 32), steps_of(0.1, 100, 1)
    (35, 2, 10)
    """
    return math.ceil(Fraction(repr(epochs)) * examples / batch_size)


def with_steps(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a config with steps in place of its epochs; as they are without these.

    Reads the data, for they say how many examples train. Raises DataError.
    """
    rest = {key: value for key, value in values.items() if key != "epochs"}
    epochs = values.get("epochs")
    if epochs is None:
        return rest
    data = dataset_of(spec_of(rest))
    return {**rest, "steps": steps_of(epochs, data.train_examples, rest["batch_size"])}


def problem_of_steps(values: Mapping[str, Any], given: Collection[str]) -> tuple[str, str]:
    """Return a key and what is wrong where steps that came of epochs do not go with it, or ""."""
    if values["steps"] > MOST_STEPS:
        return "epochs", f"{values['steps']:,} steps, allowed 1 to {MOST_STEPS:,}"
    return next(iter(conflicts(values, given)), ("", ""))
