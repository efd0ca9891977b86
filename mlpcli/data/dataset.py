"""A data set as all else sees it: its sizes and its task, and its examples once they are wanted.

numpy is imported where arrays are made, so that names and sizes are known without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpcli.data.facts import DataFacts
from mlpcli.data.geometry import Geometry, cached_geometry
from mlpcli.data.spec import DataSpec

if TYPE_CHECKING:
    from mlpcli.data.examples import Examples, Splits, Targets
    from mlpcli.data.task import Task


@dataclass(frozen=True)
class Dataset:
    """Examples that are split and prepared: what is known of them, and how they are loaded."""

    spec: DataSpec  # with nothing left to be inferred
    facts: DataFacts
    scale: float  # as Examples has it
    splits: Callable[[], Splits]  # reads, splits and prepares. Raises DataError
    # the test set's targets alone, where that is sooner
    only_test_targets: Callable[[], Targets] | None = None
    # some of the training examples, by lot or as filed, where that is sooner
    only_some: Callable[[], Examples] | None = None
    memory: int = 0  # bytes that the rows take at most, as filed and prepared together
    warnings: tuple[str, ...] = ()  # what of the data a user should know

    @property
    def name(self) -> str:
        """A built-in one's name, or the file's."""
        return self.facts.name

    @property
    def task(self) -> Task:
        """What is to be learned."""
        return self.facts.task

    @property
    def inputs(self) -> int:
        """The numbers that a network takes of an example."""
        return self.facts.inputs

    @property
    def outputs(self) -> int:
        """The numbers that a network puts out for an example."""
        return self.task.outputs

    @property
    def train_examples(self) -> int:
        """The examples that are trained on."""
        return self.facts.train_examples

    @property
    def validation_examples(self) -> int:
        """The examples that choose."""
        return self.facts.validation_examples

    @property
    def test_examples(self) -> int:
        """The examples that report."""
        return self.facts.test_examples

    @property
    def examples(self) -> int:
        """All examples: what is scored at the end of a run."""
        return self.train_examples + self.validation_examples + self.test_examples

    @property
    def largest_class(self) -> float:
        """The share of the largest class among the validation examples; see DataFacts."""
        return self.facts.largest_class

    @property
    def sha256(self) -> str:
        """Of the content of the files that the examples are read from."""
        return self.facts.sha256

    @property
    def geometry(self) -> Geometry:
        """The lengths and angles of the training examples; computed once, and kept by SHA-256."""
        return cached_geometry(self.facts.digest, lambda: self.load().train)

    def load(self) -> Splits:
        """Read, split and prepare the examples. Raises DataError for a file that has changed."""
        return self.splits()

    def test_targets(self) -> Targets:
        """Return the test set's targets alone, 0.3 s sooner for MNIST. Raises DataError."""
        return self.only_test_targets() if self.only_test_targets else self.load().test.targets

    def some_training(self) -> Examples:
        """Return training examples, all or some: 0.3 s sooner for MNIST. Raises DataError."""
        return self.only_some() if self.only_some else self.load().train
