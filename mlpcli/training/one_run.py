"""One run to its end, alone or among others, with what came of it or went wrong."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mlpcli.errors import DivergedError, MlpcliError, shell_word
from mlpcli.runs import DiskError, RunDirectory, Rung, Summary
from mlpcli.terminal import StoppedError, StreamError, print_error
from mlpcli.training.job import Job
from mlpcli.training.outcome import next_explain, print_outcome
from mlpcli.training.session import Session

if TYPE_CHECKING:
    from mlpcli.runs import ResumePoint

Work = Callable[[Job, Session], Summary | Rung | None]  # None: there was nothing to do any more


def do_alone(job: Job, work: Work, session: Session) -> None:
    """Do a run's work, and say at length what came of it."""
    try:
        do(job, work, session)
    except DivergedError as error:
        assert job.path
        error.hint = f"{advice(error, job, session)}\n{next_explain(job.path)}"
        raise
    if job.summary and job.path:
        print_outcome(session.talk.console, job.config, job.path, job.summary)


def do(job: Job, work: Work, session: Session) -> None:
    """Do a run's work, and note in the job what became of it."""
    try:
        outcome = work(job, session)
    except MlpcliError as error:
        job.status, job.reason = error.status, str(error)
        raise
    if isinstance(outcome, Rung):
        job.status, job.reason, job.rung = "stopped", outcome.text, outcome
    else:
        job.status, job.summary = "completed", outcome


def run_to_end(
    run: RunDirectory, job: Job, session: Session, prepare_resume: "Callable[[], ResumePoint]"
) -> Summary | Rung:
    """Train a run to its end, or to the step that its job stops at, watched by the session."""
    from mlpcli.training.backend import memory_errors
    from mlpcli.training.experiment import run_experiment

    job.path, stop = run.path, session.stop
    data, path = session.data[job.config.data_spec], shell_word(run.path)
    try:
        with stop.to_resume(path), run, memory_errors():
            before = prepare_resume()
            with session.watch(job) as watcher:
                return run_experiment(job, data, run, watcher, stop.check, before)
    except (StoppedError, DiskError, StreamError) as error:
        go_on = f"go on with: mlpcli resume {path}"
        error.hint = f"{error.hint}; then {go_on}" if error.hint else go_on
        raise
    except DivergedError as error:
        diverged = error.with_traceback(None)  # which keeps the network that it ended with
    raise diverged


def advice(error: DivergedError, job: Job, session: Session) -> str:
    """Say what to try. Raises StoppedError at a signal, with the divergence printed."""
    from mlpcli.training.divergence import advice_after_divergence

    data, check = session.data[job.config.data_spec], session.stop.check
    try:
        return advice_after_divergence(job.config, data, check)
    except StoppedError:
        error.hint = next_explain(job.path) if job.path else ""
        print_error(error)
        raise
