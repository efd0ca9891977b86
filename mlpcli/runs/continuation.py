"""What a run that goes on has behind it: its rows, and the newest checkpoint that is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from mlpcli.config import Config
from mlpcli.runs.checkpoint import Checkpoint, DamagedError, from_bytes, size_limit
from mlpcli.runs.choice import NOTHING, Choice, choice_of
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.layout import METRICS_FILE, checkpoints
from mlpcli.runs.metrics import Rows
from mlpcli.runs.metrics import rows as rows_in
from mlpcli.system import read_bounded, reason

MOST_TRIED = 10  # checkpoints; a run keeps two


@dataclass(frozen=True)
class ResumePoint:
    """What a run that goes on has behind it."""

    checkpoint: Checkpoint | None
    seconds: float
    rows: Rows
    choice: Choice = NOTHING  # of validation, where the checkpoint stands


FROM_START = ResumePoint(None, 0.0, Rows())


def resume_point(
    run: RunDirectory, config: Config, rows: Rows, warn: Callable[[str], None]
) -> ResumePoint:
    """Return where a run goes on from; warn of each checkpoint that cannot be used.

    Without a checkpoint that is from the first step, which comes to the same bits.
    """
    newest = newest_whole(run.path, config, rows.last_step, warn)
    if newest:
        run.trust(newest.file)
    checkpoint = newest.checkpoint if newest else None
    seconds = rows.last.seconds if rows.last else 0.0
    if checkpoint and checkpoint.row == rows.last_step:
        seconds += checkpoint.row_seconds  # of the steps behind the last row, taken already
    return ResumePoint(checkpoint, seconds, rows, _choice(run.path, config, checkpoint))


def _choice(path: Path, config: Config, checkpoint: Checkpoint | None) -> Choice:
    """Return what validation had chosen up to a checkpoint, by the rows before it."""
    if checkpoint is None or not config.stopping.is_used:
        return NOTHING
    before = takewhile(lambda row: row.step <= checkpoint.row, rows_in(path / METRICS_FILE))
    return choice_of(before, config.stopping)


@dataclass(frozen=True)
class Saved:
    """A checkpoint that was read and found whole, and its file."""

    file: Path
    checkpoint: Checkpoint


def newest_whole(
    path: Path, config: Config, last_row: int, warn: Callable[[str], None]
) -> Saved | None:
    """Return a run's newest checkpoint that is whole; warn of those that cannot be used."""
    for file in checkpoints(path)[:MOST_TRIED]:
        try:
            checkpoint = from_bytes(read_bounded(file, size_limit(config)), config)
            if checkpoint.row > last_row:
                raise DamagedError("the metrics rows before it are missing")
        except OSError as error:
            problem = reason(error)
        except DamagedError as error:
            problem = str(error)
        else:
            return Saved(file, checkpoint)
        warn(f"{file.name} cannot be used: {problem}; going on from before it")
    return None
