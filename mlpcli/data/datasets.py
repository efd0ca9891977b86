"""The data sets: what is known of each before it is loaded, and how it is loaded.

numpy is imported where arrays are made, so that names and sizes are known without it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.data.examples import Data, Examples
from mlpcli.data.geometry import Geometry
from mlpcli.errors import DataError

if TYPE_CHECKING:
    from mlpcli.data.examples import Labels


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
