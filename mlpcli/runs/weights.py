"""The weights in a run's model.keras, read without TensorFlow: numbers alone, as they were saved.

What Keras builds of a model that a stranger wrote may be anything; nothing is built here.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mlpcli.errors import RunError, shown
from mlpcli.files import read_bounded, reason
from mlpcli.runs.layout import MODEL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "model.weights.h5"  # in a .keras file, which is a zip archive
# where a network's layers stand in it: alone, or behind its preparation
PLACES = ("layers", "layers/sequential/layers")
BESIDE = 1 << 27  # bytes at most in the file beside the weights: tables of many columns


def trained_weights(run: Path, sizes: Sequence[int]) -> list[NDArray[np.float32]]:
    """Return the weights in a run's model.keras: of each layer the kernel, then the biases.

    `sizes` are the numbers that go into the network, into each layer after the first, and out.
    Raises RunError for a model.keras that is missing, damaged or of another network.
    """
    import h5py
    import numpy as np

    shapes = [shape for ins, outs in pairwise(sizes) for shape in ((ins, outs), (outs,))]
    most = 4 * sum(int(np.prod(shape)) for shape in shapes) + BESIDE
    with _damage(run), zipfile.ZipFile(io.BytesIO(_content(run, most))) as archive:
        if archive.getinfo(WEIGHTS).file_size > most:
            raise ValueError
        with h5py.File(io.BytesIO(archive.read(WEIGHTS)), "r") as file:
            place = next(each for each in PLACES if f"{each}/dense/vars/0" in file)
            found = []
            for nth, shape in enumerate(shapes):
                layer = f"dense_{nth // 2}" if nth > 1 else "dense"
                values = file[f"{place}/{layer}/vars/{nth % 2}"]
                if values.shape != shape or values.dtype != np.float32:
                    raise ValueError
                found.append(np.array(values))
            if f"{place}/dense_{len(sizes) - 1}" in file:
                raise ValueError
    return found


def _content(run: Path, most: int) -> bytes:
    try:
        return read_bounded(run / MODEL, most)
    except OSError as error:
        raise RunError(f"{shown(run / MODEL, 200)} cannot be read: {reason(error)}") from error


@contextmanager
def _damage(run: Path) -> Iterator[None]:
    """Raise RunError where the file is not that of the network."""
    try:
        yield
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError),
        *(KeyError, ValueError, AttributeError, TypeError, RuntimeError, StopIteration),
    ) as error:
        raise RunError(
            f"{shown(run / MODEL, 200)} is damaged, or not of this run's network",
            "train it again: its config.yaml is whole",
        ) from error
