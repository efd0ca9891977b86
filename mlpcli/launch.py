"""From configs to runs: what is slow to start is started first, then one run after another."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli import environment
from mlpcli.config import Config
from mlpcli.data import DATASETS, Data
from mlpcli.display import say, say_error, say_path, say_summary, shell_word, talk_console
from mlpcli.errors import MlpcliError, shown
from mlpcli.naming import find_run
from mlpcli.progress import progress
from mlpcli.resume import Plan, plan
from mlpcli.rundir import RunDirectory
from mlpcli.schedule import next_row
from mlpcli.seeds import completed_runs, done_before
from mlpcli.signals import Heed, heeded

if TYPE_CHECKING:
    from mlpcli.continuation import Past


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
        configs = list(_undone(configs, root))
    if not configs:
        return 0
    code = 0
    with _bench(configs) as bench:
        for number, config in enumerate(configs, start=1):
            if len(configs) > 1:
                what = f"{config.name}, seed {config.seed}: run {number} of {len(configs)}"
                say(talk_console(), what, "bold")
            code = max(code, _told(_train, config, root, bench))
    return code


def _undone(configs: Sequence[Config], root: Path) -> Iterator[Config]:
    """Yield the configs without a completed run; tell the runs of the others."""
    known = completed_runs(root)
    for config in configs:
        path = done_before(config, known)
        if path is None:
            yield config
        else:
            say(talk_console(), f"{config.name}, seed {config.seed}: done before")
            say_path(path)


def resume_all(names: Sequence[str], root: Path, overrides: tuple[str, ...]) -> int:
    """Take each run to its end; return the exit code of the worst.

    A run is named by its path, or by what only it has in its name in `root`. Nothing is changed
    in one that is finished, or that cannot go on as it was started.
    """
    plans: list[Plan] = []
    code = max(_told(_plan, name, root, overrides, plans) for name in names)
    if not plans:
        return code
    with _bench([each.config for each in plans]) as bench:
        return max(code, *(_told(_resume, each, bench) for each in plans))


@contextmanager
def _bench(configs: Sequence[Config]) -> Iterator[Bench]:
    """Import TensorFlow, with all else that takes its time beside it."""
    environment.set_variables()
    import numpy  # noqa: F401  # it changes the environment, so before there are threads

    with heeded() as heed, ThreadPoolExecutor() as pool:
        names = {config.dataset for config in configs}
        # a third of a second to decompress MNIST, hidden behind TensorFlow's two to import
        loading = {name: pool.submit(DATASETS[name].load) for name in names}
        describing = pool.submit(environment.describe)
        say(talk_console(), "importing TensorFlow", "dim")
        from mlpcli.backend import GPUS

        data = {name: future.result() for name, future in loading.items()}
        yield Bench(data, {**describing.result(), "gpus": GPUS}, heed)


def _told(work: Callable[..., None], *arguments: Any) -> int:
    """Do a run's work; return its exit code, with what went wrong told."""
    try:
        work(*arguments)
    except MlpcliError as error:
        if error.status == "interrupted":
            raise
        say_error(error)
        return error.exit_code
    return 0


def _train(config: Config, root: Path, bench: Bench) -> None:
    from mlpcli.continuation import NO_PAST

    bench.heed.check()
    info = {
        **bench.about,
        "config": config.resolved(),
        "data": {"name": config.dataset, "sha256": config.data.sha256},
    }
    run = RunDirectory.create(root, config.name, config.to_yaml(), info)
    _run(run, config, bench, lambda: NO_PAST)


def _plan(name: str, root: Path, overrides: tuple[str, ...], plans: list[Plan]) -> None:
    path = find_run(name, root)
    planned = plan(path, overrides)
    if planned:
        plans.append(planned)
    else:
        say(
            talk_console(),
            f"{shown(path, 200)}: finished; -s steps=N with a larger N takes it further",
        )


def _resume(planned: Plan, bench: Bench) -> None:
    from mlpcli.continuation import Past, past

    bench.heed.check()
    config, console = planned.config, talk_console()
    run = RunDirectory.reopen(planned.path, {**planned.info, "config": config.resolved()})

    def take_up() -> Past:
        rows = run.take_up(partial(next_row, config), config.to_yaml())
        if rows.torn:
            say(console, "the last metrics row was torn, and is cut", "yellow")
        return past(run.path, config, rows, partial(say, console, style="yellow"))

    _run(run, config, bench, take_up)


def _run(run: RunDirectory, config: Config, bench: Bench, take_up: "Callable[[], Past]") -> None:
    """Train a run to its end and say what came out."""
    from mlpcli.backend import memory_errors
    from mlpcli.experiment import run_experiment

    console = talk_console()
    go_on = f"go on with: mlpcli resume {shell_word(run.path)}"
    bench.heed.last_words = go_on
    try:
        with run, memory_errors():
            say_path(run.path)
            before = take_up()
            with progress(config, console) as watcher:
                summary = run_experiment(
                    config, bench.data[config.dataset], run, watcher, bench.heed.check, before
                )
    except MlpcliError as error:
        if error.status == "interrupted":
            error.hint = go_on
        raise
    finally:
        bench.heed.last_words = ""
    say_summary(console, run.path, summary)
