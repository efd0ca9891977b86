"""A Parquet or Arrow file as a frame that is not in memory: a column, or some rows, at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mlpcli.data.sources.quiet import POLARS_ERRORS, silent_stderr

if TYPE_CHECKING:
    import polars as pl

    from mlpcli.errors import DataError


class ScannedFrame:
    """What is asked of a polars DataFrame, of a file that is read anew each time.

    `plain` makes of a column as filed what the other parts of this program know; `damaged` gives
    the error for a file that can no longer be read.
    """

    def __init__(
        self,
        lazy: pl.LazyFrame,
        names: Sequence[str],
        plain: Callable[[pl.Series], pl.Series],
        damaged: Callable[[], DataError],
    ) -> None:
        self._lazy, self._plain, self._damaged = lazy, plain, damaged
        self.columns = list(names)
        firsts = []
        self.height = 0
        for name in names:  # all of it is read once, so that what is wrong is said now
            column = self[name]
            self.height = len(column)
            firsts.append(column.clear())
        self.schema = {column.name: column.dtype for column in firsts}

    def __getitem__(self, name: str) -> pl.Series:
        """Return a column."""
        return self._read(self._lazy.select(name)).to_series()

    def __iter__(self) -> Iterator[pl.Series]:
        """Yield the columns, one in memory at a time."""
        return (self[name] for name in self.columns)

    def get_columns(self) -> Iterable[pl.Series]:
        """Return the columns, each read when it is asked for."""
        return self

    def select(self, names: Sequence[str]) -> pl.DataFrame:
        """Return some columns, in memory."""
        return self._read(self._lazy.select(names))

    def slice(self, first: int, count: int) -> pl.DataFrame:
        """Return some rows, in memory; as if the types of all rows were known."""
        found = self._read(self._lazy.select(self.columns).slice(first, count))
        return found.cast(self.schema)  # type: ignore[arg-type]

    def _read(self, lazy: pl.LazyFrame) -> pl.DataFrame:
        import polars as pl

        try:
            with silent_stderr():
                found = lazy.collect()
        except POLARS_ERRORS as error:
            raise self._damaged() from error
        return pl.DataFrame([self._plain(column) for column in found])
