"""The pieces of a table in as little memory as its values need.

Whole numbers take the smallest type that holds them. Other numbers are float64 in a small table;
in a large one they are float32 where that is exact enough for what training makes of them, numbers
around 0 with a spread around 1: a value v of a column with interquartile range q is rounded by at
most 6e-8 |v|, so by at most 2e-6 q where |v| <= 32 q. A column far from 0 for its spread, such as
a time in seconds, stays float64.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from mlpcli.data.sources.values import finite

SAMPLE = 250  # rows of a piece by which its columns' spreads are known
FAR = 32  # interquartile ranges
LEAST = 1e-30  # a spread in which float32 has all its digits
# whole numbers' types, the smallest first
RANGES = {
    pl.UInt8: (0, 2**8 - 1),
    pl.Int16: (-(2**15), 2**15 - 1),
    pl.Int32: (-(2**31), 2**31 - 1),
    pl.Int64: (-(2**63), 2**63 - 1),
}
WHOLE = tuple(RANGES)


class Chunks:
    """Frames with the same columns, one after another; `exact` columns are kept as they are."""

    def __init__(self, exact: list[str]) -> None:
        self._exact = set(exact)
        self._frames: list[pl.DataFrame] = []
        self._near: list[str] = []  # the columns that are float32
        self.bytes = 0

    def add(self, frame: pl.DataFrame, narrow: bool) -> None:
        """Keep a frame, in smaller types where that loses nothing that matters."""
        if narrow:
            frame = self._narrow(frame)
        self._frames.append(frame)
        self.bytes += int(frame.estimated_size())

    def _narrow(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a piece with its columns in smaller types, save the exact ones."""
        kinds = {name: kind for name, kind in frame.schema.items() if name not in self._exact}
        whole = [name for name, kind in kinds.items() if kind == pl.Int64]
        floats = [name for name, kind in kinds.items() if kind == pl.Float64]
        if frame.height >= SAMPLE or not self._frames:  # fewer rows do not show a spread
            self._near = _near(frame.select(floats))
        smaller: Any = {name: pl.Float32 for name in self._near if name in floats}
        least = frame.select(pl.col(whole).min()).row(0) if whole else ()
        most = frame.select(pl.col(whole).max()).row(0) if whole else ()
        for name, low, high in zip(whole, least, most, strict=True):
            smaller[name] = _smallest(low or 0, high or 0)
        narrow = frame.cast(smaller)
        return narrow if finite(narrow) else frame

    def frame(self) -> pl.DataFrame:
        """Return all rows, each column in the widest type that one of its pieces has."""
        frames, self._frames = self._frames, []
        if len(frames) == 1:
            return frames[0]
        schemas = [dict(frame.schema) for frame in frames]
        wide = {name: _widest({each[name] for each in schemas}) for name in schemas[0]}
        return pl.concat(
            [
                frame.cast({name: kind for name, kind in wide.items() if schema[name] != kind})
                for frame, schema in zip(frames, schemas, strict=True)
            ]
        )


def _smallest(low: int, high: int) -> Any:
    return next(kind for kind, (least, most) in RANGES.items() if least <= low and high <= most)


def _near(frame: pl.DataFrame) -> list[str]:
    """Return the columns of a piece for which float32 is exact enough, by a sample of its rows."""
    if not frame.width:
        return []
    sample = frame.gather_every(max(1, frame.height // SAMPLE))
    column = pl.all()
    same = (column.cast(pl.Float32).cast(pl.Float64) == column).all()
    spread = column.quantile(0.75) - column.quantile(0.25)
    size = column.abs().quantile(0.9)
    near = same | ((size <= FAR * spread) & (spread > LEAST))
    answers = sample.select(near.fill_null(False)).row(0)
    return [name for name, answer in zip(frame.columns, answers, strict=True) if answer]


def _widest(kinds: set[Any]) -> Any:
    """Return the smallest type that holds all values of some: float64 for what float32 rounds."""
    if kinds <= set(WHOLE):
        return max(kinds, key=WHOLE.index)
    if len(kinds) == 1 or not kinds & {pl.Float64, pl.Int32, pl.Int64}:
        return kinds.pop() if len(kinds) == 1 else pl.Float32
    return pl.Float64
