"""How far a sweep is: which jobs come next, and what came of those before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from mlpcli.config import Config
from mlpcli.errors import ConfigError
from mlpcli.runs import Run, load_run
from mlpcli.sweep.finals import Finalist, finalists, fresh_configs, fresh_seeds
from mlpcli.sweep.folder import Folder, is_run_of
from mlpcli.sweep.halving import goes_on, rungs
from mlpcli.sweep.rates import NotMeasuredError
from mlpcli.sweep.search import Asker
from mlpcli.sweep.space import Values
from mlpcli.sweep.spec import RateOf
from mlpcli.sweep.trial import Trial, rank, score_text
from mlpcli.training import Job

Known = Callable[[Config], Run | None]  # a completed run of the same config, found elsewhere
ABOUT = "sweep"  # in run.json, of a trial: its number and values
LEAST_FINALS, UNDER_WAY = 3, 2  # runs that time is kept for: finalists, and trials under way
ENDED = ("completed", "diverged")


class Progress:
    """The trials and finalists of a sweep, whose next job is asked for as others end.

    The run directories are the only truth: what is there is taken up, whoever trained it. What is
    asked for follows from the sweep and the results alone, but where a budget of time ends it.
    """

    def __init__(self, folder: Folder, known: Known, spent: float, rate: RateOf) -> None:
        self.spec, self.trials, self.finalists = folder.spec, list[Trial](), list[Finalist]()
        self.more_finalists, self.out_of_time = 0, False
        self._there, self.warnings = folder.runs()
        self._known, self._asker, self._rate = known, Asker(self.spec), rate
        self._began, self._asked_all = time.monotonic() - spent, False
        self._jobs: dict[int, Trial | tuple[Finalist, Config]] = {}  # under way, by the job
        self.pool = ""  # how many train side by side, in words
        self._fresh: Iterator[tuple[Finalist, Config]] | None = None

    @property
    def seconds(self) -> float:
        """How long the sweep has been trained, those before it was killed included."""
        return time.monotonic() - self._began

    @property
    def over(self) -> int:
        """How many trials are over."""
        return sum(trial.is_over for trial in self.trials)

    @property
    def best(self) -> Trial | None:
        """The best trial that came to its end so far."""
        done = (trial for trial in self.trials if trial.status == "completed")
        return min(done, key=rank, default=None)

    def jobs(self) -> Iterator[Job | None]:
        """Yield what to train next, or None where that follows from what is under way."""
        while True:
            self._decide()
            job = self._waiting_job() or self._new_job()
            # a trial that was there may wait at a rung, and go on from it
            job = job or self._waiting_job() or self._fresh_job()
            if job is None and not self._jobs:
                return
            yield job

    def is_finished(self) -> bool:
        """Say whether nothing is left to train; what is there is taken up."""
        try:
            return next(self.jobs(), None) is None
        except NotMeasuredError:  # a rate that only training can tell
            return False

    def look(self) -> bool:
        """Take up all that is there, and begin nothing; say whether that is all of the sweep."""
        last = max((n for n in range(self.spec.most) if self._key(n) in self._there), default=-1)
        finished = False
        with suppress(NotMeasuredError):
            for job in self.jobs():
                if job is None or (len(self.trials) > last and not self.finalists):
                    break
            else:
                finished = not self._jobs
        self.trials = [each for each in self.trials if each.is_over or each.path]
        for trial in self.trials:
            trial.status = trial.status if trial.is_over else "unfinished"
        return finished

    def note(self, job: Job) -> Iterator[str]:
        """Note what came of a job; yield a line on each run of a finalist and trial that is over.

        One that is held against others at a rung is over when it is stopped.
        """
        what = self._jobs.pop(id(job))
        ended = load_run(job.path) if job.path and job.status in ENDED else None
        before = {trial.number for trial in self.trials if trial.is_over}
        if isinstance(what, tuple):
            finalist, config = what
            if ended:
                finalist.note(config.seed, ended, self.spec.metric)
                score = finalist.scores.get(config.seed)
                yield f"{config.name} on seed {config.seed}: {score_text(score, self.spec.metric)}"
            return
        what.path = job.path
        if job.rung:
            what.wait(job.rung, self.spec.metric)
        elif ended:
            what.end(ended, self.spec.metric)
        else:
            what.status = job.status
        self._decide()
        for trial in self.trials:
            if trial.is_over and trial.number not in before:
                yield trial.line(self.spec.metric)

    def _decide(self) -> None:
        """Stop the trials that wait at a rung and are not among the best there."""
        for trial in self.trials:
            if trial.status == "waiting" and self._goes_on(trial) is False:
                trial.stop()

    def _goes_on(self, trial: Trial) -> bool | None:
        """Say whether a trial goes on from its rung; None where that is not known yet."""
        step, place = trial.step, trial.rungs.index(trial.step)
        before = []
        for other in self.trials[: trial.number]:
            at = other.rungs[place] if place < len(other.rungs) else step
            if at in other.at:
                before.append(other.at[at])
            elif not other.is_over:
                return None
        return goes_on(trial.at[step], before, self.spec.halving)

    def _waiting_job(self) -> Job | None:
        for trial in self.trials:
            if trial.status == "waiting" and self._goes_on(trial):
                return self._job(trial)
        return None

    def _new_job(self) -> Job | None:
        """Return the job of a new trial; of those that are there already there is none."""
        while self._may_ask():
            trial = self._next_trial()
            if trial is None:
                return None
            self.trials.append(trial)
            self._decide()
            if trial.status == "waiting":
                continue  # at a rung, where it may wait on others
            if not trial.is_over:
                return self._job(trial)
        return None

    def _may_ask(self) -> bool:
        number = len(self.trials)
        if self._asked_all or number >= self.spec.most:
            return False
        over = next((t.number for t in self.trials if not t.is_over), number)
        if not self._asker.is_ready(over):
            return False
        is_there = self._key(number) in self._there
        in_time = self.spec.minutes is None or number < UNDER_WAY or not self._time_is_up()
        if not is_there and not in_time:
            self.out_of_time = self._asked_all = True
            return False
        return True

    def _time_is_up(self) -> bool:
        """Say whether the time that is left is that of the finalists, and of what is under way.

        They take as long as trials that went to their end, as many at once as these.
        """
        ran = [t for t in self.trials if t.status == "completed" and not t.found]
        whole = sum(t.seconds / t.at_once for t in ran) / len(ran) if ran else 0.0
        chosen = max(LEAST_FINALS, len(finalists(self.trials, self.spec)[0]))
        reserve = (UNDER_WAY + chosen * self.spec.seeds) * whole if self.spec.seeds > 1 else 0.0
        return self.seconds + reserve >= 60 * (self.spec.minutes or 0)

    def _is_late(self) -> bool:
        """Say whether the time is over; of each finalist one fresh seed is trained in any case."""
        return self.spec.minutes is not None and self.seconds >= 60 * self.spec.minutes

    def _next_trial(self) -> Trial | None:
        """Return the next trial, with what is there of it; None where there is none any more."""
        number = len(self.trials)
        run = self._there.get(self._key(number))
        results = {trial.number: trial.told for trial in self.trials if trial.is_over}
        values = self._asker.ask(results, self._values_of(run) if run else None)
        if values is None:
            self._asked_all = True
            return None
        try:
            config = self.spec.config(values, number, self._rate)
        except ConfigError as error:
            self.warnings.append(f"trial {number}: {error}")
            return Trial(number, values, self.spec.base.config, status="failed")
        trial = Trial(number, values, config, rungs(config, self.spec.halving))
        if run and is_run_of(run, config):
            trial.take_up(run, self.spec.metric)
        elif found := self._known(config):
            trial.end(found, self.spec.metric)
            trial.found = True
        return trial

    def _key(self, number: int) -> tuple[str, int]:
        """Return what a trial's run is known by."""
        return self.spec.name_of(number), self.spec.base.config.seed

    def _values_of(self, run: Run) -> Values | None:
        """Return the values that a run says it was given; None where they are not of the space."""
        said = run.info.get(ABOUT)
        given = said.get("values") if isinstance(said, dict) else None
        return self.spec.space.values_of(given) if isinstance(given, dict) else None

    def _job(self, trial: Trial) -> Job:
        until = trial.next_rung
        why = f"not among the best 1/{self.spec.halving} there" if until else ""
        job = Job.part(trial.config, until, why, trial.path)
        job.about = {ABOUT: {"trial": trial.number, "values": dict(trial.values)}}
        trial.status = "under way"
        self._jobs[id(job)] = trial
        return job

    def _fresh_job(self) -> Job | None:
        """Return the next run of a finalist, once all trials are over."""
        if not (self._asked_all or len(self.trials) >= self.spec.most):
            return None
        if not all(trial.is_over for trial in self.trials):
            return None
        if self._fresh is None:
            self.finalists, self.more_finalists = finalists(self.trials, self.spec)
            self._fresh = fresh_configs(self.finalists, self.spec)
        for finalist, config in self._fresh:
            first = config.seed == fresh_seeds(finalist.trial.config, 1)[0]
            if not first and self._is_late():
                self.out_of_time = True
                return None
            run = self._there.get((config.name, config.seed))
            if run and is_run_of(run, config):
                if run.status in ENDED:
                    finalist.note(config.seed, run, self.spec.metric)
                    continue
                path = run.path
            else:
                path = None
            job = Job.part(config, path=path)
            self._jobs[id(job)] = finalist, config
            return job
        return None
