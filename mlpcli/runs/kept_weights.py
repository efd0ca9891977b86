"""The weights that a run kept, read without TensorFlow: in its model.keras and its checkpoints.

Only numbers are read, of the shapes that the run's network has: a stranger may have written them.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from mlpcli.errors import RunError, shown
from mlpcli.files import read_bounded, reason
from mlpcli.runs.layout import CHECKPOINT, MODEL, checkpoints

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "model.weights.h5"  # in a .keras file, which is a zip archive
# where a network's layers stand in it: alone, or behind its preparation
PLACES = ("layers", "layers/sequential/layers")
BESIDE = 1 << 27  # bytes at most in the file beside the weights: tables of many columns
DIGEST = 65  # bytes: a SHA-256 in hexadecimal digits, and the end of the line
# arrays of a network's size in a checkpoint: weights, an optimizer's slot, the best weights
KEPT = 3
LOSSES = 1 << 30  # bytes at most of the losses since the last row


def trained_weights(run: Path, sizes: Sequence[int]) -> list[NDArray[np.float32]]:
    """Return the weights in a run's model.keras: of each layer the kernel, then the biases.

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


def checkpoint_steps(run: Path) -> dict[int, Path]:
    """Return the files of a run's checkpoints by the steps after which they were written.

    Raises OSError.
    """
    found = {int(CHECKPOINT.fullmatch(path.name)[1]): path  # type: ignore[index]
             for path in checkpoints(run)}  # fmt: skip
    return dict(sorted(found.items()))


def checkpoint_weights(path: Path, sizes: Sequence[int]) -> list[NDArray[np.float32]]:
    """Return the weights in a checkpoint: of each layer the kernel, then the biases.

    To go on from one takes more, see `Checkpoint`. Raises RunError for a file that is gone, damaged
    or of another network.
    """
    import numpy as np

    layout = [["<f4", *shape] for ins, outs in pairwise(sizes) for shape in ((ins, outs), (outs,))]
    most = LOSSES + 4 * KEPT * sum(math.prod(shape) for _, *shape in layout) + BESIDE
    try:
        content = read_bounded(path, most)
        body = memoryview(content)[DIGEST:]
        if hashlib.sha256(body).hexdigest().encode() + b"\n" != content[:DIGEST]:
            raise ValueError
        start = content.find(b"\n", DIGEST) + 1
        losses, correct, *weights = json.loads(content[DIGEST:start])["arrays"]
        if weights[: len(layout)] != layout:
            raise ValueError
        start += 4 * (losses[1] + correct[1])
        found = []
        for _, *shape in layout:
            count = math.prod(shape)
            found.append(np.frombuffer(content, "<f4", count, start).reshape(shape))
            start += 4 * count
    except OSError as error:
        raise RunError(f"{shown(path, 200)} cannot be read: {reason(error)}") from error
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise RunError(f"{shown(path, 200)} is damaged, or not of this run's network") from error
    return found
