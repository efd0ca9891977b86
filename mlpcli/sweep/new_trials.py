"""The trials of a sweep that are not there yet: asked for one by one, while there is time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mlpcli.config import Config
from mlpcli.errors import ConfigError
from mlpcli.runs import Run
from mlpcli.search import Asker, RateOf
from mlpcli.sweep.budget import Budget
from mlpcli.sweep.folder import Folder
from mlpcli.sweep.halving import rungs
from mlpcli.sweep.members import Members
from mlpcli.sweep.trial import Trial, values_said

Known = Callable[[Config], Run | None]  # a completed run of the same config, found elsewhere


class NewTrials:
    """Asks for trials, and takes up what is there of each.

    Which values come next follows from the results alone; whether one more is asked for, where
    there is a budget, from the time.
    """

    def __init__(
        self, folder: Folder, members: Members, budget: Budget, known: Known, rate: RateOf
    ) -> None:
        self.asked_all, self.cut_short = False, False
        self.warnings = list[str]()
        self._spec, self._members, self._budget = folder.spec, members, budget
        self._known, self._rate, self._asker = known, rate, Asker(folder.spec)

    def may_ask(self, trials: Sequence[Trial], noted: bool) -> bool:
        """Say whether there is a trial more to ask for; `noted`, note for others where not."""
        number = len(trials)
        if self.asked_all or number >= self._spec.most:
            return False
        over = next((trial.number for trial in trials if not trial.is_over), number)
        if not self._asker.is_ready(over):
            return False
        self._members.look()
        there = self._spec.key_of(number) in self._members
        if not there and self._budget.ends_before(number, trials, noted):
            self.cut_short = self.asked_all = True
            return False
        return True

    def next(self, trials: Sequence[Trial]) -> Trial | None:
        """Return the next trial, with what is there of it; None where there is none any more."""
        number = len(trials)
        run = self._members.get(self._spec.key_of(number))
        results = {trial.number: trial.told for trial in trials if trial.is_over}
        values = self._asker.ask(results, values_said(run, self._spec.space) if run else None)
        if values is None:
            self.asked_all = True
            return None
        try:
            config = self._spec.config(values, number, self._rate)
        except ConfigError as error:
            self.warnings.append(f"trial {number}: {error}")
            return Trial(number, values, self._spec.base.config, status="failed")
        trial = Trial(number, values, config, rungs(config, self._spec.halving))
        if own := self._members.own(config):
            trial.take_up(own, self._spec.metric)
        elif found := self._known(config):
            trial.end(found, self._spec.metric)
            trial.found = True
        return trial
