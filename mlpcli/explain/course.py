"""What a run's metrics rows say of how it went."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from mlpcli.runs import FIFTH, LateFall, MetricsRow, late_fall


@dataclass(frozen=True)
class Course:
    """The rows of a run, all of them, in their order; at least one."""

    rows: Sequence[MetricsRow]

    @property
    def last(self) -> MetricsRow:
        """The newest row."""
        return self.rows[-1]

    @property
    def first_batch_loss(self) -> float | None:
        """The untrained network's loss on the first batch, as the first metrics row has it."""
        return self.rows[0].loss if self.rows[0].step == 1 else None

    @cached_property
    def peak(self) -> MetricsRow:
        """The row with the highest loss; one that is not finite is the highest of all."""
        return max(self.rows, key=lambda row: math.inf if row.loss is None else row.loss)

    @cached_property
    def validated(self) -> list[MetricsRow]:
        """The rows with a validation loss."""
        return [row for row in self.rows if row.val_loss is not None]

    @cached_property
    def least_loss(self) -> MetricsRow | None:
        """The validation with the least loss."""
        return min(self.validated, key=lambda row: row.val_loss or 0.0, default=None)

    @property
    def loss_risen(self) -> float:
        """How far the last validation loss lies above the least, as a share of that."""
        if self.least_loss is None or not self.least_loss.val_loss:
            return 0.0
        return (self.validated[-1].val_loss or 0.0) / self.least_loss.val_loss - 1

    @cached_property
    def best(self) -> MetricsRow | None:
        """The first validation with the best score."""
        return max(self.validated, key=score_of_row, default=None)

    @property
    def score_lost(self) -> float:
        """How far the last validation's score lies below the best, in accuracy or R squared."""
        if self.best is None:
            return 0.0
        return max(0.0, score_of_row(self.best)) - max(0.0, score_of_row(self.validated[-1]))

    @cached_property
    def late_fall(self) -> LateFall | None:
        """How far the losses fell over the last fifth."""
        return late_fall(self.rows, self.last.step)

    @cached_property
    def oscillation(self) -> float:
        """How the loss jumps in the last fifth: RMS of the rows' changes, relative to their mean.

        Divided by sqrt(2), so that it is the rows' standard deviation where they are independent.
        """
        losses = [r.loss for r in self.rows if r.step > self.last.step * (1 - 1 / FIFTH)]
        values = [loss for loss in losses if loss is not None]
        if len(values) < 3:
            return 0.0
        changes = [b - a for a, b in zip(values, islice(values, 1, None), strict=False)]
        square = sum(change * change for change in changes) / len(changes)
        return math.sqrt(square / 2) * len(values) / sum(values) if sum(values) else 0.0

    def dead_since(self, layer: int, share: float) -> int | None:
        """Return the first measured step at which more of a layer's units were dead than that."""
        for row in self.rows:
            if len(row.layers) > layer and (row.layers[layer].dead or 0.0) > share:
                return row.step
        return None

    @property
    def dead(self) -> tuple[float, ...]:
        """The share of dead units by layer, as last measured."""
        last = next((row.layers for row in reversed(self.rows) if row.layers), ())
        return tuple(layer.dead or 0.0 for layer in last)


def score_of_row(row: MetricsRow) -> float:
    """Return a validation's accuracy or R squared; of none less than any."""
    for score in (row.val_accuracy, row.val_r2):
        if score is not None:
            return score
    return -math.inf
