"""What is to be predicted: a class of each row, or one value or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mlpcli.data.columns import check_columns, place_of
from mlpcli.data.table import Arrays, Table
from mlpcli.errors import DataError, shown

if TYPE_CHECKING:
    import polars as pl

TaskName = Literal["classification", "regression"]
FEW = 20  # different whole numbers at most, for them to be classes
ROWS_A_CLASS = 5  # at least in the mean, for whole numbers to be classes; two are it with fewer
ARRAY_TARGET = "target"  # what the targets of arrays are called; of several, "target 0" and so on


@dataclass(frozen=True)
class Target:
    """The column or columns that are to be predicted, with none of their values missing."""

    table: Table  # of these columns alone

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.table.columns

    @property
    def column(self) -> pl.Series:
        """The single column. Raises DataError where there are several, which are no classes."""
        if len(self.names) != 1:
            raise DataError(
                f"{self.table.source}: {len(self.names)} targets are no classes",
                "task: regression, or a single target",
            )
        return self.table.frame[self.names[0]]

    @property
    def task(self) -> TaskName:
        """What kind of task it is, as far as the values tell.

        Text and booleans are classes; so are whole numbers (as integers or not) of which there are
        two, or up to twenty with five rows each in the mean. Other numbers, and several columns,
        are values.
        """
        if len(self.names) > 1:
            return "regression"
        column = self.column
        if not column.dtype.is_numeric():
            return "classification"
        if column.dtype.is_float() and (column != column.round()).any():
            return "regression"
        different = column.n_unique()
        few = different == 2 or different <= min(FEW, len(column) / ROWS_A_CLASS)
        return "classification" if few else "regression"


def read_target(source: Table | Arrays, names: Sequence[str] = ()) -> Target:
    """Return the named columns of a table, or the targets of arrays, as what is to be predicted.

    Raises DataError for a column that is not there, and for rows without a target: how many, and
    where the first three are.
    """
    import polars as pl

    if isinstance(source, Table):
        check_columns(names, source)
        frame, place = source.frame.select(names), source.place
    else:
        frame = _array_targets(source, names)

        def place(row: int, name: str) -> str:
            return place_of(source, row, name)

    frame = frame.with_columns(
        column.fill_nan(None) for column in frame if column.dtype in (pl.Float32, pl.Float64)
    )
    table = Table(frame, source.source, place)
    for name in table.columns:
        _refuse_missing(table, name)
    return Target(table)


def _array_targets(arrays: Arrays, names: Sequence[str]) -> pl.DataFrame:
    """Return the targets that arrays have, or the columns of that name where they have none."""
    import polars as pl

    targets = arrays.targets
    if targets is None and names:
        check_columns(names, arrays)
        return pl.DataFrame({name: arrays.features[:, int(name)] for name in names})
    if targets is None:
        raise DataError(
            f"{arrays.source} has no targets", "target: the file or the array that holds them"
        )
    if targets.ndim == 1:
        values: Any = targets.tolist() if targets.dtype.kind in "OU" else targets
        return pl.DataFrame({ARRAY_TARGET: pl.Series(ARRAY_TARGET, values)})
    return pl.DataFrame({f"{ARRAY_TARGET} {i}": targets[:, i] for i in range(targets.shape[1])})


def _refuse_missing(table: Table, name: str) -> None:
    import numpy as np

    gone = np.flatnonzero(table.frame[name].is_null().to_numpy())
    if not len(gone):
        return
    places = ", ".join(table.place(int(row), name) for row in gone[:3])
    more = ", ..." if len(gone) > 3 else ""
    raise DataError(
        f"{places}{more}: {shown(name)}: the target is missing in {len(gone):,} of "
        f"{len(table):,} rows",
        "fill it in, or take these rows out of the file; `mlpcli predict` takes rows without it",
    )
