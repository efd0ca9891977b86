"""What of a run travels to another machine that trains it, and what comes back from there.

All of it is bytes, by the names of a run's files. What comes back is applied by the writer of the
run that stayed, RunDirectory: rows, then the checkpoints that count on them, then what it came to.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from mlpcli.runs.layout import (
    CHECKPOINT,
    CONFIG,
    INFO,
    METRICS_FILE,
    MODEL,
    PREDICTIONS,
    TARGETS,
    checkpoints,
)
from mlpcli.system import write_whole

RESULTS = (PREDICTIONS, MODEL, TARGETS)  # that a completed run has beside its summary


class Have(NamedTuple):
    """What of a run is there already."""

    rows: int = 0  # bytes of metrics.jsonl
    step: int = -1  # of the newest checkpoint


class Delivery(NamedTuple):
    """What a run has beyond that."""

    rows: bytes = b""  # whole lines
    checkpoints: Mapping[int, bytes] = {}  # by their steps, in order


def packed(run: Path, checkpoint: Path | None) -> dict[str, bytes]:
    """Return the files that another machine needs to go on with a run from a checkpoint."""
    files = [run / name for name in (CONFIG, INFO, METRICS_FILE)]
    return {
        file.name: file.read_bytes() for file in [*files, *([checkpoint] if checkpoint else [])]
    }


def unpacked(files: Mapping[str, bytes], run: Path) -> None:
    """Make a run of the files that travelled."""
    run.mkdir(parents=True)
    for name, content in files.items():
        if name not in (CONFIG, INFO, METRICS_FILE) and not CHECKPOINT.fullmatch(name):
            raise ValueError(f"no file of a run: {name!r}")
        write_whole(run / name, content)


def delivery(run: Path, have: Have) -> Delivery:
    """Return what a run has beyond what is there.

    It may be under way: the rows that a checkpoint counts on are read after it.
    """
    found: dict[int, bytes] = {}
    with suppress(FileNotFoundError):  # one that a newer one has just taken the place of
        for file in checkpoints(run):
            step = int(file.stem.partition("-")[2])
            if step > have.step:
                found[step] = file.read_bytes()
    with (run / METRICS_FILE).open("rb") as rows:
        rows.seek(have.rows)
        content = rows.read()
    return Delivery(content[: content.rfind(b"\n") + 1], dict(sorted(found.items())))


def result_files(run: Path) -> dict[str, bytes]:
    """Return the files that a run was completed with, but for its summary."""
    return {name: (run / name).read_bytes() for name in RESULTS if (run / name).exists()}


def rows_size(run: Path) -> int:
    """Return how many bytes of rows a run has."""
    return (run / METRICS_FILE).stat().st_size
