"""IDX, the format of MNIST's files (http://yann.lecun.com/exdb/mnist/).

Two zero bytes, the type's number, the number of dimensions, their sizes as big-endian uint32, then
the numbers, big-endian. The labels of train-images-idx3-ubyte stand in train-labels-idx1-ubyte.
"""

from __future__ import annotations

import math
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data.sources.bounds import fits_training, require_room
from mlpcli.data.sources.content import Content, Stream, name_of, opened
from mlpcli.data.sources.numbers import to_examples
from mlpcli.data.sources.on_disk import mapped_array, prepared
from mlpcli.data.table import Arrays
from mlpcli.errors import DataError, shell_word
from mlpcli.system import size

TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
LABELS = re.compile(r"images([.-]idx)\d", re.IGNORECASE)
BLOCK = 16 << 20


def read_idx(
    content: Content,
    path: Path,
    target: str | None,
    labelled: bool = True,
    trains: bool = True,
) -> Arrays:
    """Read images and their labels, which may be missing unless they have to be `labelled`.

    Raises DataError where either is not there or not whole.
    """
    with content.open() as stream:
        may_map = trains and not content.packed
        images = _array(stream, content.name, path if may_map else None)
    labels = path.parent / target if target else labels_beside(path)
    if labels is None and not labelled:
        return to_examples(images, None, content.name)
    if labels is None:
        raise DataError(
            f"{content.name}: no file of labels beside it",
            "name it: target: LABELS (a path from this file's folder)",
        )
    with opened(labels) as file:
        packed = file.read(2) == b"\x1f\x8b"
    with Content(name_of(labels), labels, packed=packed).open() as stream:
        targets = _array(stream, name_of(labels))
    return to_examples(images, targets, content.name)


def labels_beside(path: Path) -> Path | None:
    """Return the file of labels by its usual name, packed or not; None where there is none."""
    name = LABELS.sub(r"labels\g<1>1", path.name)
    if name == path.name:
        return None
    bare = name.removesuffix(".gz")
    names = (name, bare, f"{bare}.gz")
    return next((path.parent / each for each in names if (path.parent / each).exists()), None)


def _array(stream: Stream, name: str, file: Path | None = None) -> NDArray[Any]:
    """Return the array of a stream; what is too large for the memory is mapped from its `file`."""
    hint = f"fetch it anew; its first bytes: xxd -l 16 {shell_word(name)}"
    start = stream.read(4)
    if len(start) < 4 or start[:2] != b"\0\0" or start[2] not in TYPES or not 1 <= start[3] <= 8:
        raise DataError(f"{name}: not an IDX file: its first bytes are {start.hex(' ')}", hint)
    dtype, dimensions = np.dtype(TYPES[start[2]]), start[3]
    sizes = stream.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise DataError(f"{name}: cut short in its header", hint)
    shape = struct.unpack(f">{dimensions}I", sizes)
    need = math.prod(shape) * dtype.itemsize
    said = f"its header says {' x '.join(f'{each:,}' for each in shape)}, {size(need)}"
    header = 4 + 4 * dimensions
    whole = file is not None and file.stat().st_size == header + need
    if file is not None and whole and not fits_training(need + prepared(shape)):
        return mapped_array(file, dtype, header, shape)
    require_room(need, name)
    values = bytearray()
    while block := stream.read(min(BLOCK, need - len(values) + 1)):
        values += block
        if len(values) > need:
            raise DataError(f"{name}: more bytes than {said}", hint)
    if len(values) < need:
        raise DataError(f"{name}: cut short: {said}, there are {size(len(values))}", hint)
    return np.frombuffer(values, dtype).astype(dtype.newbyteorder("="), copy=False).reshape(shape)
