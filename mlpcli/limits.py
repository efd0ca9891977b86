"""What a shell or a scheduler lets this process have (ulimit), asked before libraries crash on it.

OpenBLAS looks without end for the memory of its threads, and TensorFlow ends in a segmentation
fault, where they get no more addresses.
"""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

from mlpcli.errors import RunError

SMALL = 2_000_000_000  # bytes of addresses; numpy and scipy take 0.35 GB on two cores, more on more
KIBIBYTE = 1024  # ulimit's unit


def limit_of(kind: int) -> int | None:
    """Return a limit of this process in bytes, None where there is none."""
    soft, _ = resource.getrlimit(kind)
    return None if soft == resource.RLIM_INFINITY else soft


def require_limit(kind: int, need: int, what: str) -> None:
    """Raise RunError where this process may not have so many bytes for what is planned."""
    letter, of = _NAMES[kind]
    limit = limit_of(kind)
    if limit is not None and limit < need:
        raise RunError(
            f"{what} takes about {_size(need)} of {of}, allowed {_size(limit)}, "
            f"this process's limit (ulimit -{letter} {limit // KIBIBYTE})",
            f"allow more: ulimit -{letter} unlimited",
        )


_NAMES = {
    resource.RLIMIT_AS: ("v", "addresses"),
    resource.RLIMIT_DATA: ("d", "data"),
    resource.RLIMIT_FSIZE: ("f", "one file"),
}


def _size(amount: int) -> str:
    return f"{amount / 1e9:,.3g} GB" if amount >= 1e8 else f"{amount:,} bytes"


@contextmanager
def within_limits() -> Iterator[None]:
    """Have numpy and scipy load in few addresses, or raise RunError where those are too few."""
    limit = limit_of(resource.RLIMIT_AS)
    if limit is not None and limit < SMALL:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # which looks for no more than it gets
    try:
        yield
    except (MemoryError, ImportError) as error:
        if limit is None:
            raise
        raise RunError(
            f"out of memory: this process may have {limit / 1e9:,.3g} GB of addresses "
            f"(ulimit -v {limit // KIBIBYTE})",
            "allow more: ulimit -v unlimited",
        ) from error
