"""The jobs of a command, alone or side by side, with what comes of each on stderr and stdout."""

from collections.abc import Callable, Sequence
from functools import partial

from mlpcli.errors import MlpcliError, shell_word
from mlpcli.runs import MetricsRow
from mlpcli.terminal import (
    ManyLines,
    StoppedError,
    StreamError,
    Talk,
    print_error,
    show_many,
    stdout_is_screen,
)
from mlpcli.training.job import NOT_BEGUN, Job
from mlpcli.training.one_run import Work, do_alone
from mlpcli.training.outcome import short_outcome
from mlpcli.training.room import Room
from mlpcli.training.session import Session
from mlpcli.training.side_by_side import side_by_side

LISTED = 5  # names of runs at most in a message


def do_all(jobs: Sequence[Job], work: Work, session: Session, of_more: bool = False) -> int:
    """Do the work of each, as many at once as pay; return the exit code of the worst.

    A run that fails does not stop the others; a signal ends them all. What came of one alone is
    said at length, where it is not one of more.
    """
    if len(jobs) == 1 and not of_more:
        session.stop.check()
        return reported(partial(do_alone, jobs[0], work, session))
    room, paths, code = _room(jobs, session), _Paths(jobs, session.talk), 0
    if not of_more:
        session.talk.say(side_by_side_text(jobs, session), "dim")
    try:
        with paths, show_many(session.talk, len(jobs)) as shown:
            for job in side_by_side(jobs, work, session, room, JobsView(shown)):
                code = max(code, _said(job, shown))
                paths.print_those_over()
    except StoppedError as error:
        error.hint = "\n".join(filter(None, [_to_resume(jobs), _left(jobs)]))
        raise
    return code


def side_by_side_text(jobs: Sequence[Job], session: Session) -> str:
    """Say in a line how many of those jobs train at once, and why."""
    return _room(jobs, session).text([job.config for job in jobs])


def _room(jobs: Sequence[Job], session: Session) -> Room:
    return Room(len(jobs), session.about["gpus"])


def reported(work: Callable[[], None], name: str = "") -> int:
    """Do a run's work; return its exit code, with what went wrong on stderr."""
    try:
        work()
    except StoppedError:
        raise
    except MlpcliError as error:
        print_error(error, name)
        return error.exit_code
    return 0


class JobsView:
    """Shows jobs by their names."""

    def __init__(self, shown: ManyLines) -> None:
        self._shown = shown
        self.tick = shown.tick

    def begun(self, job: Job) -> None:
        """See a job that begins."""
        self._shown.begun(id(job), job.name, job.config)

    def row(self, job: Job, row: MetricsRow, ended: bool) -> None:
        """See a metrics row of one under way."""
        self._shown.row(id(job), row, ended)


class _Paths:
    """Prints the runs' paths, each once it and those before it are over; the rest at the end.

    So the order is that of the command line, for what reads both; where stdout is the terminal
    that the table is drawn on, all come at the end. One that cannot be printed stops no run: why
    is told when all are over.
    """

    def __init__(self, jobs: Sequence[Job], talk: Talk) -> None:
        self._left, self._talk = list(jobs), talk
        self._error: StreamError | None = None

    def print_those_over(self) -> None:
        """Print the paths that it is time for."""
        while self._left and self._left[0].begun and not stdout_is_screen():
            self._print(self._left.pop(0))

    def __enter__(self) -> "_Paths":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for job in self._left:
            self._print(job)
        if self._error and kind is None:
            raise self._error

    def _print(self, job: Job) -> None:
        if not job.path or self._error:
            return
        try:
            self._talk.print_path(job.path)
        except StreamError as error:
            self._error = error


def _said(job: Job, shown: ManyLines) -> int:
    """Say in a line what came of a run among others; return its exit code."""
    shown.over(id(job))
    if job.error:
        if isinstance(job.error, StoppedError):  # said once, of all
            return job.error.exit_code
        shown.error(job.error, job.name)
        return job.error.exit_code
    if job.summary:
        shown.say(f"{job.name}: {short_outcome(job.config, job.summary)}")
    elif job.rung:
        shown.say(f"{job.name}: {job.rung.text}")
    return 0


def _to_resume(jobs: Sequence[Job]) -> str:
    """Say how to go on with those that were interrupted."""
    paths = [shell_word(job.path) for job in jobs if job.path and job.status == "interrupted"]
    return f"go on with: mlpcli resume {' '.join(paths)}" if paths else ""


def _left(jobs: Sequence[Job]) -> str:
    """Say which were not begun."""
    left = [job.name for job in jobs if job.status == NOT_BEGUN]
    more = f", and {len(left) - LISTED:,} more" if len(left) > LISTED else ""
    return f"not begun: {'; '.join(left[:LISTED])}{more}" if left else ""
