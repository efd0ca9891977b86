"""The values that a first config for a data set begins with: few rules, each with its reason.

They were set on iris, wine, breast_cancer, digits, diabetes and penguins, split with the seeds 0 to
9, so that the scores of validation and test are as high as those of scikit-learn's networks; of
others these may be a start, and `mlpcli lr` and a wider network the next step.
"""

from __future__ import annotations

from dataclasses import dataclass

from mlpcli.data import Description, Regression

WIDTH = 128
MOMENTUM = 0.9
# 0.1 was no better for classes, and 0.02 diverges for values, whose squared error has no bound; for
# these a value far from all others, if it is not held back by robust scaling, is enough at 0.005
RATE_OF_CLASSES, RATE_OF_VALUES = 0.05, 0.01
WIDE = 100  # features beyond which the rate falls with their number, as the largest stable one does
# the fewer rows, the stronger: 0.3 at 100 rows of classes, 0.7 at 290 of values, whose noise the
# network would learn
DECAY_ROWS_OF_CLASSES, DECAY_ROWS_OF_VALUES, MOST_DECAY = 30, 200, 1.0
EPOCHS, LEAST_STEPS, MOST_STEPS = 60, 300, 20_000
BATCH, LARGE_BATCH, LARGE = 32, 128, 5_000  # from so many rows on, the large one


@dataclass(frozen=True)
class StartingValues:
    """Values of a config's keys, of the same names."""

    scaling: str | None  # None: the default
    width: int
    learning_rate: float
    momentum: float
    weight_decay: float
    steps: int
    batch_size: int


def starting_values(description: Description) -> StartingValues:
    """Return the values for a data set that can be learned from."""
    data = description.data
    assert data
    rows, of_values = data.train_examples, isinstance(data.task, Regression)
    of_bytes = data.scale != 1
    rate = RATE_OF_VALUES if of_values else RATE_OF_CLASSES
    wide = 1.0 if of_bytes else min(1.0, WIDE / data.inputs)
    decay = (DECAY_ROWS_OF_VALUES if of_values else DECAY_ROWS_OF_CLASSES) / rows
    batch = min(rows, LARGE_BATCH if rows >= LARGE else BATCH)
    steps = -(-EPOCHS * rows // batch)
    return StartingValues(
        scaling="robust" if of_values and not of_bytes else None,
        width=WIDTH,
        learning_rate=_two_digits(rate * wide),
        momentum=MOMENTUM,
        weight_decay=_two_digits(min(MOST_DECAY, decay)),
        steps=min(MOST_STEPS, max(LEAST_STEPS, steps)),
        batch_size=batch,
    )


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
