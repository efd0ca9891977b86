"""One array of numpy's: its header, held against the bytes that there are, then its numbers.

numpy makes room for what a header says, whatever follows; so the header is read and weighed here.
Arrays of Python objects are pickles, which can run code: they are not read.
"""

from __future__ import annotations

import math
import tokenize
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlpcli.data.sources.bounds import fits_training, require_room
from mlpcli.data.sources.on_disk import mapped_array, prepared
from mlpcli.errors import DataError
from mlpcli.system import size

LONGEST_HEADER = 20_000  # bytes
BLOCK = 16 << 20


class Readable(Protocol):
    """What gives bytes one after another."""

    def read(self, count: int, /) -> bytes:
        """Return the next bytes, none at the end."""


def read_array(
    stream: Readable, name: str, length: int | None, file: Path | None = None
) -> NDArray[Any]:
    """Return the array of an .npy stream of `length` bytes, None where that is not known.

    What does not fit into memory when trained on is mapped, if it is in a `file`. Raises
    DataError for what is damaged, cut short, too large or made of Python objects.
    """
    shape, fortran, dtype, header = _header(stream, name)
    if dtype.hasobject:
        raise DataError(
            f"{name}: an array of Python objects (a pickle), which could run code: not read",
            "save numbers or text: array.astype('float32')",
        )
    if dtype.names:
        raise DataError(
            f"{name}: a structured array, allowed plain numbers",
            "save it as a table: polars.DataFrame(array).write_parquet(...)",
        )
    need = math.prod(shape) * dtype.itemsize
    if length is not None and length != header + need:
        raise DataError(
            f"{name}: cut short or damaged: its header says {size(need)} of numbers, "
            f"there are {size(max(0, length - header))}",
            "write it anew",
        )
    if file is not None and length is not None and not fits_training(need + prepared(shape)):
        return mapped_array(file, dtype, header, shape, "F" if fortran else "C")
    require_room(need, name)
    values = _fill(stream, need, name)
    array = np.frombuffer(values, dtype)
    return array.reshape(shape[::-1]).T if fortran else array.reshape(shape)


class _Counted:
    """A stream that knows how far it was read; a header may take so many bytes."""

    def __init__(self, stream: Readable) -> None:
        self._stream, self.count = stream, 0

    def read(self, count: int) -> bytes:
        if count > LONGEST_HEADER:
            raise ValueError
        content = self._stream.read(count)
        self.count += len(content)
        return content


def _header(stream: Readable, name: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    counted: Any = _Counted(stream)
    try:
        version = np.lib.format.read_magic(counted)
        readers = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        shape, fortran, dtype = readers[version](counted, LONGEST_HEADER)
    except (
        *(ValueError, TypeError, KeyError, SyntaxError, MemoryError, RecursionError),
        *(OverflowError, EOFError, tokenize.TokenError),
    ) as error:
        raise DataError(f"{name}: not an .npy array: a damaged header", "write it anew") from error
    if any(type(each) is not int or each < 0 for each in shape):
        raise DataError(f"{name}: not an .npy array: shape {shape}"[:200], "write it anew")
    return tuple(shape), bool(fortran), dtype, counted.count


def _fill(stream: Readable, need: int, name: str) -> bytearray:
    """Return `need` bytes of a stream; it grows with what is there, not with what is said."""
    values = bytearray()
    while len(values) < need:
        block = stream.read(min(BLOCK, need - len(values)))
        if not block:
            raise DataError(
                f"{name}: cut short: {size(len(values))} of {size(need)} are there", "write it anew"
            )
        values += block
    if stream.read(1):
        raise DataError(f"{name}: damaged: more bytes than its header says", "write it anew")
    return values
