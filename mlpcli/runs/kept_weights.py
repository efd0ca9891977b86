"""The weights that a run kept, read without TensorFlow: in its model.keras and its checkpoints.

Only numbers are read, of the shapes that the run's network has: a stranger may have written them.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.errors import RunError, shown
from mlpcli.runs.layout import CHECKPOINT, MODEL, checkpoints
from mlpcli.system import read_bounded, reason

if TYPE_CHECKING:
    import h5py
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "model.weights.h5"  # in a .keras file, which is a zip archive
# where a network's layers stand in it: alone, or behind its preparation
PLACES = ("layers", "layers/sequential/layers")
BESIDE = 1 << 27  # bytes at most in the file beside the weights: tables of many columns
# arrays of a network's size in a checkpoint: weights, an optimizer's slot, the best weights
KEPT = 3
LOSSES = 1 << 30  # bytes at most of the losses since the last row


def trained_weights(run: Path, sizes: Sequence[int]) -> list[NDArray[np.float32]]:
    """Return the weights in a run's model.keras: of each layer the kernel, then the biases.

    Raises RunError for a model.keras that is missing, damaged or of another network.
    """
    import h5py

    from mlpcli.runs.checkpoint import weight_layout

    shapes = [shape for _, shape in weight_layout(sizes)]
    least = 4 * sum(map(math.prod, shapes))
    most = least + BESIDE
    with _damage(run), zipfile.ZipFile(io.BytesIO(_content(run, most))) as archive:
        if not least <= archive.getinfo(WEIGHTS).file_size <= most:
            raise ValueError
        with h5py.File(io.BytesIO(archive.read(WEIGHTS)), "r") as file:
            place = next(each for each in PLACES if _within(file, f"{each}/dense"))
            found = []
            for nth, shape in enumerate(shapes):
                layer = f"dense_{nth // 2}" if nth > 1 else "dense"
                found.append(_numbers(_within(file, f"{place}/{layer}/vars/{nth % 2}"), shape))
            if _within(file, f"{place}/dense_{len(sizes) - 1}"):
                raise ValueError
    return found


def _within(file: h5py.File, path: str) -> Any:
    """Return what stands at a path of an HDF5 file; None where nothing does.

    A link is not followed: it may lead to any file of this machine, and only to look opens that.
    """
    import h5py

    found: Any = file
    for name in path.encode().split(b"/"):
        if not isinstance(found, h5py.Group) or not found.id.links.exists(name):
            return None
        if found.id.links.get_info(name).type != h5py.h5l.TYPE_HARD:
            raise ValueError
        found = found[name]
    return found


def _numbers(values: Any, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return an array of a shape, whose bytes stand in the file one after the other.

    Else they may be those of another file, or a few that stand for terabytes.
    """
    import numpy as np

    if values.shape != shape or values.dtype != np.float32 or values.chunks or values.is_virtual:
        raise ValueError
    if values.external or values.id.get_storage_size() != values.nbytes:
        raise ValueError
    return np.array(values)


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

    from mlpcli.runs.checkpoint import DamagedError, read_head, weight_layout

    layout = weight_layout(sizes)
    most = LOSSES + 4 * KEPT * sum(math.prod(shape) for _, shape in layout) + BESIDE
    try:
        content = read_bounded(path, most)
        head, start = read_head(content)
        losses, correct, *weights = head["arrays"]
        if weights[: len(layout)] != [[dtype, *shape] for dtype, shape in layout]:
            raise ValueError
        start += 4 * (losses[1] + correct[1])
        found = []
        for dtype, shape in layout:
            count = math.prod(shape)
            found.append(np.frombuffer(content, dtype, count, start).reshape(shape))
            start += 4 * count
    except OSError as error:
        raise RunError(f"{shown(path, 200)} cannot be read: {reason(error)}") from error
    except (DamagedError, ValueError, TypeError, KeyError, IndexError) as error:
        raise RunError(f"{shown(path, 200)} is damaged, or not of this run's network") from error
    return found
