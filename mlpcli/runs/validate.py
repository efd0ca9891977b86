"""Numbers out of files that anyone may have written."""

from typing import Any

LARGEST = 9e17  # beyond it no count and no time can be
FLOAT32_LIMIT = 3.5e38  # beyond it no loss and no learning rate can be


def finite(value: Any, low: float = -LARGEST, high: float = LARGEST) -> float | None:
    """Return a number that is finite and from `low` to `high`, and None for anything else.

    >>> [finite(x, low=0) for x in (0.5, 3, -1, float("nan"), True, "1", 10**400)]
    [0.5, 3, None, None, None, None, None]
    """
    if type(value) not in (int, float):
        return None
    return value if low <= value <= high else None  # NaN is in no range


def share(value: Any) -> float | None:
    """Return a number from 0 to 1, and None for anything else."""
    return finite(value, 0, 1)


def loss(value: Any) -> float | None:
    """Return a loss, which is any float32 of at least 0, and None for anything else."""
    return finite(value, 0, FLOAT32_LIMIT)


def whole(value: Any, low: int, high: float = LARGEST) -> int | None:
    """Return a whole number from `low` to `high`, and None for anything else.

    >>> [whole(x, 1) for x in (5000, 0, 1.5, 2.0)]
    [5000, None, None, None]
    """
    return value if type(value) is int and low <= value <= high else None
