"""Many run directories read at once, by as many processes as there are cores."""

import ctypes
import gc
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from mlpcli.errors import RunError, shown

Value = TypeVar("Value")
ALONE = 1_000  # runs take about 0.1 s; another process 0.03 s to start and hear from
PR_SET_PDEATHSIG = 1  # of prctl(2)
PART = 500  # runs a message: what is read comes back while the next is read


def read_all(
    read: Callable[[Path], Value],
    paths: Sequence[Path],
    meanwhile: Callable[[], None] | None = None,
) -> tuple[list[Value], list[str]]:
    """Return what `read` makes of each path, in order, and a warning for each it refuses.

    `read` raises RunError to refuse. Where there are enough paths other processes read them, so
    that what it returns has to be pickled, and `meanwhile` is done while they do.
    """
    cores = len(os.sched_getaffinity(0))
    if len(paths) <= ALONE or cores == 1:
        outcomes = [_read(read, paths)]
    else:
        outcomes = _in_processes(read, paths, cores, meanwhile)
    values: list[Value] = []
    warnings: list[str] = []
    for part, refused in outcomes:
        values += part
        warnings += refused
    return values, warnings


def _in_processes(
    read: Callable[[Path], Value],
    paths: Sequence[Path],
    count: int,
    meanwhile: Callable[[], None] | None,
) -> list[tuple[list[Value], list[str]]]:
    """Read in so many processes; raise RunError if one of them is killed."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    fork = multiprocessing.get_context("fork")  # has the modules already, and the paths
    # Of what comes back nothing is garbage; and in the others, to look at every object would copy
    # the pages that they share with this one.
    gc.disable()
    try:
        with ProcessPoolExecutor(count, fork, _inherit, (read, paths, os.getpid())) as pool:
            outcomes = pool.map(_read_from, range(0, len(paths), PART))
            if meanwhile:
                meanwhile()
            return list(outcomes)
    except BrokenProcessPool as error:
        raise RunError("a process that read runs was killed", "name fewer runs") from error
    finally:
        gc.enable()


_inherited: dict[str, Any] = {}  # in a process that reads: cheaper than a message with the paths


def _inherit(read: Callable[[Path], Value], paths: Sequence[Path], parent: int) -> None:
    # Ctrl-C reaches the whole group; the process that started this one alone answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # and should that be killed, nobody would tell this one, which holds its stdout
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    _inherited.update(read=read, paths=paths)


def _read_from(start: int) -> tuple[list[Any], list[str]]:
    return _read(_inherited["read"], _inherited["paths"][start : start + PART])


def _read(read: Callable[[Path], Value], paths: Sequence[Path]) -> tuple[list[Value], list[str]]:
    values, warnings = [], []
    for path in paths:
        try:
            values.append(read(path))
        except RunError as error:
            warnings.append(f"{shown(path, 200)}: {error}")
    return values, warnings
