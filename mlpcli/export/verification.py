"""Whether an exported model answers as `predict` does, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpcli.data import Classification, Regression
from mlpcli.stats import log_probabilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data import Task

TOLERANCE = 1e-5  # of a probability, or of a value in deviations of its target
LOGITS = "outputs"  # how answers of a model are named that puts out what the network does


def difference(
    outputs: NDArray[np.float32], answers: Mapping[str, NDArray[Any]], task: Task
) -> float:
    """Return how far answers are from a network's outputs [n, outputs] at most.

    Of probabilities, or of values in deviations of their targets, relative to those that are above
    1. Infinite where a number is none, or where another class is named than one of the likeliest.
    """
    import numpy as np

    if isinstance(task, Regression):
        given = _values(answers)
        expected = task.scale.restored(outputs)
        apart = np.abs(given - expected) / np.array(task.scale.deviations)
        apart /= np.maximum(1, np.abs(outputs))
    else:
        expected = np.exp(log_probabilities(outputs))
        given = _shares(answers)
        apart = np.abs(given - expected)
        if not _names_likeliest(answers, expected, task):
            return float("inf")
    return float(apart.max()) if np.isfinite(apart).all() else float("inf")


def _values(answers: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    import numpy as np

    return np.concatenate([each.astype(np.float64) for each in answers.values()], axis=1)


def _shares(answers: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    """Return the probabilities [n, classes]: the output that holds numbers."""
    import numpy as np

    (found,) = (each for each in answers.values() if each.dtype.kind == "f")
    return np.exp(log_probabilities(found)) if LOGITS in answers else found.astype(np.float64)


def _names_likeliest(
    answers: Mapping[str, NDArray[Any]], expected: NDArray[Any], task: Classification
) -> bool:
    """Say whether the class that is named is the likeliest, or as likely, in each row."""
    import numpy as np

    numbers = {name: number for number, name in enumerate(task.classes)}
    for each in answers.values():
        if each.dtype.kind == "f":
            continue
        words = [word.decode() if isinstance(word, bytes) else word for word in each[:, 0]]
        named = np.array([numbers.get(word, -1) for word in words])
        shares = expected[np.arange(len(named)), named]
        if named.min() < 0 or not (shares >= expected.max(axis=1) - TOLERANCE).all():
            return False
    return True
