"""Jobs that somebody else chooses as they end, side by side: what a search trains by."""

from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path

from mlpcli.runs import Rung, Summary
from mlpcli.training.job import Job
from mlpcli.training.launch import train_in
from mlpcli.training.resume import go_on
from mlpcli.training.room import Room
from mlpcli.training.session import Session
from mlpcli.training.side_by_side import View, side_by_side


def train_many(
    jobs: Iterable[Job | None], root: Path, session: Session, view: View, most: int | None = None
) -> Generator[Job]:
    """Train jobs into directories in `root`, as many at once as pay; yield each as it ends.

    A job is `Job.part(config)`, with `until` and `why` where it is to stop at a rung; one with a
    `path` goes on with that run, to the bits of one that never stopped. Each is an ordinary run,
    with the bits of a run alone, whatever trains beside it.

    Configs are as `load_config` gives them, or copies of these with other values.

    The next job is taken from `jobs` only when a place is free, in the caller's own thread, and
    after the caller has seen those that ended: a generator can choose it by their results. It
    yields None where there is nothing to do until another has ended; where none is under way that
    is the end. `most` is at most how many train at once.

    What came of a job is in it: `status` (completed, stopped, diverged, failed, interrupted),
    `path`, and `summary`, or `rung`, or `error`. One that fails does not stop the others. At a
    signal all are yielded, interrupted, with their state saved, and StoppedError is raised; so they
    are where the caller closes the generator early.

    `session` is `started(configs, describe_environment, talk)` of all configs that may come, whose
    data are loaded once; a structure that several share is compiled once in the process.
    """
    room = Room(most, session.about["gpus"])
    return side_by_side(jobs, partial(_work, root), session, room, view)


def _work(root: Path, job: Job, session: Session) -> Summary | Rung | None:
    return go_on((), job, session) if job.path else train_in(root, job, session)
