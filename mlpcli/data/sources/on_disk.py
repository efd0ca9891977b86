"""Arrays on the disk in place of the memory: a file as it is, or made for as long as it is used.

What is made has a file without a name, so that nothing is left of it, not after a kill either. Its
room on the disk is taken before it is mapped: a write to a mapped file for which there is none
would end the process.
"""

from __future__ import annotations

import math
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data.sources.bounds import PREPARED
from mlpcli.data.sources.content import name_of, opened
from mlpcli.errors import DataError, shown
from mlpcli.system import reason, size

BLOCK = 1 << 22  # numbers at once
LARGE = Path("/var/tmp")  # for what is large: /tmp may be memory


def scratch_array(shape: tuple[int, ...], dtype: Any, name: str) -> NDArray[Any]:
    """Return an array of zeros that is mapped from the disk, for the data of that name.

    It stands in the folder that TMPDIR names, else in /var/tmp. Raises DataError where there is too
    little room for it.
    """
    folder, need = scratch_folder(), math.prod(shape) * np.dtype(dtype).itemsize
    hint = "make room, or name a folder of another disk: TMPDIR=FOLDER mlpcli ..."
    try:
        there = os.statvfs(folder)
        room = there.f_bavail * there.f_frsize
        if need > room:
            raise DataError(
                f"{name}: prepared, it takes {size(need)} of disk, allowed {size(room)}, "
                f"what is free in {shown(folder, 200)}",
                hint,
            )
        with tempfile.TemporaryFile(dir=folder) as file:
            os.posix_fallocate(file.fileno(), 0, need)
            return np.memmap(file, dtype, mode="r+", shape=shape)
    except (OSError, ValueError, OverflowError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise DataError(
            f"{name}: prepared, it takes {size(need)} of disk in {shown(folder, 200)}: {why}", hint
        ) from error


def scratch_folder() -> Path:
    """Return the folder for what is large and temporary."""
    stated = os.environ.get("TMPDIR")
    if stated or not os.access(LARGE, os.W_OK | os.X_OK):
        return Path(stated or tempfile.gettempdir())
    return LARGE


def mapped_array(
    file: Path,
    dtype: np.dtype[Any],
    offset: int,
    shape: tuple[int, ...],
    order: Any = "C",
) -> NDArray[Any]:
    """Return an array that is mapped from a file, to be read alone. Raises DataError."""
    try:
        with opened(file) as stream:
            return np.memmap(stream, dtype, "r", offset, shape, order)
    except (OSError, ValueError, OverflowError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise DataError(f"{name_of(file)}: cannot be mapped: {why}") from error


def prepared(shape: tuple[int, ...]) -> int:
    """Return the bytes that the numbers of an array take when they are prepared."""
    return PREPARED * math.prod(shape)


def converted(array: NDArray[Any], dtype: str, name: str) -> NDArray[Any]:
    """Return an array [n, columns] as one on the disk of another type."""
    made = scratch_array(array.shape, dtype, name)
    step = max(1, BLOCK // max(1, array.shape[1]))
    for start in range(0, len(array), step):
        made[start : start + step] = array[start : start + step]
    return made
