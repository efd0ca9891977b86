"""What stands in a run directory: the files' names, and what they say by being there."""

import os
import re
from pathlib import Path

CONFIG, INFO, METRICS_FILE, SUMMARY = "config.yaml", "run.json", "metrics.jsonl", "summary.json"
LOCK = ".lock"  # while a run is written, and after kill -9
PREDICTIONS, TARGETS, MODEL = "test_predictions.npy", "test_targets.npy", "model.keras"
CHECKPOINT = re.compile(r"checkpoint-([0-9]{9})\.bin")  # after how many steps
SWEEP, SWEEP_BASE = "sweep.yaml", "base.yaml"  # in a folder whose runs are a sweep's
KEPT_CHECKPOINTS = 2  # the newest, and the one before in case the newest turns out damaged


def is_run(path: Path | str) -> bool:
    """Say whether a directory looks like a run."""
    return any(_is_there(f"{path}/{name}") for name in (INFO, CONFIG, METRICS_FILE))


def is_sweep(path: Path | str) -> bool:
    """Say whether a directory looks like a sweep, whose runs are in it."""
    return _is_there(f"{path}/{SWEEP}") and not is_run(path)


def _is_there(path: str) -> bool:
    """Say whether there is something of that name, in half the time of its status."""
    try:
        return os.access(path, os.F_OK, follow_symlinks=False)
    except ValueError:  # no name holds a null character
        return False


def is_complete(path: Path) -> bool:
    """Say whether a run went to its end: its summary is written last."""
    return os.path.lexists(path / SUMMARY)


def checkpoints(path: Path) -> list[Path]:
    """Return a run's checkpoints, the newest first."""
    found = (path / name for name in os.listdir(path) if CHECKPOINT.fullmatch(name))  # noqa: PTH208
    return sorted(found, reverse=True)
