"""The data sets: arrays with their shapes stated, their splits, and the indices of each batch.

numpy is imported where arrays are made, so that names and sizes are known without it.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Images = NDArray[np.uint8]
    Labels = NDArray[np.int32]
    Indices = NDArray[np.int32]


@dataclass(frozen=True)
class Examples:
    """Images uint8 [n, features], 0 to 255, and labels int32 [n], 0 to classes - 1."""

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Data:
    """The three splits of a data set."""

    train: Examples
    validation: Examples
    test: Examples


@dataclass(frozen=True)
class Geometry:
    """The lengths and angles of the training images, as scaled to [0, 1]."""

    norm: float  # mean of the Euclidean norm
    square_norm: float  # mean of its square
    cosine: float  # mean over pairs of different images
    class_cosine: float  # mean over pairs of different images of one class

    @property
    def log_norm_variance(self) -> float:
        """The variance of the norm's logarithm, if that is normal."""
        return math.log(self.square_norm / self.norm**2)

    @property
    def median_norm(self) -> float:
        """The norm's median, if its logarithm is normal."""
        return self.norm * math.exp(-self.log_norm_variance / 2)


@dataclass(frozen=True)
class Dataset:
    """What is known of a data set before it is loaded, and how to load it from its file."""

    name: str
    train_examples: int
    validation_examples: int
    test_examples: int
    features: int
    classes: int
    geometry: Geometry
    file: Path
    sha256: str
    split: Callable[[Any], Data]  # takes the arrays of the file, by name

    @property
    def examples(self) -> int:
        """All examples: what is scored at the end of a run."""
        return self.train_examples + self.validation_examples + self.test_examples

    def load(self) -> Data:
        """Read, check and split the file. Raises DataError if it is missing or altered."""
        with self._arrays() as arrays:
            return self.split(arrays)

    def test_labels(self) -> Labels:
        """Return the labels of the test set alone, 0.3 s sooner. Raises DataError as `load`."""
        with self._arrays() as arrays:
            labels: Labels = arrays["y_test"].astype("int32")
            return labels

    def _arrays(self) -> Any:
        import numpy as np

        try:
            content = self.file.read_bytes()
        except OSError as error:
            raise DataError(f"{self.file}: {error.strerror}", "reinstall mlpcli") from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DataError(f"{self.file}: not the {self.name} it should be", "reinstall mlpcli")
        return np.load(io.BytesIO(content), allow_pickle=False)


def _mnist(arrays: Any) -> Data:
    """Images 0 to 4,999 of the training file validate, the other 55,000 train, 10,000 test."""

    def examples(part: str, first: int, last: int | None) -> Examples:
        images, labels = arrays[f"x_{part}"][first:last], arrays[f"y_{part}"][first:last]
        return Examples(images.reshape(len(images), -1), labels.astype("int32"))

    return Data(
        train=examples("train", 5_000, None),
        validation=examples("train", 0, 5_000),
        test=examples("test", 0, None),
    )


DATASETS = {
    "mnist": Dataset(
        name="mnist",
        train_examples=55_000,
        validation_examples=5_000,
        test_examples=10_000,
        features=784,
        classes=10,
        geometry=Geometry(norm=9.2157, square_norm=87.843, cosine=0.4004, class_cosine=0.5259),
        file=Path(__file__).parent / "files" / "mnist.npz",
        sha256="06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",
        split=_mnist,
    ),
}


def batch_indices(
    order: str, examples: int, batch_size: int, seed: int, first: int, count: int
) -> Indices:
    """Return the training examples of steps first, first + 1, ...: int32 [count, batch_size].

    sequential: step t takes batch_size examples from ((t - 1) * batch_size) mod
    (examples - batch_size) on, or from 0 where the batch is the whole set.
    shuffle: the passes' permutations stand end to end, and step t takes the next batch_size of
    them; no example is left out of a pass, and a batch may span two.
    """
    import numpy as np

    starts = np.arange(first - 1, first - 1 + count, dtype=np.int64) * batch_size
    if order == "sequential":
        starts %= max(examples - batch_size, 1)
        return (starts[:, None] + np.arange(batch_size)).astype(np.int32)
    begin, end = int(starts[0]), int(starts[-1]) + batch_size
    passes = range(begin // examples, (end - 1) // examples + 1)
    permutations = [_permutation(examples, seed, number) for number in passes]
    stream = permutations[0] if len(passes) == 1 else np.concatenate(permutations)
    offset = begin - passes[0] * examples
    return stream[offset : offset + count * batch_size].reshape(count, batch_size).copy()


@lru_cache(maxsize=2)
def _permutation(examples: int, seed: int, number: int) -> Indices:
    """Return the order of pass `number` (from 0), from (seed, pass) alone; it takes 1 ms."""
    import numpy as np

    return np.random.default_rng([seed, number]).permutation(examples).astype(np.int32)
