"""Many run directories read, one after the other, with a warning for each that cannot be read."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from mlpcli.errors import RunError, shown

Value = TypeVar("Value")


def read_all(read: Callable[[Path], Value], paths: Sequence[Path]) -> tuple[list[Value], list[str]]:
    """Return what `read` makes of each path, in order, and a warning for each it refuses.

    `read` raises RunError to refuse. One process takes about 40 microseconds a run; two saved a
    tenth of the wall time of 100,000 runs, nothing of 10,000, and took a third more of the CPU's.
    """
    values, warnings = [], []
    with _garbage_kept():
        for path in paths:
            try:
                values.append(read(path))
            except RunError as error:
                warnings.append(f"{shown(path, 200)}: {error}")
    return values, warnings


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Collect no garbage: of what is read nothing is, and to look takes time, later too."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if enabled:
            gc.enable()
