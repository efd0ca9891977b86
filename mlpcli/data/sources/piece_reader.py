"""A piece of text as columns: by polars where it agrees with the types, else as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from mlpcli.data.sources.pieces import Layout, Piece, kept_records
from mlpcli.data.sources.quiet import POLARS_ERRORS
from mlpcli.data.sources.values import MARKERS, finite, stripped


class PieceReader:
    """Reads the columns that are kept of those that are named."""

    def __init__(self, layout: Layout, names: Sequence[str], kept: Sequence[str]) -> None:
        self._layout, self._names, self._kept = layout, names, kept
        self.kinds: dict[str, Any] = {}  # of the columns that are kept: Int64, Float64, String

    def typed(self, piece: Piece) -> pl.DataFrame | None:
        """Return a piece as polars reads it with the types of `kinds`; None where it refuses."""
        try:
            frame = self._polars(piece, self.kinds, MARKERS)
        except POLARS_ERRORS:
            return None
        texts = [name for name, kind in self.kinds.items() if kind == pl.String]
        return frame.with_columns(map(stripped, texts)) if finite(frame) else None

    def _polars(
        self, piece: Piece, kinds: dict[str, Any], markers: tuple[str, ...], rows: int | None = None
    ) -> pl.DataFrame:
        schema = {name: kinds.get(name, pl.String) for name in self._names}
        frame = pl.read_csv(
            piece.content,
            has_header=False,
            schema=schema,
            separator=self._layout.separator,
            null_values=list(markers) or None,
            n_rows=rows,
        )
        return frame.select(self._kept)

    def texts(self, piece: Piece, first: int | None = None) -> pl.DataFrame:
        """Return a piece's values, or its first rows', as text, null where they are missing."""
        rows = piece.rows
        if rows is None:
            try:
                return self._polars(piece, {}, (), first).select(map(stripped, self._kept))
            except POLARS_ERRORS:
                found = kept_records(piece.content, self._layout, piece.line, piece.last)
                rows = [record.fields for record in found]
        columns = dict(zip(self._names, zip(*rows[:first], strict=True), strict=True))
        frame = pl.DataFrame(
            {name: columns[name] for name in self._kept}, dict.fromkeys(self._kept, pl.String)
        )
        return frame.select(map(stripped, self._kept))
