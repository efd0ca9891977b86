"""Text as a frame that is not in memory: read anew from its beginning for each use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl

from mlpcli.data.sources.scanned import ScannedFrame
from mlpcli.errors import DataError

Frames = Iterator[pl.DataFrame]


class RereadFrame(ScannedFrame):
    """What is asked of a polars DataFrame, of `height` rows that `read` gives piece by piece.

    Slices one behind another read the text once together.
    """

    def __init__(
        self, schema: dict[str, Any], height: int, read: Callable[[], Frames], name: str
    ) -> None:
        self.columns, self.schema, self.height = list(schema), schema, height
        self._begin, self._name = read, name
        self._coming: Frames = iter(())
        self._rest = pl.DataFrame(schema=schema)  # what of the last piece is still wanted
        self._at = height  # the number of its first row

    def __getitem__(self, name: str) -> pl.Series:
        """Return a column."""
        return self.select([name]).to_series()

    def select(self, names: Sequence[str]) -> pl.DataFrame:
        """Return some columns, in memory."""
        return pl.concat([frame.select(names).cast(self._types(names)) for frame in self._begin()])

    def slice(self, first: int, count: int) -> pl.DataFrame:
        """Return some rows, in memory. Raises DataError where they are no longer there."""
        if first < self._at:
            self._coming, self._rest, self._at = self._begin(), self._rest.clear(), 0
        wanted = min(count, self.height - first)
        found = []
        while wanted > 0:
            if self._at + self._rest.height <= first:
                self._at += self._rest.height
                self._rest = self._next()
                continue
            part = self._rest.slice(first - self._at, wanted)
            found.append(part)
            first, wanted = first + part.height, wanted - part.height
        self._rest, self._at = self._rest.slice(first - self._at), first
        return pl.concat(found) if found else self._rest.clear()

    def _next(self) -> pl.DataFrame:
        frame = next(self._coming, None)
        if frame is None:
            raise DataError(f"{self._name}: altered while it was read", "the same again")
        return frame.cast(self._types(self.columns))

    def _types(self, names: Sequence[str]) -> dict[Any, Any]:
        return {name: self.schema[name] for name in names}
