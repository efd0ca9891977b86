"""Many run directories read at once, by as many processes as there are cores."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from mlpcli.errors import RunError, shown

Value = TypeVar("Value")
ALONE = 1_000  # runs take about 0.1 s; another process 0.03 s to start and hear from
PART = 500  # runs a message: what is read comes back while the next is read


def read_all(read: Callable[[Path], Value], paths: Sequence[Path]) -> tuple[list[Value], list[str]]:
    """Return what `read` makes of each path, in order, and a warning for each it refuses.

    `read` raises RunError to refuse. It can be pickled, since other processes may run it.
    """
    parts = [paths[start : start + PART] for start in range(0, len(paths), PART)]
    cores = len(os.sched_getaffinity(0))
    work = partial(_read, read)
    if len(paths) <= ALONE or cores == 1:
        outcomes = list(map(work, parts))
    else:
        import multiprocessing

        with multiprocessing.get_context("fork").Pool(cores) as pool:
            outcomes = pool.map(work, parts, chunksize=1)
    values: list[Value] = []
    warnings: list[str] = []
    for part, refused in outcomes:
        values += part
        warnings += refused
    return values, warnings


def _read(read: Callable[[Path], Value], paths: Sequence[Path]) -> tuple[list[Value], list[str]]:
    values, warnings = [], []
    for path in paths:
        try:
            values.append(read(path))
        except RunError as error:
            warnings.append(f"{shown(path, 200)}: {error}")
    return values, warnings
