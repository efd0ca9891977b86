"""What a run that goes on has behind it: its rows, and the newest checkpoint that is whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpcli.checkpoint import Checkpoint, DamagedError, from_bytes, size_limit
from mlpcli.config import Config
from mlpcli.files import read_bounded, reason
from mlpcli.records import Step
from mlpcli.rundir import checkpoints

Best = tuple[float, int]  # a validation accuracy, and its step


@dataclass(frozen=True)
class Past:
    """What a run that goes on has behind it."""

    checkpoint: Checkpoint | None
    seconds: float
    best: Best


NO_PAST = Past(None, 0.0, (-1.0, 0))


def better(best: Best, row: Step) -> Best:
    """Return the best validation accuracy so far and its step, the first of equals."""
    if row.val_accuracy is None or row.val_accuracy <= best[0]:
        return best
    return row.val_accuracy, row.step


def past(path: Path, config: Config, rows: Sequence[Step], warn: Callable[[str], None]) -> Past:
    """Return where the run goes on from; warn of each checkpoint that cannot be used.

    Without a checkpoint that is from the first step, which comes to the same bits.
    """
    best = NO_PAST.best
    for row in rows:
        best = better(best, row)
    last = rows[-1] if rows else None
    checkpoint = _newest_whole(path, config, last.step if last else 0, warn)
    return Past(checkpoint, last.seconds if last else 0.0, best)


def _newest_whole(
    path: Path, config: Config, last_row: int, warn: Callable[[str], None]
) -> Checkpoint | None:
    for file in checkpoints(path):
        try:
            checkpoint = from_bytes(read_bounded(file, size_limit(config)), config)
            if checkpoint.row > last_row:
                raise DamagedError("the metrics rows before it are missing")
        except OSError as error:
            problem = reason(error)
        except DamagedError as error:
            problem = str(error)
        else:
            return checkpoint
        warn(f"{file.name} cannot be used: {problem}; going on from before it")
    return None
