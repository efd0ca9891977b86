"""What a process that was killed while it made a run directory left of it."""

import os
import re
from contextlib import suppress
from pathlib import Path

from mlpcli.runs import lock
from mlpcli.runs.layout import CONFIG, INFO, LOCK, METRICS_FILE, SWEEP, SWEEP_BASE
from mlpcli.system import remove

HIDDEN = re.compile(r"\.[0-9]{8}-[0-9]{6}-.+-[0-9a-f]{4}\.new")


def clear_leftovers(root: Path) -> None:
    """Remove the hidden folders in a folder of runs that became no run and that nobody is making.

    What cannot be removed stays: it is in nobody's way.
    """
    with suppress(OSError), os.scandir(root) as entries:
        names = [each.name for each in entries if HIDDEN.fullmatch(each.name)]
        for name in names:
            with suppress(OSError):
                _clear(root / name)


def _clear(hidden: Path) -> None:
    """Remove a hidden folder, holding its lock.

    Who has just made it and does not hold the lock yet takes another name.
    """
    if hidden.is_symlink():
        return
    if not (hidden / METRICS_FILE).exists():  # killed before there was anything to lock
        discard(hidden)
        return
    held = lock.take(hidden)
    try:
        discard(hidden)
    finally:
        held.release()


def discard(hidden: Path) -> None:
    """Remove a folder that became no run or sweep, with the files that it may have."""
    for name in (METRICS_FILE, CONFIG, INFO, LOCK, SWEEP, SWEEP_BASE):
        remove(hidden / name)
        remove(hidden / f".{name}.tmp")
    if hidden.exists():
        hidden.rmdir()
