"""From configs to runs: what is slow to start is started first, then one run after another."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mlpcli import environment
from mlpcli.config import Config
from mlpcli.data import DATASETS, Data
from mlpcli.display import say, say_error, say_path, say_summary, talk_console
from mlpcli.errors import MlpcliError
from mlpcli.progress import progress
from mlpcli.rundir import RunDirectory
from mlpcli.signals import StoppedError, heeded


def train_all(configs: Sequence[Config], root: Path) -> int:
    """Train each config into a directory of its own; return the exit code of the worst.

    A run that fails is told and does not stop the others; a signal stops them all.
    """
    with heeded() as check, ThreadPoolExecutor() as pool:
        names = {config.dataset for config in configs}
        # a third of a second to decompress MNIST, hidden behind TensorFlow's two to import
        loading = {name: pool.submit(DATASETS[name].load) for name in names}
        describing = pool.submit(environment.describe)
        say(talk_console(), "importing TensorFlow", "dim")
        from mlpcli.backend import GPUS

        data = {name: future.result() for name, future in loading.items()}
        info = {**describing.result(), "gpus": GPUS}
        codes = []
        for config in configs:
            check()
            codes.append(_train(config, data[config.dataset], root, info, check))
    return max(codes)


def _train(
    config: Config, data: Data, root: Path, info: dict[str, Any], check: Callable[[], None]
) -> int:
    """Train one config; return its exit code."""
    from mlpcli.experiment import run_experiment

    console = talk_console()
    about = {"name": config.dataset, "sha256": config.data.sha256}
    try:
        run = RunDirectory.create(root, config.name, config.to_yaml(), {**info, "data": about})
        say_path(run.path)
        with run, progress(config, console) as watcher:
            summary = run_experiment(config, data, run, watcher, check)
        say_summary(console, run.path, summary)
    except StoppedError:
        raise
    except MlpcliError as error:
        say_error(error)
        return error.exit_code
    return 0
