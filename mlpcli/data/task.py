"""What is to be learned: from what it is scored by to what a guess at random scores."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from mlpcli.data.value_targets import ValueScale

MOST_CLASSES = 10_000
Text = Annotated[str, Meta(max_length=1_000)]


class Classification(Struct, frozen=True, tag_field="kind", tag="classification"):
    """One class for each example; the loss is the mean cross-entropy in nats, the score accuracy.

    >>> digits = Classification(tuple("0123456789"))
    >>> digits.outputs, digits.chance_accuracy, round(digits.chance_loss, 4)
    (10, 0.1, 2.3026)
    """

    # their names, by number
    classes: Annotated[tuple[Text, ...], Meta(min_length=2, max_length=MOST_CLASSES)]

    kind: ClassVar[Literal["classification"]] = "classification"

    @property
    def outputs(self) -> int:
        """The numbers that a network puts out for an example: a logit a class."""
        return len(self.classes)

    @property
    def chance_accuracy(self) -> float:
        """The accuracy of a guess at random, all classes alike."""
        return 1 / len(self.classes)

    @property
    def chance_loss(self) -> float:
        """The loss of no opinion, ln C nats: all C classes alike."""
        return math.log(len(self.classes))


class Regression(Struct, frozen=True, tag_field="kind", tag="regression"):
    """One number or several for each example, standardized by the training examples.

    The loss is the mean squared error of the standardized targets, over examples and targets; the
    score R squared, 1 - mean squared error / variance.
    """

    scale: ValueScale  # of the targets, by the training examples

    kind: ClassVar[Literal["regression"]] = "regression"

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets."""
        return self.scale.names

    @property
    def outputs(self) -> int:
        """The numbers that a network puts out for an example: one a target."""
        return len(self.targets)

    @property
    def chance_loss(self) -> float:
        """The loss of no opinion, the mean for each: the variance of standardized targets."""
        return 1.0


Task = Classification | Regression
