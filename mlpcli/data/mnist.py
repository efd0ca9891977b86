"""MNIST, split as in the tutorial: 5,000 images validate, 55,000 train, 10,000 test."""

from __future__ import annotations

import hashlib
import io
import math
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from msgspec import structs

from mlpcli.data.dataset import Dataset
from mlpcli.data.examples import Examples, Splits
from mlpcli.data.facts import DataFacts
from mlpcli.data.spec import DataSpec
from mlpcli.data.subset import digest_of, subset_places
from mlpcli.data.task import Classification
from mlpcli.errors import DataError

if TYPE_CHECKING:
    from mlpcli.data.examples import Targets

SOME = 1_000  # training examples that are as good as all to imagine untrained networks on
PIXEL_SCALE = 1 / 255  # bytes to [0, 1]
FILE = Path(__file__).parent / "files" / "mnist.npz"
SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


def arrays() -> Any:
    """Return the four arrays of the file, by name. Raises DataError if it is missing or altered."""
    import numpy as np

    try:
        content = FILE.read_bytes()
    except OSError as error:
        raise DataError(f"{FILE}: {error.strerror}", "reinstall mlpcli") from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise DataError(f"{FILE}: not the mnist it should be", "reinstall mlpcli")
    return np.load(io.BytesIO(content), allow_pickle=False)


def splits() -> Splits:
    """Images 0 to 4,999 of the training file validate, the others train."""

    def examples(part: str, first: int, last: int | None) -> Examples:
        images, labels = found[f"x_{part}"][first:last], found[f"y_{part}"][first:last]
        return Examples(images.reshape(len(images), -1), labels.astype("int32"), PIXEL_SCALE)

    with arrays() as found:
        return Splits(
            train=examples("train", 5_000, None),
            validation=examples("train", 0, 5_000),
            test=examples("test", 0, None),
        )


def mnist_subset(spec: DataSpec) -> Dataset:
    """Return MNIST with `train_examples` of its training images. Raises DataError for too many."""
    count = spec.train_examples or 0
    chosen = subset_places(count, MNIST.train_examples, _train_targets(), spec.subset_seed)

    def some() -> Splits:
        every = _shared_splits()
        return replace(every, train=every.train[chosen])

    facts = structs.replace(MNIST.facts, train_examples=count, subset_sha256=digest_of(chosen))
    return replace(MNIST, spec=spec, facts=facts, splits=some, only_some=None)


_reading = Lock()


def _shared_splits() -> Splits:
    """Return all images, read once for all subsets, which threads may ask for at once."""
    with _reading:
        return _kept_splits()


_kept_splits = cache(splits)


@cache
def _train_targets() -> Targets:
    """Return the digits of the images that train, alone: 30 ms."""
    with arrays() as found:
        targets: Targets = found["y_train"][5_000:].astype("int32")
    return targets


def some_training() -> Examples:
    """Return the first SOME training examples alone, for the file is read from its beginning."""
    import numpy as np

    last = 5_000 + SOME
    with arrays() as found:
        labels = found["y_train"][5_000:last].astype("int32")
        with found.zip.open("x_train.npy") as file:
            np.lib.format.read_magic(file)
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            size = math.prod(shape[1:])
            images = np.frombuffer(file.read(last * size), dtype).reshape(last, size)
    return Examples(images[5_000:], labels, PIXEL_SCALE)


@cache
def test_targets() -> Targets:
    """Return the digits of the test images alone.

    They are read once, for several runs are held against them: 30 ms, most of it SHA-256.
    """
    with arrays() as found:
        targets: Targets = found["y_test"].astype("int32")
    targets.flags.writeable = False
    return targets


MNIST = Dataset(
    spec=DataSpec("mnist"),
    facts=DataFacts(
        name="mnist",
        sha256=SHA256,
        task=Classification(tuple("0123456789")),
        inputs=28 * 28,
        train_examples=55_000,
        validation_examples=5_000,
        test_examples=10_000,
        largest_class=563 / 5_000,  # the digit 1
    ),
    scale=PIXEL_SCALE,
    splits=splits,
    only_test_targets=test_targets,
    only_some=some_training,
    memory=102_000_000,  # measured: the images, and those to train on in TensorFlow's own memory
)
