"""What a shell or a scheduler lets this process have (ulimit), asked before libraries crash on it.

OpenBLAS looks without end for the memory of its threads, and TensorFlow ends in a segmentation
fault, where they get no more addresses; where they get no threads they abort.
"""

import _thread
import os
import resource
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path

from mlpcli.errors import RunError

SMALL = 2_000_000_000  # bytes of addresses; numpy and scipy take 0.35 GB on two cores, more on more
# bytes of addresses or data, below which OpenBLAS ends the process (150 MB) or never ends (143 to
# 190 MB), and 215 MB are too few for its products
LEAST = 240_000_000
PROGRAM = 830_000_000  # bytes that are kept free of data: Python, TensorFlow, a small network
HELD = 100_000_000  # bytes of data that are no question
# bytes of addresses beside the memory: networks of width 32, 500 and 2,000 took 2.13 GB on two
# cores; with 0.1 GB less TensorFlow crashed
ADDRESSES = 2_200_000_000
DATA = 1.2  # times the memory may count as data (VmData): with stacks of threads, most in `lr`
KIBIBYTE = 1024  # ulimit's unit
_LETTERS = {
    resource.RLIMIT_AS: "v",
    resource.RLIMIT_DATA: "d",
    resource.RLIMIT_FSIZE: "f",
    resource.RLIMIT_NOFILE: "n",
    resource.RLIMIT_NPROC: "u",
}
BYTES = {
    resource.RLIMIT_AS: "addresses",
    resource.RLIMIT_DATA: "data",
    resource.RLIMIT_FSIZE: "one file",
}
CONTAINER = Path("/sys/fs/cgroup/memory.max")  # its limit in bytes (cgroup v2)


def physical_memory() -> int:
    """Return the bytes of this machine's memory, or of its container's."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(memory, int(CONTAINER.read_text()))
    except (OSError, ValueError):  # no container, or "max"
        return memory


def limit_of(kind: int) -> int | None:
    """Return a limit of this process, in bytes or a number; None where there is none."""
    soft, _ = resource.getrlimit(kind)
    return None if soft == resource.RLIM_INFINITY else soft


def require_limit(kind: int, need: int, what: str) -> None:
    """Raise RunError where this process may not have so many bytes for what is planned."""
    limit = limit_of(kind)
    if limit is not None and limit < need:
        raise RunError(
            f"{what} takes about {size(need)} of {BYTES[kind]}, allowed {size(limit)}, "
            f"this process's limit ({ulimit(kind)})",
            allow_more(kind),
        )


def require_threads(count: int, what: str) -> None:
    """Raise RunError where so many threads cannot be started."""
    if not can_start(count):
        raise no_threads(f"{what} takes about {count} threads, more than can be started now")


def no_threads(text: str) -> RunError:
    """Return the error that threads or processes cannot be started, with what limits them."""
    kind = resource.RLIMIT_NPROC
    if limit_of(kind) is None:
        return RunError(text, "end other programs, or allow this user or container more threads")
    return RunError(
        f"{text}, allowed {limit_of(kind):,} threads and processes, this user's limit "
        f"({ulimit(kind)})",
        f"end other programs, or {allow_more(kind)}",
    )


def can_start(count: int) -> bool:
    """Say whether so many threads can be started; they have ended then. Takes 20 us for each."""
    gate = _thread.allocate_lock()
    before = _thread._count()

    def wait() -> None:
        with gate:
            pass

    with gate:
        for _ in range(count):
            try:
                _thread.start_new_thread(wait, ())
            except RuntimeError:
                enough = False
                break
        else:
            enough = True
    while _thread._count() > before:
        os.sched_yield()
    return enough


def memory_limit() -> int | None:
    """Return which limit of this process's memory there is: of addresses, or of data."""
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    return next((kind for kind in kinds if limit_of(kind) is not None), None)


def memory_is_below(amount: int) -> bool:
    """Say whether a limit of this process's memory is less than so many bytes."""
    limits = map(limit_of, (resource.RLIMIT_AS, resource.RLIMIT_DATA))
    return any(limit is not None and limit < amount for limit in limits)


def ulimit(kind: int) -> str:
    """Return the shell's command that sets a limit as it is."""
    soft, _ = resource.getrlimit(kind)
    amount = soft // KIBIBYTE if kind in BYTES else soft
    return f"ulimit -{_LETTERS[kind]} {amount}"


def allow_more(kind: int) -> str:
    """Return the hint how a limit is raised."""
    return f"allow more: ulimit -{_LETTERS[kind]} {'unlimited' if kind in BYTES else '4096'}"


def size(amount: int) -> str:
    """Write an amount of bytes."""
    if amount < 1e8:
        return f"{amount:,} bytes"
    return f"{amount / 1e9:,.0f} GB" if amount >= 1e11 else f"{amount / 1e9:.3g} GB"


def load_in_small_limits() -> None:
    """Have numpy and scipy load where there are few addresses or threads.

    Where there are so few that numpy would end the process in its way, importing it raises
    MemoryError; commands that do without it run.
    """
    if memory_is_below(LEAST):
        sys.meta_path.insert(0, _NoNumpy())
    if memory_is_below(SMALL) or not can_start(os.cpu_count() or 1):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # which looks for no more than it gets


class _NoNumpy(MetaPathFinder):
    """Refuses to import numpy."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        """Raise MemoryError for numpy; leave all else to others."""
        if name == "numpy":
            raise MemoryError
