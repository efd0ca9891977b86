"""What is known of a data set before it is loaded, and how it is loaded.

numpy is imported where arrays are made, so that names and sizes are known without it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.data.geometry import Geometry, cached_geometry
from mlpcli.errors import DataError

if TYPE_CHECKING:
    from mlpcli.data.examples import Splits, Targets
    from mlpcli.data.task import Classification


# Of 300 untrained networks each of 784-10, 784-32-10, 784-32-32-10, 784-128-128-128-10 and six
# layers of 16, with He initialization, 99 in 100 scored below 17.2 % of MNIST's validation images,
# 16, 15, 16 and 15 %: up to 0.067 of the way from the largest class's 11.26 % to 1. One in 1,500
# had more than 19 %.
UNTRAINED = 0.07


@dataclass(frozen=True)
class Dataset:
    """A data set in an .npz file: its sizes, its task, and how its arrays are split."""

    name: str
    task: Classification
    inputs: int  # numbers of an example
    scale: float  # as Examples has it
    train_examples: int
    validation_examples: int
    test_examples: int
    # the share of the largest class among the validation examples: what a network scores that
    # takes everything for it
    largest_class: float
    file: Path
    sha256: str
    split: Callable[[Any], Splits]  # takes the arrays of the file, by name
    # the test set's targets alone, of the same arrays, where that is sooner than to split all
    split_test_targets: Callable[[Any], Targets] | None = None

    @property
    def learned_accuracy(self) -> float:
        """The accuracy that the interval of one that has learned anything lies above.

        Always to answer the largest class scores its share; untrained networks score up to
        UNTRAINED of the way from there to 1, for what they make of the images is no coin toss.
        """
        return self.largest_class + UNTRAINED * (1 - self.largest_class)

    @property
    def outputs(self) -> int:
        """The numbers that a network puts out for an example."""
        return self.task.outputs

    @property
    def examples(self) -> int:
        """All examples: what is scored at the end of a run."""
        return self.train_examples + self.validation_examples + self.test_examples

    @property
    def geometry(self) -> Geometry:
        """The lengths and angles of the training examples; computed once, and kept by SHA-256."""
        return cached_geometry(self.sha256, lambda: self.load().train)

    def load(self) -> Splits:
        """Read, check and split the file. Raises DataError if it is missing or altered."""
        with self._arrays() as arrays:
            return self.split(arrays)

    def test_targets(self) -> Targets:
        """Return the test set's targets alone, 0.3 s sooner for MNIST. Raises DataError.

        They are read once, for several runs are held against them: 30 ms, most of it SHA-256.
        """
        return self._test_targets

    @cached_property
    def _test_targets(self) -> Targets:
        with self._arrays() as arrays:
            split = self.split_test_targets
            targets = split(arrays) if split else self.split(arrays).test.targets
        targets.flags.writeable = False
        return targets

    def _arrays(self) -> Any:
        import numpy as np

        try:
            content = self.file.read_bytes()
        except OSError as error:
            raise DataError(f"{self.file}: {error.strerror}", "reinstall mlpcli") from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DataError(f"{self.file}: not the {self.name} it should be", "reinstall mlpcli")
        return np.load(io.BytesIO(content), allow_pickle=False)
