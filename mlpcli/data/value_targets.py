"""Targets that are values: numbers, standardized for the network and restored for people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from mlpcli.data.columns import check_numeric, refuse_large
from mlpcli.data.numeric import ROUNDING, SMALLEST, Float, Name
from mlpcli.data.targets import Target
from mlpcli.errors import DataError, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.table import Rows

MOST_TARGETS = 10_000

Names = Annotated[tuple[Name, ...], Meta(min_length=1, max_length=MOST_TARGETS)]
Floats = Annotated[tuple[Float, ...], Meta(min_length=1, max_length=MOST_TARGETS)]


def target_values(target: Target) -> NDArray[np.float64]:
    """Return the targets as numbers, float64 [n, targets].

    Raises DataError with the place of the first that is text, or too large for float32.
    """
    import numpy as np
    import polars as pl

    check_numeric(target.table, target.names, otherwise="task: classification")
    columns = target.table.frame.select(target.names)
    values: NDArray[np.float64] = columns.cast(pl.Float64).to_numpy(order="c")
    refuse_large(target.table, target.names, np.arange(len(values)), values)
    return values


class ValueScale(Struct, frozen=True):
    """The mean and the standard deviation of each target over the training rows.

    A network learns (value - mean) / deviation, on which the loss of no opinion is 1.
    """

    names: Names
    means: Floats
    deviations: Floats

    def __post_init__(self) -> None:
        if not len(self.names) == len(self.means) == len(self.deviations):
            raise ValueError("targets do not have a mean and a deviation each")
        if not all(map(math.isfinite, self.means)) or not min(self.deviations) >= SMALLEST:
            raise ValueError("a target's mean or deviation is no number that it can be")

    def standardized(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return values [n, targets] as the network learns them, float32."""
        import numpy as np

        scaled = (values - np.array(self.means)) / np.array(self.deviations)
        learned: NDArray[np.float32] = scaled.astype(np.float32)
        return learned

    def restored(self, outputs: NDArray[Any]) -> NDArray[np.float64]:
        """Return a network's outputs [n, targets] in the targets' units, float64."""
        import numpy as np

        return np.asarray(outputs * np.array(self.deviations) + np.array(self.means))


def fit_values(target: Target, values: NDArray[np.float64], train_rows: Rows) -> ValueScale:
    """Return the mean and deviation of the training rows.

    Raises DataError for a target that is constant there.
    """
    chosen = values[train_rows]
    means, deviations = chosen.mean(axis=0).tolist(), chosen.std(axis=0).tolist()
    for name, mean, deviation in zip(target.names, means, deviations, strict=True):
        if deviation < max(SMALLEST, ROUNDING * abs(mean)):
            raise DataError(
                f"{target.table.source}: {shown(name)}: {mean:g} in all {len(chosen):,} training "
                "rows: there is nothing to learn",
                "target: a column that differs between rows",
            )
    return ValueScale(target.names, tuple(means), tuple(deviations))
