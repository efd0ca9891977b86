"""What is to be learned: from what it is scored by to what a guess at random scores."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Classification:
    """One class for each example; the loss is the mean cross-entropy in nats, the score accuracy.

    >>> digits = Classification(tuple("0123456789"))
    >>> digits.outputs, digits.chance_accuracy, round(digits.chance_loss, 4)
    (10, 0.1, 2.3026)
    """

    classes: tuple[str, ...]  # their names, by number

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
