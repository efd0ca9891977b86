"""How far a sweep is: which jobs come next, and what came of those before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from mlpcli.runs import load_run
from mlpcli.search import RateOf
from mlpcli.sweep.budget import Budget
from mlpcli.sweep.finals import Finalist
from mlpcli.sweep.folder import Folder
from mlpcli.sweep.fresh import FreshRuns
from mlpcli.sweep.halving import goes_on
from mlpcli.sweep.members import ENDED, Members
from mlpcli.sweep.new_trials import Known, NewTrials
from mlpcli.sweep.rates import NotMeasuredError
from mlpcli.sweep.trial import Trial, rank
from mlpcli.training import Job

ELSEWHERE = "elsewhere"  # the status of a trial that another process trains


class Progress:
    """The trials and finalists of a sweep, whose next job is asked for as others end.

    The run directories are the only truth: what is there is taken up, whoever trained it. What is
    asked for follows from the sweep and the results alone, but where a budget of time ends it.
    """

    def __init__(
        self,
        folder: Folder,
        known: Known,
        spent: float,
        rate: RateOf,
        pause: Callable[[], None] | None = None,
    ) -> None:
        """See what is there. `pause` waits for other processes; without it nothing is trained."""
        self.spec, self.trials = folder.spec, list[Trial]()
        self._budget, self._pause = Budget(folder, spent), pause
        self._members = Members(folder, claiming=pause is not None)
        self._new = NewTrials(folder, self._members, self._budget, known, rate)
        self._jobs: dict[int, Trial] = {}  # of trials under way, by the job
        self._under_way = 0  # jobs, those of finalists included
        self.pool = ""  # how many train side by side, in words
        self._fresh: FreshRuns | None = None  # once all trials are over

    @property
    def warnings(self) -> list[str]:
        """What could not be read, or be made a trial."""
        return [*self._members.warnings, *self._new.warnings]

    @property
    def seconds(self) -> float:
        """How long the sweep has been trained, those before it was killed included."""
        return self._budget.seconds

    @property
    def over(self) -> int:
        """How many trials are over."""
        return sum(trial.is_over for trial in self.trials)

    @property
    def out_of_time(self) -> bool:
        """Whether there would be more trials, or fresh runs, with more time."""
        return self._new.cut_short or bool(self._fresh and self._fresh.cut_short)

    @property
    def finalists(self) -> list[Finalist]:
        """The trials that are trained on fresh seeds; none before all trials are over."""
        return self._fresh.finalists if self._fresh else []

    @property
    def more_finalists(self) -> int:
        """How many trials more could not be told apart from the best."""
        return self._fresh.more if self._fresh else 0

    @property
    def best(self) -> Trial | None:
        """The best trial that came to its end so far."""
        done = (trial for trial in self.trials if trial.status == "completed")
        return min(done, key=rank, default=None)

    def jobs(self) -> Iterator[Job | None]:
        """Yield what to train next, or None where that follows from what is under way."""
        while True:
            before = [trial.status for trial in self.trials]
            self._decide()
            job = self._waiting_job() or self._new_job()
            # a trial that was there may wait at a rung, and go on from it
            job = job or self._waiting_job() or self._fresh_job()
            self._under_way += job is not None
            if not self._under_way:
                if before != [trial.status for trial in self.trials]:
                    continue  # what others have ended may decide more
                if not self._is_elsewhere() or self._pause is None:
                    return
                self._pause()
                continue
            yield job

    def _is_elsewhere(self) -> bool:
        """Say whether another process trains what all else follows from."""
        fresh = self._fresh is not None and self._fresh.is_open
        return fresh or any(trial.status == ELSEWHERE for trial in self.trials)

    def close(self) -> None:
        """Let all go that this process has not trained to its end."""
        self._members.close()

    def is_finished(self) -> bool:
        """Say whether nothing is left to train; what is there is taken up."""
        try:
            return next(self.jobs(), None) is None
        except NotMeasuredError:  # a rate that only training can tell
            return False

    def look(self) -> bool:
        """Take up all that is there, and begin nothing; say whether that is all of the sweep."""
        last = max(
            (n for n in range(self.spec.most) if self.spec.key_of(n) in self._members), default=-1
        )
        finished = False
        with suppress(NotMeasuredError):
            for job in self.jobs():
                if job is None or (len(self.trials) > last and not self.finalists):
                    break
            else:
                finished = not self._under_way
        self.trials = [each for each in self.trials if each.is_over or each.path]
        for trial in self.trials:
            trial.status = trial.status if trial.is_over else "unfinished"
        return finished

    def note(self, job: Job) -> Iterator[str]:
        """Note what came of a job; yield a line on each run of a finalist and trial that is over.

        One that is held against others at a rung is over when it is stopped.
        """
        self._under_way -= 1
        self._members.release((job.config.name, job.config.seed))
        ended = load_run(job.path) if job.path and job.status in ENDED else None
        before = {trial.number for trial in self.trials if trial.is_over}
        if self._fresh and self._fresh.has(job):
            if line := self._fresh.note(job, ended):
                yield line
            return
        what = self._jobs.pop(id(job))
        what.path = job.path
        if job.rung:
            if job.path and job.rung.step not in what.rungs:
                what.see_rungs(load_run(job.path), self.spec.metric)
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
            if self._goes_on(trial) is False:
                trial.stop()

    def _goes_on(self, trial: Trial) -> bool | None:
        """Say whether a trial that waits at a rung goes on; None where that is not known yet."""
        waits = trial.status == "waiting"
        return goes_on(trial, self.trials, self.spec.halving) if waits else None

    def _waiting_job(self) -> Job | None:
        """Return the job of a trial that goes on: from a rung, or where another process left it."""
        for trial in self.trials:
            free = trial.status == ELSEWHERE or self._goes_on(trial)
            if free and (job := self._job(trial)):
                return job
        return None

    def _new_job(self) -> Job | None:
        """Return the job of a new trial; of those that are there already there is none."""
        while self._new.may_ask(self.trials, noted=self._pause is not None):
            trial = self._new.next(self.trials)
            if trial is None:
                return None
            self.trials.append(trial)
            self._decide()
            if trial.status == "waiting" or trial.is_over:
                continue  # at a rung it may wait on others
            if job := self._job(trial):
                return job
        return None

    def _job(self, trial: Trial) -> Job | None:
        """Return the job that takes a trial on; None where another process does, or has."""
        key = self.spec.key_of(trial.number)
        if not self._members.claimed(key):
            trial.status = ELSEWHERE
            if trial.rungs and self._members.see(key) and (run := self._members.own(trial.config)):
                trial.see_rungs(run, self.spec.metric)  # which others may wait for
            return None
        if run := self._members.own(trial.config):
            trial.status = "new"
            trial.take_up(run, self.spec.metric)
        if trial.is_over or (trial.status == "waiting" and not self._goes_on(trial)):
            self._members.release(key)
            return None
        until = trial.next_rung
        why = f"not among the best 1/{self.spec.halving} there" if until else ""
        job = Job.part(trial.config, until, why, trial.path)
        job.about = trial.about
        trial.status = "under way"
        self._jobs[id(job)] = trial
        return job

    def _fresh_job(self) -> Job | None:
        """Return the next run of a finalist, once all trials are over."""
        if not (self._new.asked_all or len(self.trials) >= self.spec.most):
            return None
        if not all(trial.is_over for trial in self.trials):
            return None
        if self._fresh is None:
            self._fresh = FreshRuns(self.trials, self.spec, self._members)
        return self._fresh.next_job(self._budget.is_spent)
