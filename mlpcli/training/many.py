"""Jobs that somebody else chooses as they end, side by side: what a search trains by."""

from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path

from mlpcli.errors import MlpcliError
from mlpcli.runs import Rung, Summary
from mlpcli.training.job import Job
from mlpcli.training.launch import train_in
from mlpcli.training.one_run import do
from mlpcli.training.resume import go_on
from mlpcli.training.room import Room, StackRoom
from mlpcli.training.session import Session
from mlpcli.training.side_by_side import View, side_by_side


def train_many(
    jobs: Iterable[Job | None],
    root: Path,
    session: Session,
    view: View,
    most: int | None = None,
    stack: int | None = None,
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

    With `stack`, up to so many runs train together whatever their size, and those of one structure
    and data take their steps in one compiled call: on a GPU, or one a core, of MEMBERS each. Each
    leaves all that a run alone leaves, and agrees with it to 1e-5 relative over 100 steps, but not
    to the bit, as its run.json says. Jobs wait for each other until there are so many, or None
    comes; later ones take free places. One whose data stay on the disk takes its own steps.

    What came of a job is in it: `status` (completed, stopped, diverged, failed, interrupted),
    `path`, and `summary`, or `rung`, or `error`. One that fails does not stop the others. At a
    signal all are yielded, interrupted, with their state saved, and StoppedError is raised; so they
    are where the caller closes the generator early.

    `session` is `started(configs, describe_environment, talk)` of all configs that may come, whose
    data are loaded once; a structure that several share is compiled once in the process.
    """
    return side_by_side(jobs, partial(_work, root), session, _room(session, most, stack), view)


def _room(session: Session, most: int | None, stack: int | None) -> Room:
    if stack is None:
        return Room(most, session.about["gpus"])
    from mlpcli.training.stacked import Stacks

    together = min(stack, most or stack)
    return StackRoom(Stacks(together, session.data, bool(session.about["gpus"])))


def train_part(job: Job, session: Session) -> None:
    """Go on with the run at a job's path; what came of it, an error too, is in the job.

    That is a job of `train_many` alone, in the caller's thread.
    """
    try:
        do(job, partial(go_on, ()), session)
    except MlpcliError as error:
        job.error = error


def _work(root: Path, job: Job, session: Session) -> Summary | Rung | None:
    try:
        return go_on((), job, session) if job.path else train_in(root, job, session)
    finally:
        if job.seat:
            job.seat.leave()
            job.seat = None
