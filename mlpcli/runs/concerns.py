"""What the rows of a run say that went wrong with it: `explain` and the end of `train` go by it."""

from collections.abc import Iterable
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


def late_fall(rows: Iterable[MetricsRow], last: int) -> LateFall | None:
    """Return how far the losses fell over the last fifth; None where there is too little to tell.

    `rows` are all of a run's, in their order, up to step `last`; they are gone through once, for a
    run may have a million.
    """
    begin, middle = last * (FIFTH - 2) / FIFTH, last * (FIFTH - 1) / FIFTH
    before, after = _Mean(), _Mean()
    old: float | None = None
    new: float | None = None
    for row in rows:
        if row.loss is not None and row.step > begin:
            (before if row.step <= middle else after).add(row.loss)
        if row.val_loss is not None:
            new = row.val_loss
            old = new if row.step <= middle else old
    if not before.total or not after.count or not old or not new:
        return None
    return LateFall(1 - after.value / before.value, 1 - new / old)


class _Mean:
    """The mean of numbers that come one by one."""

    def __init__(self) -> None:
        self.total, self.count = 0.0, 0

    def add(self, number: float) -> None:
        self.total, self.count = self.total + number, self.count + 1

    @property
    def value(self) -> float:
        return self.total / self.count
