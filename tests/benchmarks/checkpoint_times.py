"""Train a config; print the seconds spent on checkpoints, and those of the whole training."""

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mlpcli.config.load import load_config
from mlpcli.runs.checkpoint import Checkpoint
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.records import MetricsRow
from mlpcli.training.environment import set_variables

set_variables()
from mlpcli.training.experiment import run_experiment  # noqa: E402  # it imports TensorFlow
from mlpcli.training.trainer import Training  # noqa: E402

PARTS = (
    (Training, "checkpoint"),  # copies the weights
    (Checkpoint, "to_bytes"),  # hashes them
    (RunDirectory, "save"),  # syncs the metrics, writes, syncs
)


class Nobody:
    """What looks on, and does nothing."""

    def update(self, step: MetricsRow) -> None:
        pass


def note_times(kind: type, name: str, spent: list[float]) -> None:
    """Have each call of a method note the seconds that it takes."""
    real = getattr(kind, name)

    def call(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return real(*arguments)
        finally:
            spent.append(time.perf_counter() - began)

    setattr(kind, name, call)


def main() -> None:
    config = load_config(Path(sys.argv[1]))
    spent: list[float] = []
    for kind, name in PARTS:
        note_times(kind, name, spent)
    # in the repository, for /tmp may be memory, where syncing is free
    with (
        tempfile.TemporaryDirectory(dir=Path(__file__).parents[2]) as runs,
        RunDirectory.create(Path(runs), "timed", config.to_yaml(), {}) as run,
    ):
        summary = run_experiment(config, config.data.load(), run, Nobody(), lambda: None)
    print(sum(spent), summary.seconds)


main()
