"""The runs of a sweep's finalists on fresh seeds: which come next, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from mlpcli.config import Config
from mlpcli.runs import Run
from mlpcli.search import Spec
from mlpcli.sweep.finals import Finalist, finalists, fresh_configs, fresh_seeds
from mlpcli.sweep.members import ENDED, Members
from mlpcli.sweep.trial import Trial, score_text
from mlpcli.training import Job


class FreshRuns:
    """Trains the trials that are not told apart from the best again, once all trials are over."""

    def __init__(self, trials: Sequence[Trial], spec: Spec, members: Members) -> None:
        self.finalists, self.more = finalists(trials, spec)
        self.cut_short = False  # for want of time
        self._spec, self._members = spec, members
        self._open = [*fresh_configs(self.finalists, spec)]
        self._under_way: dict[int, tuple[Finalist, Config]] = {}  # by the job

    @property
    def is_open(self) -> bool:
        """Whether there are runs that nobody has begun here: others train them, or will."""
        return bool(self._open)

    def next_job(self, late: bool) -> Job | None:
        """Return the next run's job; when it is late, of each finalist one seed is trained."""
        for finalist, config in [*self._open]:
            if late and config.seed != fresh_seeds(finalist.trial.config, 1)[0]:
                self.cut_short, self._open = True, []
                return None
            key = config.name, config.seed
            if not self._members.claimed(key):
                continue
            self._open.remove((finalist, config))
            run = self._members.own(config)
            if run and run.status in ENDED:
                finalist.note(config.seed, run, self._spec.metric)
                self._members.release(key)
                continue
            job = Job.part(config, path=run.path if run else None)
            self._under_way[id(job)] = finalist, config
            return job
        return None

    def has(self, job: Job) -> bool:
        """Say whether a job is one of these runs, and under way."""
        return id(job) in self._under_way

    def note(self, job: Job, ended: Run | None) -> str | None:
        """Note what came of a job; return a line on it, if it came to an end."""
        finalist, config = self._under_way.pop(id(job))
        if ended is None:
            return None
        finalist.note(config.seed, ended, self._spec.metric)
        score = score_text(finalist.scores.get(config.seed), self._spec.metric)
        return f"{config.name} on seed {config.seed}: {score}"
