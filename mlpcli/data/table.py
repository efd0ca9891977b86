"""What is read from a file before anything is made of it: all rows, in the file's order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]  # numbers of rows, from 0


@dataclass(frozen=True)
class Table:
    """Named columns of one length.

    The columns of `frame` are Float64, Float32, integers, Boolean or String, where null is a
    missing value; a number that is NaN or infinite is refused or null by then.
    """

    frame: pl.DataFrame
    source: str  # the file, as messages name it
    # where a value stands, from the row's number from 0 and the column's name:
    # penguins.csv:214:3, or "penguins.parquet: row 214" where there are no lines
    place: Callable[[int, str], str]
    notes: tuple[str, ...] = ()  # what was found out about the file that a reader should know

    def __len__(self) -> int:
        return self.frame.height

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the file's order."""
        return tuple(self.frame.columns)


@dataclass(frozen=True)
class Arrays:
    """Examples as arrays, all of whose columns are numbers, named by their numbers from 0.

    `features` are uint8 or float32 or float64 [n, inputs], with NaN for a missing value;
    `targets` are [n] or [n, targets], numbers or text, None where the file has none.
    """

    features: NDArray[Any]
    targets: NDArray[Any] | None
    source: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.features)
