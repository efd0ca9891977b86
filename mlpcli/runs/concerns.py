"""What the rows of a run say that went wrong with it: `explain` and the end of `train` go by it."""

from collections.abc import Sequence
from dataclasses import dataclass

from mlpcli.runs.records import MetricsRow

FIFTH = 5  # a run's last fifth tells what it was still doing
LATE_FALL_LIMIT = 0.05  # of the loss, over the last fifth: from there on it is still falling


@dataclass(frozen=True)
class LateFall:
    """How far a run's losses fell over its last fifth, as shares of what they were before."""

    training: float  # the mean of the last fifth's rows against that of the fifth before
    validation: float  # the last against the last one before that fifth

    @property
    def goes_on(self) -> bool:
        """Whether both were still falling."""
        return min(self.training, self.validation) > LATE_FALL_LIMIT


def late_fall(rows: Sequence[MetricsRow]) -> LateFall | None:
    """Return how far the losses fell over the last fifth; None where there is too little to tell.

    `rows` are all of a run's, in their order; at least one.
    """
    last = rows[-1].step
    begin, middle = last * (FIFTH - 2) / FIFTH, last * (FIFTH - 1) / FIFTH
    before = [row.loss for row in rows if begin < row.step <= middle and row.loss is not None]
    after = [row.loss for row in rows if row.step > middle and row.loss is not None]
    validated = [row for row in rows if row.val_loss is not None]
    old = next((row.val_loss for row in reversed(validated) if row.step <= middle), None)
    if not sum(before) or not after or not old or not validated[-1].val_loss:
        return None
    fell = 1 - (sum(after) / len(after)) / (sum(before) / len(before))
    return LateFall(fell, 1 - validated[-1].val_loss / old)
