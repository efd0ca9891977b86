"""The network that a run left, as it predicts: read back from its model.keras.

Only numbers are read from the file, into a network that is built here: what Keras builds of a
model that a stranger wrote may be anything.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.errors import RunError, shown
from mlpcli.files import read_bounded, reason
from mlpcli.runs import MODEL
from mlpcli.training.backend import keras, memory_errors
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.evaluate import BATCH, scaled
from mlpcli.training.model import network

if TYPE_CHECKING:
    from collections.abc import Iterator

WEIGHTS = "model.weights.h5"  # in a .keras file, which is a zip archive
# where a network's layers stand in it: alone, or behind its preparation
PLACES = ("layers", "layers/sequential/layers")
BESIDE = 1 << 27  # bytes at most in the file beside the weights: tables of many columns
Outputs = Callable[[NDArray[Any], float], NDArray[np.float32]]


def load_trained(run: Path, sizes: Sequence[int], activation: str) -> Outputs:
    """Return a run's network: from features [n, inputs] and their scale to outputs [n, outputs].

    `sizes` are the numbers that go into it, into each layer after the first, and out. Features are
    float32, or uint8 which it sees times the scale; outputs are logits, or standardized values.
    Raises RunError for a model.keras that is missing, damaged or of another network.
    """
    weights = trained_weights(run, sizes)
    with memory_errors():
        layers = len(sizes) - 1
        model = network(sizes, activation, [keras.initializers.Zeros()] * layers)
        model.set_weights(weights)

    @tf.function(autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def outputs(features: Any, scale: Any) -> Any:
        found, _ = model.stateless_call(model.trainable_variables, [], scaled(features, scale))
        return found

    def predict(features: NDArray[Any], scale: float) -> NDArray[np.float32]:
        with memory_errors():
            parts = [
                outputs(features[start : start + BATCH], tf.constant(scale, tf.float32)).numpy()
                for start in range(0, len(features), BATCH)
            ]
        return np.concatenate(parts) if parts else np.zeros((0, sizes[-1]), np.float32)

    return predict


def trained_weights(run: Path, sizes: Sequence[int]) -> list[NDArray[np.float32]]:
    """Return the weights in a run's model.keras: of each layer the kernel, then the biases.

    Raises RunError as `load_trained` does.
    """
    import h5py

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
