"""From configs to runs: what is slow to start is started first, then one run after another."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.config import Config, Loaded, load_configs, with_seeds
from mlpcli.data import DATASETS, Data
from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import (
    CONFIG,
    DiskError,
    RunDirectory,
    describe_environment,
    find_run,
    follows,
    locked,
    plan,
    require_memory,
    split_completed,
)
from mlpcli.terminal import (
    StoppedError,
    StopRequest,
    StreamError,
    print_error,
    print_line,
    print_path,
    print_summary,
    shell_word,
    show_progress,
    stderr_console,
    stop_requests,
)
from mlpcli.training.environment import set_variables

if TYPE_CHECKING:
    from mlpcli.runs import ResumePoint

LISTED = 5  # names of runs at most in a message


@dataclass(frozen=True)
class Session:
    """What all runs of a process share."""

    data: dict[str, Data]
    about: dict[str, Any]  # machine and versions, for run.json
    stop: StopRequest


def train_files(
    paths: Sequence[Path], overrides: tuple[str, ...], seeds: str | None, root: Path, needed: bool
) -> int:
    """Train each config file with each of the seeds; return the exit code of the worst.

    Raises ConfigError with what is wrong with any of them, and with those among them that this
    machine has too little memory for, before anything is written.
    """
    loaded = [
        replace(each, config=config)
        for each in load_configs(paths, overrides)
        for config in with_seeds([each.config], seeds, overrides)
    ]
    configs = [each.config for each in loaded]
    if needed:
        configs = _needed(configs, root)
    left = set(configs)
    require_memory(each for each in loaded if each.config in left)
    return train_all(configs, root)


def train_all(configs: Sequence[Config], root: Path, needed: bool = False) -> int:
    """Train each config into a directory of its own; return the exit code of the worst.

    Where only what is needed is asked for, completed runs of the same config, data and versions
    are told instead. A run that fails does not stop the others; a signal stops them all.
    """
    if needed:
        configs = _needed(configs, root)
    if not configs:
        return 0
    names = [f"{config.name}, seed {config.seed}" for config in configs]
    with started(configs, describe_environment) as session:
        return _each(names, [partial(_train, config, root, session) for config in configs], session)


def _needed(configs: Sequence[Config], root: Path) -> list[Config]:
    """Return the configs without a completed run; tell the runs of the others."""
    left, done, warnings = split_completed(configs, root)
    for warning in warnings:
        print_line(stderr_console(), warning, "yellow")
    for config, path in done:
        print_line(stderr_console(), f"{config.name}, seed {config.seed}: done before")
        print_path(path)
    return left


def resume_all(names: Sequence[str], root: Path, overrides: tuple[str, ...]) -> int:
    """Take each run to its end; return the exit code of the worst.

    A run is named by its path, or by what only it has in its name in `root`. Nothing is changed
    in one that is finished, or that cannot go on as it was started.
    """
    planned: dict[Path, Config] = {}
    code = max(_run_and_report(partial(_plan, name, root, overrides, planned)) for name in names)
    if not planned:
        return code
    with started(list(planned.values()), dict) as session:
        works = [partial(_resume, path, overrides, session) for path in planned]
        return max(code, _each([shown(path, 200) for path in planned], works, session))


@contextmanager
def started(configs: Sequence[Config], about: Callable[[], dict[str, Any]]) -> Iterator[Session]:
    """Import TensorFlow, with all else that takes its time beside it."""
    set_variables()
    with stop_requests() as stop:
        print_line(stderr_console(), "importing TensorFlow", "dim")
        try:
            session = Session(*_imported({config.dataset for config in configs}, about), stop)
        except (ImportError, MemoryError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[-1:] or ["out of memory"]
            raise RunError(
                f"TensorFlow cannot be imported: {shown(reason[0], 200)}",
                "it takes 3 GiB of address space: see what this process may have (ulimit -a)",
            ) from error
        yield session


def _imported(
    names: set[str], about: Callable[[], dict[str, Any]]
) -> tuple[dict[str, Data], dict[str, Any]]:
    """Return the data sets of those names and what is to be said of the machine."""
    import numpy  # noqa: F401  # it changes the environment, so before there are threads

    with ThreadPoolExecutor() as pool:
        # a third of a second to decompress MNIST, hidden behind TensorFlow's two to import
        loading = {name: pool.submit(DATASETS[name].load) for name in names}
        describing = pool.submit(about)
        from mlpcli.training.backend import GPUS

        data = {name: future.result() for name, future in loading.items()}
        return data, {**describing.result(), "gpus": GPUS}


def _each(names: Sequence[str], works: Sequence[Callable[[], None]], session: Session) -> int:
    """Do each run's work; return the exit code of the worst. A signal ends them all."""
    code, begun = 0, 0
    try:
        for number, (name, work) in enumerate(zip(names, works, strict=True), start=1):
            session.stop.check()
            begun = number
            if len(works) > 1:
                print_line(stderr_console(), f"{name}: run {number} of {len(works)}", "bold")
            code = max(code, _run_and_report(work))
    except StoppedError as error:
        if left := names[begun:]:
            more = f", and {len(left) - LISTED:,} more" if len(left) > LISTED else ""
            error.hint = f"{error.hint}\nnot begun: {'; '.join(left[:LISTED])}{more}".strip()
        raise
    return code


