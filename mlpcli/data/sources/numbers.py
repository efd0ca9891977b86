"""Arrays of numbers as examples: of a type that training reads, without infinite numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data.sources.on_disk import converted
from mlpcli.data.table import Arrays
from mlpcli.errors import DataError

PART = 1 << 20  # numbers that are looked at together
EXACT = {"b1": "u1", "i1": "f4", "i2": "f4", "u2": "f4", "f2": "f4"}  # what float32 holds
AS_THEY_ARE = ("u1", "f4", "f8")


def to_examples(
    features: NDArray[Any], targets: NDArray[Any] | None, name: str, notes: tuple[str, ...] = ()
) -> Arrays:
    """Return examples [n, inputs]: further dimensions, as of pictures, are laid out in a row.

    Raises DataError for what holds no numbers, for infinite numbers, and for targets of another
    length.
    """
    if features.ndim == 0 or not features.size:
        raise DataError(
            f"{name}: an array of shape {list(features.shape)}, allowed [n, inputs]",
            "save one row of numbers for each example",
        )
    if targets is not None and len(targets) != len(features):
        raise DataError(
            f"{name}: {len(features):,} examples and {len(targets):,} targets",
            "save one target for each example",
        )
    if targets is not None:
        targets = _plain_targets(targets, name)
    rows = _plain(features.reshape(len(features), -1), name)
    return Arrays(rows, targets, name, notes)


def _plain(array: NDArray[Any], name: str) -> NDArray[Any]:
    kind = array.dtype.str[1:]
    if array.dtype.kind not in "biuf" or kind == "f16":
        raise DataError(
            f"{name}: an array of {array.dtype.name}, allowed numbers", "save it as float32"
        )
    wanted = kind if kind in AS_THEY_ARE else EXACT.get(kind, "f8")
    if array.dtype != np.dtype(wanted):
        mapped = isinstance(array, np.memmap)
        array = converted(array, wanted, name) if mapped else array.astype(wanted)
    if wanted != "u1":
        _require_finite(array, name)
    return array


def _require_finite(array: NDArray[Any], name: str) -> None:
    step = max(1, PART // array.shape[1])
    for start in range(0, len(array), step):
        infinite = np.isinf(array[start : start + step])
        if infinite.any():
            row, column = np.argwhere(infinite)[0]
            raise DataError(
                f"{name}: row {start + row + 1:,}, column {column + 1:,}: an infinite number",
                "correct it; NaN says that a number is missing",
            )


def _plain_targets(targets: NDArray[Any], name: str) -> NDArray[Any]:
    if targets.ndim == 2 and targets.shape[1] == 1:
        targets = targets[:, 0]
    if targets.ndim not in (1, 2) or targets.dtype.kind not in "biufSU":
        raise DataError(
            f"{name}: targets of type {targets.dtype.name} and shape {list(targets.shape)}, "
            "allowed numbers or text, [n] or [n, targets]",
            "save one class or number for each example",
        )
    if targets.dtype.kind == "f" and np.isinf(targets).any():
        raise DataError(f"{name}: an infinite target", "correct it")
    return targets.astype(str) if targets.dtype.kind == "S" else targets
