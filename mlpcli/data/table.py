"""What is read from a file before anything is made of it: all rows, in the file's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from mlpcli.data.sources.scanned import ScannedFrame

    Rows = NDArray[np.int64]  # numbers of rows, from 0


@dataclass(frozen=True)
class Table:
    """Named columns of one length.

    The columns of `frame` are Float64, Float32, integers, Boolean or String, where null is a
    missing value; a number that is NaN or infinite is refused or null by then. What does not fit
    into memory is a ScannedFrame.
    """

    frame: pl.DataFrame | ScannedFrame
    source: str  # the file, as messages name it
    # where a value stands, from the row's number from 0 and the column's name:
    # penguins.csv:214:3, or "penguins.parquet: row 214" where there are no lines
    place: Callable[[int, str], str]
    notes: tuple[str, ...] = ()  # what was found out about the file that a reader should know

    def __len__(self) -> int:
        return self.frame.height

    @property
    def is_mapped(self) -> bool:
        """Whether the rows stay in the file, and are read as they are wanted."""
        from mlpcli.data.sources.scanned import ScannedFrame

        return isinstance(self.frame, ScannedFrame)

    @property
    def bytes(self) -> int:
        """The memory that the rows take."""
        from mlpcli.data.sources.scanned import ScannedFrame

        return 0 if isinstance(self.frame, ScannedFrame) else int(self.frame.estimated_size())

    def parts(self, size: int) -> Iterator[tuple[int, Table]]:
        """Yield so many rows at a time, as tables in memory, with the number of the first."""
        for first in range(0, len(self), size):
            place = partial(_shifted, self.place, first)
            yield first, Table(self.frame.slice(first, size), self.source, place)

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
    first: int = 0  # the number in the file of the first

    def __len__(self) -> int:
        return len(self.features)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns: their numbers."""
        return tuple(map(str, range(self.features.shape[1])))

    @property
    def is_mapped(self) -> bool:
        """Whether the features stay in the file, and are read as they are wanted."""
        import numpy as np

        return isinstance(self.features, np.memmap)

    @property
    def bytes(self) -> int:
        """The memory that the features take."""
        return 0 if self.is_mapped else int(self.features.nbytes)

    def parts(self, size: int) -> Iterator[tuple[int, Arrays]]:
        """Yield so many examples at a time, with the number of the first."""
        for first in range(0, len(self), size):
            features = self.features[first : first + size]
            yield first, replace(self, features=features, targets=None, first=first)


def _shifted(place: Callable[[int, str], str], first: int, row: int, name: str) -> str:
    return place(first + row, name)
