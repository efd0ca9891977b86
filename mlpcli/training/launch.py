"""From configs to runs: what is slow to start is started first, then one run after another."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.config.schedule import follows
from mlpcli.config.schema import Config
from mlpcli.data.datasets import DATASETS, Data
from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import provenance as environment
from mlpcli.runs.directory import DiskError, RunDirectory
from mlpcli.runs.names import find_run
from mlpcli.runs.resume import locked, plan
from mlpcli.runs.seeds import undone
from mlpcli.terminal.console import (
    StreamError,
    say,
    say_error,
    say_path,
    say_summary,
    shell_word,
    talk_console,
)
from mlpcli.terminal.progress import progress
from mlpcli.terminal.signals import Heed, StoppedError, heeded

if TYPE_CHECKING:
    from mlpcli.runs.continuation import Past

LISTED = 5  # names of runs at most in a message


@dataclass(frozen=True)
class Bench:
    """What all runs of a process share."""

    data: dict[str, Data]
    about: dict[str, Any]  # machine and versions, for run.json
    heed: Heed


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
    with started(configs, environment.describe) as bench:
        return _each(names, [partial(_train, config, root, bench) for config in configs], bench)


def _needed(configs: Sequence[Config], root: Path) -> list[Config]:
    """Return the configs without a completed run; tell the runs of the others."""
    left, done, warnings = undone(configs, root)
    for warning in warnings:
        say(talk_console(), warning, "yellow")
    for config, path in done:
        say(talk_console(), f"{config.name}, seed {config.seed}: done before")
        say_path(path)
    return left


def resume_all(names: Sequence[str], root: Path, overrides: tuple[str, ...]) -> int:
    """Take each run to its end; return the exit code of the worst.

    A run is named by its path, or by what only it has in its name in `root`. Nothing is changed
    in one that is finished, or that cannot go on as it was started.
    """
    planned: dict[Path, Config] = {}
    code = max(_told(partial(_plan, name, root, overrides, planned)) for name in names)
    if not planned:
        return code
    with started(list(planned.values()), dict) as bench:
        works = [partial(_resume, path, overrides, bench) for path in planned]
        return max(code, _each([shown(path, 200) for path in planned], works, bench))


@contextmanager
def started(configs: Sequence[Config], about: Callable[[], dict[str, Any]]) -> Iterator[Bench]:
    """Import TensorFlow, with all else that takes its time beside it."""
    environment.set_variables()
    with heeded() as heed:
        say(talk_console(), "importing TensorFlow", "dim")
        try:
            bench = Bench(*_imported({config.dataset for config in configs}, about), heed)
        except (ImportError, MemoryError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[-1:] or ["out of memory"]
            raise RunError(
                f"TensorFlow cannot be imported: {shown(reason[0], 200)}",
                "it takes 3 GiB of address space: see what this process may have (ulimit -a)",
            ) from error
        yield bench


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


def _each(names: Sequence[str], works: Sequence[Callable[[], None]], bench: Bench) -> int:
    """Do each run's work; return the exit code of the worst. A signal ends them all."""
    code, begun = 0, 0
    try:
        for number, (name, work) in enumerate(zip(names, works, strict=True), start=1):
            bench.heed.check()
            begun = number
            if len(works) > 1:
                say(talk_console(), f"{name}: run {number} of {len(works)}", "bold")
            code = max(code, _told(work))
    except StoppedError as error:
        if left := names[begun:]:
            more = f", and {len(left) - LISTED:,} more" if len(left) > LISTED else ""
            error.hint = f"{error.hint}\nnot begun: {'; '.join(left[:LISTED])}{more}".strip()
        raise
    return code


def _told(work: Callable[[], None]) -> int:
    """Do a run's work; return its exit code, with what went wrong told."""
    try:
        work()
    except StoppedError:
        raise
    except MlpcliError as error:
        say_error(error)
        return error.exit_code
    return 0


def _train(config: Config, root: Path, bench: Bench) -> None:
    from mlpcli.runs.continuation import NO_PAST

    info = {
        **bench.about,
        "config": config.resolved(),
        "data": {"name": config.dataset, "sha256": config.data.sha256},
    }
    run = RunDirectory.create(root, config.name, config.to_yaml(), info)
    _run(run, config, bench, lambda: NO_PAST)


def _plan(name: str, root: Path, overrides: tuple[str, ...], planned: dict[Path, Config]) -> None:
    """Note the run and its config if it can go on."""
    path = find_run(name, root)
    found = plan(path, overrides)
    if found:
        planned[path] = found.config
    else:
        _say_finished(path)


def _say_finished(path: Path) -> None:
    what = "finished; -s steps=N with a larger N takes it further"
    say(talk_console(), f"{shown(path, 200)}: {what}")


def _resume(path: Path, overrides: tuple[str, ...], bench: Bench) -> None:
    from mlpcli.runs.continuation import Past, past

    console = talk_console()
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

    def take_up() -> Past:
        rows = run.take_up(partial(follows, config), config.to_yaml(), info)
        if rows.torn:
            say(console, "the last metrics row was torn, and is cut", "yellow")
        return past(run, config, rows, partial(say, console, style="yellow"))

    _run(run, config, bench, take_up)


def _run(run: RunDirectory, config: Config, bench: Bench, take_up: "Callable[[], Past]") -> None:
    """Train a run to its end and say what came out."""
    from mlpcli.training.backend import memory_errors
    from mlpcli.training.experiment import run_experiment

    console = talk_console()
    go_on = f"go on with: mlpcli resume {shell_word(run.path)}"
    bench.heed.last_words = go_on
    try:
        with run, memory_errors():
            before = take_up()
            say_path(run.path)
            with progress(config, console) as watcher:
                summary = run_experiment(
                    config, bench.data[config.dataset], run, watcher, bench.heed.check, before
                )
    except (StoppedError, DiskError, StreamError) as error:
        error.hint = f"{error.hint}; then {go_on}" if error.hint else go_on
        raise
    finally:
        bench.heed.last_words = ""
    say_summary(console, run.path, summary)
