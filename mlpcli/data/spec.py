"""What a config says of its examples: where from, which columns, and how they are split."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

Name = str | int  # of a column: an array's are numbers, from 0
VALIDATION, TEST = 0.15, 0.2  # shares of the rows, by default
Part = float | int | str | None  # a share of the rows, how many, a file of their own; or inferred


@dataclass(frozen=True)
class DataSpec:
    """The keys of a config that say what its examples are, under the same names.

    What is None or empty is inferred from the data; of a data set's `spec`, nothing is.
    """

    dataset: str = "mnist"  # a built-in one, or a file's path
    target: Name | tuple[Name, ...] | None = None
    task: str | None = None
    inputs: tuple[Name, ...] = ()
    ignore: tuple[Name, ...] = ()
    categorical: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    validation: Part = None
    test: Part = None
    split: str | None = None
    split_by: str | None = None
    split_seed: int = 0
    folds: int | None = None
    fold: int | None = None
    train_examples: int | None = None
    scaling: str | None = None
    missing: str = "impute"
    class_weights: str = "none"
    samples: int | None = None
    noise: float | None = None
    subset_seed: int = 0  # no key: the run's seed, where `train_examples` are drawn by it, else 0

    @property
    def is_plain(self) -> bool:
        """Whether it names a data set and says nothing else."""
        return self == DataSpec(self.dataset)


DATA_KEYS = tuple(field.name for field in fields(DataSpec) if field.name != "subset_seed")


def whole(spec: DataSpec) -> DataSpec:
    """Return the same without a subset of the training rows."""
    return replace(spec, train_examples=None, subset_seed=0)


def spec_of(values: Mapping[str, Any]) -> DataSpec:
    """Return what the values of a config say of its examples.

    The run's seed is in it where it draws training rows: else runs of many seeds share their data.
    """
    seed = 0 if values.get("train_examples") is None else values.get("seed", 0)
    return DataSpec(**{key: values[key] for key in DATA_KEYS if key in values}, subset_seed=seed)
