"""The story of `resume`: runs that can go on, each taken to its end."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from mlpcli.config import load_of_run
from mlpcli.errors import shown
from mlpcli.runs import (
    CONFIG,
    Rung,
    Summary,
    find_run,
    follows,
    locked,
    plan,
    require_memory,
)
from mlpcli.terminal import Talk
from mlpcli.training.all_jobs import do_all, reported
from mlpcli.training.ending import ending
from mlpcli.training.job import Job
from mlpcli.training.one_run import run_to_end
from mlpcli.training.session import Session, started


def resume_all(names: Sequence[str], root: Path, overrides: tuple[str, ...], talk: Talk) -> int:
    """Take each run to its end; return the exit code of the worst.

    A run is named by its path, or by what only it has in its name in `root`. Nothing is changed
    in one that is finished, or that cannot go on as it was started.
    """
    jobs: dict[Path, Job] = {}

    def note(name: str) -> None:
        path = find_run(name, root)
        if path.resolve() not in jobs:  # a run of two names is one
            jobs[path.resolve()] = _job(path, overrides, talk)

    code = max(reported(partial(note, name)) for name in names)
    with ending(list(jobs.values()), talk):
        left = [job for job in jobs.values() if not job.found]
        if not left:
            return code
        with started([job.config for job in left], dict, talk) as session:
            work = partial(go_on, overrides)
            return max(code, do_all(left, work, session))


def _job(path: Path, overrides: tuple[str, ...], talk: Talk) -> Job:
    """Return what to do for a run: to go on, or nothing where it is finished."""
    name, found = shown(path, 200), plan(path, overrides)
    if found:
        require_memory([found.loaded], saving=True)
        locked(path).close()  # where it cannot be had or written, that is said before all else
        return Job(name, found.config, path)
    _say_finished(path, talk)
    return Job(name, load_of_run(path / CONFIG).config).found_at(path)


def _say_finished(path: Path, talk: Talk) -> None:
    talk.say(f"{shown(path, 200)}: finished; -s steps=N with a larger N takes it further")


def go_on(overrides: tuple[str, ...], job: Job, session: Session) -> Summary | Rung | None:
    """Take a run to its end, or where its job stops.

    Returns None where another process has done so in the meantime.
    """
    from mlpcli.runs import ResumePoint, resume_point

    assert job.path
    path, talk = job.path, session.talk
    run = locked(path)
    try:
        planned = plan(path, overrides)  # again: another process may have changed it since
    except BaseException:
        run.close()
        raise
    if planned is None:
        run.close()
        _say_finished(path, talk)
        return None
    config = job.config = planned.config
    info = {**planned.info, "config": config.resolved(), **job.beside}

    def warn(text: str) -> None:
        talk.warn(f"{job.name}: {text}")  # others may go on beside it

    def prepare_resume() -> ResumePoint:
        rows = run.prepare_resume(partial(follows, config), config.to_yaml(), info)
        if rows.torn:
            warn("the last metrics row was torn, and is cut")
        return resume_point(run, config, rows, warn)

    return run_to_end(run, job, session, prepare_resume)
