"""Runs one after another: each to its end, with what came of it or went wrong on stderr."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mlpcli.config import Config
from mlpcli.errors import DivergedError, MlpcliError, shell_word
from mlpcli.runs import DiskError, RunDirectory
from mlpcli.terminal import (
    StoppedError,
    StreamError,
    print_error,
    print_line,
    print_path,
    show_progress,
    stderr_console,
)
from mlpcli.training.outcome import next_explain, print_outcome
from mlpcli.training.session import Session

if TYPE_CHECKING:
    from mlpcli.runs import ResumePoint

LISTED = 5  # names of runs at most in a message


def in_turn(names: Sequence[str], works: Sequence[Callable[[], None]], session: Session) -> int:
    """Do each run's work; return the exit code of the worst. A signal ends them all."""
    code, begun = 0, 0
    try:
        for number, (name, work) in enumerate(zip(names, works, strict=True), start=1):
            session.stop.check()
            begun = number
            if len(works) > 1:
                print_line(stderr_console(), f"{name}: run {number} of {len(works)}", "bold")
            code = max(code, reported(work))
    except StoppedError as error:
        if left := names[begun:]:
            more = f", and {len(left) - LISTED:,} more" if len(left) > LISTED else ""
            error.hint = f"{error.hint}\nnot begun: {'; '.join(left[:LISTED])}{more}".strip()
        raise
    return code


def reported(work: Callable[[], None]) -> int:
    """Do a run's work; return its exit code, with what went wrong on stderr."""
    try:
        work()
    except StoppedError:
        raise
    except MlpcliError as error:
        print_error(error)
        return error.exit_code
    return 0


def run_to_end(
    run: RunDirectory,
    config: Config,
    session: Session,
    prepare_resume: "Callable[[], ResumePoint]",
    announce: Callable[[Path], None] = print_path,
) -> None:
    """Train a run to its end and print what came out; `announce` its path once it is there."""
    from mlpcli.training.backend import memory_errors
    from mlpcli.training.experiment import run_experiment

    console = stderr_console()
    go_on = f"go on with: mlpcli resume {shell_word(run.path)}"
    session.stop.exit_message = go_on
    try:
        with run, memory_errors():
            before = prepare_resume()
            announce(run.path)
            with show_progress(config, console) as watcher:
                summary = run_experiment(
                    config, session.data[config.data_spec], run, watcher, session.stop.check, before
                )
    except (StoppedError, DiskError, StreamError) as error:
        error.hint = f"{error.hint}; then {go_on}" if error.hint else go_on
        raise
    except DivergedError as error:
        diverged = error.with_traceback(None)  # which keeps the network that it ended with
    else:
        print_outcome(console, config, run.path, summary)
        return
    finally:
        session.stop.exit_message = ""
    raise _with_advice(diverged, config, session, run.path)


def _with_advice(
    error: DivergedError, config: Config, session: Session, path: Path
) -> DivergedError:
    """Return the error with what to try, and which command says more."""
    from mlpcli.training.divergence import advice_after_divergence

    try:
        data = session.data[config.data_spec]
        advice = advice_after_divergence(config, data, session.stop.check)
    except StoppedError:
        error.hint = next_explain(path)
        print_error(error)
        raise
    error.hint = f"{advice}\n{next_explain(path)}"
    return error
