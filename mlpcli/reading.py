"""Many run directories read at once, by as many processes as there are cores."""

import os
import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from mlpcli.errors import RunError, shown

Value = TypeVar("Value")
Made = TypeVar("Made")
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
        outcomes = _in_processes(work, parts, cores)
    values: list[Value] = []
    warnings: list[str] = []
    for part, refused in outcomes:
        values += part
        warnings += refused
    return values, warnings


def _in_processes(work: Callable[[Value], Made], parts: Sequence[Value], count: int) -> list[Made]:
    """Do the work for each part; raise RunError if one of the processes is killed."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    fork = multiprocessing.get_context("fork")  # has the modules already
    # Ctrl-C reaches the whole group; this process alone answers
    deaf = (signal.SIGINT, signal.SIG_IGN)
    try:
        with ProcessPoolExecutor(count, fork, signal.signal, deaf) as pool:
            return list(pool.map(work, parts))
    except BrokenProcessPool as error:
        raise RunError("a process that read runs was killed", "name fewer runs") from error


def _read(read: Callable[[Path], Value], paths: Sequence[Path]) -> tuple[list[Value], list[str]]:
    values, warnings = [], []
    for path in paths:
        try:
            values.append(read(path))
        except RunError as error:
            warnings.append(f"{shown(path, 200)}: {error}")
    return values, warnings
