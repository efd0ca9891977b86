"""The time that a sweep may take, and how many trials it comes to."""

from __future__ import annotations

import time
from collections.abc import Sequence

from mlpcli.sweep.finals import finalists
from mlpcli.sweep.folder import Folder
from mlpcli.sweep.trial import Trial

LEAST_FINALS, UNDER_WAY = 3, 2  # runs that time is kept for: finalists, and trials under way


class Budget:
    """A sweep's time, from when it began; what was spent before it was killed included."""

    def __init__(self, folder: Folder, spent: float) -> None:
        self._folder, self._spec = folder, folder.spec
        self._began = time.monotonic() - spent

    @property
    def seconds(self) -> float:
        """How long the sweep has been trained."""
        return time.monotonic() - self._began

    @property
    def is_spent(self) -> bool:
        """Whether the time is over."""
        return self._spec.minutes is not None and self.seconds >= 60 * self._spec.minutes

    def ends_before(self, number: int, trials: Sequence[Trial], noted: bool) -> bool:
        """Say whether there is no time for a trial of that number, which is noted if asked for.

        All processes that train a sweep end with the same trial: the first for which one of them
        saw no time.
        """
        if self._spec.minutes is None:
            return False
        if (last := self._folder.last) is not None:
            return number >= last
        if number < UNDER_WAY or not self._is_up(trials):
            return False
        if noted:
            self._folder.end_with(number)
        return True

    def _is_up(self, trials: Sequence[Trial]) -> bool:
        """Say whether the time that is left is that of the finalists, and of what is under way.

        They take as long as trials that went to their end, as many at once as these.
        """
        ran = [t for t in trials if t.status == "completed" and not t.found]
        whole = sum(t.seconds / t.at_once for t in ran) / len(ran) if ran else 0.0
        chosen = max(LEAST_FINALS, len(finalists(trials, self._spec)[0]))
        seeds = self._spec.seeds
        reserve = (UNDER_WAY + chosen * seeds) * whole if seeds > 1 else 0.0
        return self.seconds + reserve >= 60 * (self._spec.minutes or 0)
