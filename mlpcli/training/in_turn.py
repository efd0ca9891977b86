"""Runs one after another: each to its end, with what came of it or went wrong on stderr."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from mlpcli.errors import DivergedError, MlpcliError, shell_word
from mlpcli.runs import DiskError, RunDirectory, Summary
from mlpcli.terminal import StoppedError, StreamError, print_error, show_progress
from mlpcli.training.job import NOT_BEGUN, Job
from mlpcli.training.outcome import next_explain, print_outcome, short_outcome
from mlpcli.training.session import Session

if TYPE_CHECKING:
    from mlpcli.runs import ResumePoint

LISTED = 5  # names of runs at most in a message
Work = Callable[[Job, Session], Summary | None]  # None where there was nothing to do any more


def in_turn(jobs: Sequence[Job], work: Work, session: Session, of_more: bool = False) -> int:
    """Do the work of each; return the exit code of the worst. A signal ends them all.

    What came of one alone is said at length, where it is not one of more.
    """
    if len(jobs) == 1 and not of_more:
        session.stop.check()
        return reported(partial(do_alone, jobs[0], work, session))
    code = 0
    try:
        for number, job in enumerate(jobs, start=1):
            session.stop.check()
            session.talk.say(f"{job.name}: run {number} of {len(jobs)}", "bold")
            advises = not any(each.status == "diverged" for each in jobs)
            do = partial(_do_among_others, job, work, session, advises)
            code = max(code, reported(do, job.name))
    except StoppedError as error:
        error.hint = f"{error.hint}\n{_left(jobs)}".strip()
        raise
    return code


def _left(jobs: Sequence[Job]) -> str:
    """Say which were not begun."""
    left = [job.name for job in jobs if job.status == NOT_BEGUN]
    more = f", and {len(left) - LISTED:,} more" if len(left) > LISTED else ""
    return f"not begun: {'; '.join(left[:LISTED])}{more}" if left else ""


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


def do_alone(job: Job, work: Work, session: Session) -> None:
    """Do a run's work, and say at length what came of it."""
    try:
        summary = _done(job, work, session)
    except DivergedError as error:
        assert job.path
        error.hint = f"{_advice(error, job, session)}\n{next_explain(job.path)}"
        raise
    if summary and job.path:
        print_outcome(session.talk.console, job.config, job.path, summary)


def _do_among_others(job: Job, work: Work, session: Session, advises: bool) -> None:
    """Do a run's work, and say in a line what came of it; the rest is said at the end of all."""
    try:
        summary = _done(job, work, session)
    except DivergedError as error:
        if advises:  # it takes seconds to measure, and others of the setting would hear the same
            error.hint = _advice(error, job, session)
        raise
    if summary:
        session.talk.say(short_outcome(job.config, summary))


def _done(job: Job, work: Work, session: Session) -> Summary | None:
    """Do a run's work, and note what became of it."""
    try:
        summary = work(job, session)
    except MlpcliError as error:
        job.status, job.reason = error.status, str(error)
        raise
    job.status = "completed"
    return summary


def run_to_end(
    run: RunDirectory, job: Job, session: Session, prepare_resume: "Callable[[], ResumePoint]"
) -> Summary:
    """Train a run to its end; print its path on stdout once it is there."""
    from mlpcli.training.backend import memory_errors
    from mlpcli.training.experiment import run_experiment

    go_on = f"go on with: mlpcli resume {shell_word(run.path)}"
    session.stop.exit_message = go_on
    data, check = session.data[job.config.data_spec], session.stop.check
    job.path = run.path
    try:
        with run, memory_errors():
            before = prepare_resume()
            session.talk.print_path(run.path)
            with show_progress(job.config, session.talk) as watcher:
                return run_experiment(job.config, data, run, watcher, check, before)
    except (StoppedError, DiskError, StreamError) as error:
        error.hint = f"{error.hint}; then {go_on}" if error.hint else go_on
        raise
    except DivergedError as error:
        diverged = error.with_traceback(None)  # which keeps the network that it ended with
    finally:
        session.stop.exit_message = ""
    raise diverged


def _advice(error: DivergedError, job: Job, session: Session) -> str:
    """Say what to try. Raises StoppedError at a signal, with the divergence printed."""
    from mlpcli.training.divergence import advice_after_divergence

    data, check = session.data[job.config.data_spec], session.stop.check
    try:
        return advice_after_divergence(job.config, data, check)
    except StoppedError:
        error.hint = next_explain(job.path) if job.path else ""
        print_error(error)
        raise
