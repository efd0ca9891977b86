"""MNIST, split as in the tutorial: 5,000 images validate, 55,000 train, 10,000 test."""

from pathlib import Path
from typing import Any

from mlpcli.data.dataset import Dataset
from mlpcli.data.examples import Examples, Splits
from mlpcli.data.task import Classification

PIXEL_SCALE = 1 / 255  # bytes to [0, 1]


def split(arrays: Any) -> Splits:
    """Images 0 to 4,999 of the training file validate, the others train."""

    def examples(part: str, first: int, last: int | None) -> Examples:
        images, labels = arrays[f"x_{part}"][first:last], arrays[f"y_{part}"][first:last]
        return Examples(images.reshape(len(images), -1), labels.astype("int32"), PIXEL_SCALE)

    return Splits(
        train=examples("train", 5_000, None),
        validation=examples("train", 0, 5_000),
        test=examples("test", 0, None),
    )


MNIST = Dataset(
    name="mnist",
    task=Classification(tuple("0123456789")),
    inputs=28 * 28,
    scale=PIXEL_SCALE,
    train_examples=55_000,
    validation_examples=5_000,
    test_examples=10_000,
    largest_class=563 / 5_000,  # the digit 1
    file=Path(__file__).parent / "files" / "mnist.npz",
    sha256="06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",
    split=split,
    split_test_targets=lambda arrays: arrays["y_test"].astype("int32"),
)
