"""What is made of the columns before a network sees them: fitted on the training rows alone.

Numbers are centred and scaled, missing ones filled in and marked, categories one-hot. All of it is
computed in float64 and rounded once to float32. The same record is kept in run.json and carried by
the model, so that raw rows can be predicted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from mlpcli.data.aligned import aligned_zeros
from mlpcli.data.categorical import Categorical, fit_categorical
from mlpcli.data.columns import (
    Missing,
    blocks,
    check_columns,
    column_numbers,
    refuse_missing,
    training_columns,
)
from mlpcli.data.numeric import MOST_COLUMNS, Numeric, Scaling, fit_numeric
from mlpcli.data.table import Arrays, Table
from mlpcli.errors import DataError, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.table import Rows

Kind = Literal["numeric", "categorical"]
MOST_FEATURES = 1_000_000
PART = 2**22  # numbers at once of what is too large for the memory


class Preparation(Struct, frozen=True):
    """How rows become features: numbers, then indicators of missing ones, then categories.

    Bytes are kept as bytes (uint8), which a network sees times `scale`.
    """

    scaling: Scaling
    missing: Missing
    numeric: Numeric
    categorical: Annotated[tuple[Categorical, ...], Meta(max_length=MOST_COLUMNS)] = ()
    largest_byte: Annotated[int, Meta(ge=1, le=255)] | None = None  # None: not kept as bytes

    def __post_init__(self) -> None:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError("two columns have one name")
        if self.largest_byte and (self.categorical or any(self.numeric.indicators)):
            raise ValueError("bytes have neither categories nor missing values")

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that it is made of: those of numbers first."""
        return (*self.numeric.names, *(each.name for each in self.categorical))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features, such as "mass", "mass missing", "island=Biscoe"."""
        places = (name for each in self.categorical for name in each.features)
        return (*self.numeric.features, *places)

    @property
    def width(self) -> int:
        """The number of features."""
        categories = sum(len(each.values) + each.rare + each.missing for each in self.categorical)
        return len(self.numeric.names) + sum(self.numeric.indicators) + categories

    @property
    def scale(self) -> float:
        """What a network sees the features times."""
        return 1 / self.largest_byte if self.largest_byte else 1.0

    def features(self, source: Table | Arrays, rows: Rows | None = None) -> NDArray[Any]:
        """Return the features of rows, or of all: float32 [n, width], or uint8 if kept as bytes.

        A network sees them times `scale`. A category that is unseen or missing is none of those
        seen; a number that is missing is the median of the training rows, whether any of these had
        one missing or not. Numbers may lie outside of what training has seen. Raises DataError for
        a column that is not there, a number that is text or too large for float32, and a missing
        value where those are refused.
        """
        import numpy as np

        check_columns(self.columns, source)
        chosen = np.arange(len(source)) if rows is None else rows
        if self.largest_byte and isinstance(source, Arrays) and source.features.dtype == np.uint8:
            return self._bytes(source, chosen)
        out = aligned_zeros((len(chosen), self.width), np.float32)
        with np.errstate(over="ignore", under="ignore"):  # far outside of what training has seen
            self._write_numbers(source, chosen, out)
        if isinstance(source, Table):
            self._write_categories(source, chosen, out)
        return out

    def stored_features(self, source: Table | Arrays) -> NDArray[Any]:
        """Return the features of all rows as an array on the disk; of mapped bytes, as they are.

        Made some rows at a time, to the same bits as `features`. Raises DataError as that does, and
        where the disk is too small.
        """
        import numpy as np

        from mlpcli.data.sources.on_disk import scratch_array

        check_columns(self.columns, source)
        kind: Any = np.float32
        if isinstance(source, Arrays) and source.features.dtype == np.uint8 and self.largest_byte:
            if self.columns == source.columns:
                return source.features
            kind = np.uint8
        out = scratch_array((len(source), self.width), kind, source.source)
        for first, part in source.parts(max(1, PART // max(self.width, len(source.columns)))):
            out[first : first + len(part)] = self.features(part)
        return out

    def _bytes(self, arrays: Arrays, rows: Rows) -> NDArray[np.uint8]:
        found: NDArray[np.uint8] = arrays.features[rows]
        columns = column_numbers(self.columns)
        return found if columns == list(range(found.shape[1])) else found[:, columns]

    def _write_numbers(self, source: Table | Arrays, rows: Rows, out: NDArray[np.float32]) -> None:
        import numpy as np

        count, marked = len(self.numeric.names), np.flatnonzero(self.numeric.indicators)
        for places, x in blocks(source, self.numeric.names, rows, self.missing):
            scaled, missing = self.numeric.transform(x)
            # where bytes are expected and others come, they are scaled by what sees them
            out[places, :count] = scaled * self.largest_byte if self.largest_byte else scaled
            out[places, count : count + len(marked)] = missing[:, marked]

    def _write_categories(self, table: Table, rows: Rows, out: NDArray[np.float32]) -> None:
        import numpy as np

        start = len(self.numeric.names) + sum(self.numeric.indicators)
        for each in self.categorical:
            column = table.frame[each.name]
            if self.missing == "refuse":
                refuse_missing(table, each.name, column.is_null().to_numpy()[rows], rows)
            places = each.places(column)[rows]
            seen = np.flatnonzero(places >= 0)
            out[seen, start + places[seen]] = 1
            start += len(each.values) + each.rare + each.missing

    def to_record(self) -> dict[str, Any]:
        """Return it as what JSON can hold; its numbers come back to the bit."""
        record: dict[str, Any] = msgspec.to_builtins(self)
        return record

    @staticmethod
    def from_record(record: object) -> Preparation:
        """Return what `to_record` gave. Raises ValueError for what no preparation can be."""
        return msgspec.convert(record, Preparation)


def fit(
    source: Table | Arrays,
    kinds: Mapping[str, Kind],
    train_rows: Rows,
    scaling: Scaling = "standard",
    missing: Missing = "impute",
) -> Preparation:
    """Fit the columns named in `kinds`, in that order, on the training rows.

    Columns of arrays are named by their numbers, from "0". Arrays of bytes with scaling minmax stay
    bytes and are scaled together, by the largest of the training rows: pixels 0 to 255 to [0, 1].
    Booleans count as 0 and 1. Raises DataError as `Preparation.features` does, and where there is
    no column, or there are more than a million features.
    """
    import numpy as np

    check_columns(tuple(kinds), source)
    numeric = [name for name, kind in kinds.items() if kind == "numeric"]
    categorical = [name for name, kind in kinds.items() if kind == "categorical"]
    if isinstance(source, Arrays) and scaling == "minmax" and source.features.dtype == np.uint8:
        return _fit_bytes(source, numeric, train_rows, missing)
    columns = training_columns(source, numeric, train_rows, missing)
    fitted = Preparation(
        scaling,
        missing,
        fit_numeric(numeric, columns, scaling),
        tuple(_fit_category(source, name, train_rows, missing) for name in categorical),
    )
    if not 0 < fitted.width <= MOST_FEATURES:
        raise DataError(
            f"{source.source}: {fitted.width:,} features of {len(kinds):,} columns, "
            f"allowed 1 to {MOST_FEATURES:,}",
            "inputs: [the columns to learn from]",
        )
    return fitted


def _fit_bytes(arrays: Arrays, names: list[str], train_rows: Rows, missing: Missing) -> Preparation:
    parts = blocks(arrays, names, train_rows, missing)
    largest = max([1, *(int(x.max(initial=0)) for _, x in parts)])
    return of_bytes(tuple(names), largest, missing)


def of_bytes(names: tuple[str, ...], largest: int, missing: Missing = "impute") -> Preparation:
    """Return what keeps columns of bytes as bytes, of which the largest is seen as 1."""
    none = (0.0,) * len(names)
    flat = Numeric(names, none, none, (float(largest),) * len(names), (False,) * len(names))
    return Preparation("minmax", missing, flat, largest_byte=largest)


def _fit_category(
    source: Table | Arrays, name: str, train_rows: Rows, missing: Missing
) -> Categorical:
    if isinstance(source, Arrays):
        raise DataError(
            f"{source.source}: categorical: {shown(name)}: arrays hold numbers alone",
            "give a table, such as CSV or Parquet, or leave the key out",
        )
    column = source.frame[name]
    if missing == "refuse":
        refuse_missing(source, name, column.is_null().to_numpy()[train_rows], train_rows)
    return fit_categorical(name, column.gather(train_rows))
