"""More runs in a sweep's folder, beside its trials: what its end makes worth asking."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from mlpcli.config import Config
from mlpcli.runs import DiskError, Run, load_run
from mlpcli.sweep.folder import Folder, is_run_of
from mlpcli.sweep.members import ENDED
from mlpcli.sweep.trainer import Trainer
from mlpcli.terminal import StoppedError, show_many
from mlpcli.training import Job, JobsView

Found = dict[tuple[str, int], Run]  # by name and seed


def train_more(
    configs: Iterable[Config], folder: Folder, trainer: Trainer, until: float | None = None
) -> Found:
    """Train configs into a sweep's folder, and return their finished runs; those there are taken.

    None is begun after `until`, a time of `time.monotonic`. Raises StoppedError at a signal.
    """
    there, _ = folder.runs()
    found: Found = {}

    def jobs() -> Iterator[Job]:
        for config in configs:
            key = config.name, config.seed
            run = there.get(key)
            path = run.path if run and is_run_of(run, config) else None
            if run and path and run.status in ENDED:
                found[key] = run
            elif until is None or time.monotonic() < until:
                yield Job.part(config, path=path)

    with show_many(trainer.session.talk, None, rows=False) as shown:
        for job in trainer.train_many(jobs(), folder.path, JobsView(shown)):
            shown.over(id(job))
            if isinstance(job.error, DiskError):
                raise job.error
            if job.error and not isinstance(job.error, StoppedError):
                shown.error(job.error, job.name)
            if job.path and job.status in ENDED:
                found[job.config.name, job.config.seed] = load_run(job.path)
    return found
