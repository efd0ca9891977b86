"""Results of the folds of a cross-validation: one a fold, and how far folds overlap."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from mlpcli.data import DataFacts
from mlpcli.runs.validate import whole


def folds_of(config: Mapping[str, Any]) -> int | None:
    """Return into how many folds a config, read from anywhere, cuts the rows; None for none."""
    return whole(config.get("folds"), 2) if whole(config.get("fold"), 1) else None


def by_fold(results: Iterable[tuple[int | None, float]]) -> list[float]:
    """Return one result a fold, the mean of its seeds'; of no folds all results as they are.

    >>> by_fold([(1, 0.5), (2, 1.0), (1, 1.0)]), by_fold([(None, 0.5), (None, 1.0)])
    ([0.75, 1.0], [0.5, 1.0])
    """
    found = list(results)
    folds: dict[int, list[float]] = {}
    for fold, value in found:
        if fold is not None:
            folds.setdefault(fold, []).append(value)
    if not folds:
        return [value for _, value in found]
    return [math.fsum(values) / len(values) for values in folds.values()]


def overlap_of(key: str, facts: DataFacts | None) -> float:
    """Return scored rows / training rows of a fold, for the standard error of a mean over folds.

    Those of the validation or the test set, by what a result is of; 0 of what is no score, as
    seconds, which no rows are shared by. Where nothing is known of the data, that of two folds,
    which is the largest.
    """
    scored = key.startswith(("val_", "best_val_", "test_", "train_"))
    if not scored:
        return 0.0
    if facts is None or not facts.train_examples:
        return 1.0
    of_validation = "val_" in key
    rows = facts.validation_examples if of_validation else facts.test_examples
    return rows / facts.train_examples
