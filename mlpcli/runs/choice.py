"""What validation has chosen of a run so far: its best row, and how long nothing better came."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mlpcli.config import Stopping
from mlpcli.runs.records import MetricsRow


@dataclass(frozen=True)
class Choice:
    """The best validation, the first of equals, and the validations since one was an improvement.

    An improvement is better by more than `min_delta` than the one before it, so that many small
    ones do not end the waiting, though each may be the best.
    """

    row: MetricsRow | None = None
    waited: int = 0
    mark: float = -math.inf  # the value of the last improvement

    def after(self, row: MetricsRow, rule: Stopping) -> Choice:
        """Return what is chosen with one more row."""
        if row.score is None:
            return self
        value = rule.value(row.score, row.val_loss)
        best = row if self.row is None or value > self._value(rule) else self.row
        if value > self.mark + rule.min_delta:
            return Choice(best, 0, value)
        return Choice(best, self.waited + 1, self.mark)

    def is_spent(self, rule: Stopping) -> bool:
        """Whether a run has waited for as long as it may."""
        return rule.patience is not None and self.waited >= rule.patience

    def _value(self, rule: Stopping) -> float:
        return rule.value(self.row.score, self.row.val_loss) if self.row else -math.inf


NOTHING = Choice()


def choice_of(rows: Iterable[MetricsRow], rule: Stopping) -> Choice:
    """Return what validation chooses of rows in their order."""
    choice = Choice()
    for row in rows:
        choice = choice.after(row, rule)
    return choice
