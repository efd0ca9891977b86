"""Where a value of a text stands: file:line:column, as editors count."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import islice

from mlpcli.data.sources.content import Content
from mlpcli.data.sources.pieces import Layout, Piece, kept_records
from mlpcli.data.sources.records import Record
from mlpcli.errors import DataError


@dataclass
class Places:
    """Finds rows again: the pieces that they were read in, and the rows before each."""

    content: Content
    layout: Layout
    names: tuple[str, ...]
    rows: list[int] = field(default_factory=list)  # before each piece
    pieces: list[tuple[int, int, int, bool]] = field(default_factory=list)

    def add(self, piece: Piece, first: int) -> None:
        """Note where the rows from number `first` stand."""
        self.rows.append(first)
        self.pieces.append((piece.offset, len(piece.content), piece.line, piece.last))

    def __call__(self, row: int, column: str) -> str:
        """Return the place of the value in a row, from 0, of a column.

        The column of text is the one where the field begins. The file is read again up to there;
        where it has been altered since, the row's number is all that can be said.
        """
        name, separator = self.layout.name, self.layout.separator
        try:
            record, first = self.record(row)
        except (DataError, StopIteration, IndexError, OSError):
            return f"{name}: row {row + 1:,}"
        line, at = record.position(self.names.index(column), separator)
        return f"{name}:{first + line}:{at}"

    def record(self, row: int) -> tuple[Record, int]:
        """Return a row's record, and the number of the line that its line numbers begin at."""
        at = bisect_right(self.rows, row) - 1
        offset, length, line, last = self.pieces[at]
        with self.content.open() as stream:
            stream.skip(offset)
            content = stream.read(length)
        found = kept_records(content, self.layout, line, last)
        return next(islice(found, row - self.rows[at], None)), line