def _run_and_report(work: Callable[[], None]) -> int:
    """Do a run's work; return its exit code, with what went wrong told."""
    try:
        work()
    except StoppedError:
        raise
    except MlpcliError as error:
        print_error(error)
        return error.exit_code
    return 0


def _train(config: Config, root: Path, session: Session) -> None:
    from mlpcli.runs import FROM_START

    info = {
        **session.about,
        "config": config.resolved(),
        "data": {"name": config.dataset, "sha256": config.data.sha256},
    }
    run = RunDirectory.create(root, config.name, config.to_yaml(), info)
    _run(run, config, session, lambda: FROM_START)


def _plan(name: str, root: Path, overrides: tuple[str, ...], planned: dict[Path, Config]) -> None:
    """Note the run and its config if it can go on."""
    path = find_run(name, root)
    found = plan(path, overrides)
    if found:
        require_memory([Loaded(found.config, shown(path / CONFIG, 200))])
        planned[path] = found.config
    else:
        _say_finished(path)


def _say_finished(path: Path) -> None:
    what = "finished; -s steps=N with a larger N takes it further"
    print_line(stderr_console(), f"{shown(path, 200)}: {what}")


def _resume(path: Path, overrides: tuple[str, ...], session: Session) -> None:
    from mlpcli.runs import ResumePoint, resume_point

    console = stderr_console()
    run = locked(path)
    try:
        planned = plan(path, overrides)  # again: another process may have been at it meanwhile
    except BaseException:
        run.close()
        raise
    if planned is None:
        run.close()
        _say_finished(path)
        return
    config, info = planned.config, {**planned.info, "config": planned.config.resolved()}

    def prepare_resume() -> ResumePoint:
        rows = run.prepare_resume(partial(follows, config), config.to_yaml(), info)
        if rows.torn:
            print_line(console, "the last metrics row was torn, and is cut", "yellow")
        return resume_point(run, config, rows, partial(print_line, console, style="yellow"))

    _run(run, config, session, prepare_resume)


def _run(
    run: RunDirectory, config: Config, session: Session, prepare_resume: "Callable[[], ResumePoint]"
) -> None:
    """Train a run to its end and say what came out."""
    from mlpcli.training.backend import memory_errors
    from mlpcli.training.experiment import run_experiment

    console = stderr_console()
    go_on = f"go on with: mlpcli resume {shell_word(run.path)}"
    session.stop.exit_message = go_on
    try:
        with run, memory_errors():
            before = prepare_resume()
            print_path(run.path)
            with show_progress(config, console) as watcher:
                summary = run_experiment(
                    config, session.data[config.dataset], run, watcher, session.stop.check, before
                )
    except (StoppedError, DiskError, StreamError) as error:
        error.hint = f"{error.hint}; then {go_on}" if error.hint else go_on
        raise
    finally:
        session.stop.exit_message = ""
    print_summary(console, run.path, summary)
