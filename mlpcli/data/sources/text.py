"""Delimited text: CSV, TSV and their like, piece by piece.

polars reads each piece with types that are fixed from the first rows on. Where it refuses, the
piece is read as text, and what each column's values are is decided here, with the place of what
none can be: no row is dropped, and no column changes its type unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from mlpcli.data.sources.assemble import Chunks
from mlpcli.data.sources.bounds import (
    AS_PARQUET,
    PREPARED,
    STREAMED,
    memory,
    require_fit,
    require_room,
)
from mlpcli.data.sources.content import Content
from mlpcli.data.sources.header import Header, extension_of
from mlpcli.data.sources.keys import ColumnKeys, listed_in, quoted
from mlpcli.data.sources.piece_reader import PieceReader
from mlpcli.data.sources.pieces import PIECE, Piece, pieces
from mlpcli.data.sources.places import Places
from mlpcli.data.sources.reread import RereadFrame
from mlpcli.data.sources.scanned import ScannedFrame
from mlpcli.data.sources.values import (
    Counts,
    Fault,
    count_numbers,
    first_dressed,
    to_numbers,
)
from mlpcli.data.table import Table
from mlpcli.errors import DataError, shown
from mlpcli.system import size

SAMPLE = 1_000  # rows by which a column is taken for numbers or for text
STDIN_SHARE = 4  # of the memory: text takes about as much as its values, and both are held


def read_text(content: Content, path: Path | None, keys: ColumnKeys) -> Table:
    """Read delimited text. Raises DataError for whatever is not a table."""
    with content.open() as stream:
        header = Header(content.name, stream.read(PIECE), extension_of(path))
    keys.require_columns(header.names, content.name)
    reader = _Reader(header, keys, Places(content, header.layout, header.names))
    for piece in _pieces(content, header):
        reader.add(piece)
    frame = reader.finished()
    return Table(frame, content.name, reader.places, header.notes)


def _pieces(content: Content, header: Header) -> Iterator[Piece]:
    with content.open() as stream:
        first = stream.read(PIECE)[header.offset :]
        yield from pieces(stream, header.layout, Piece(first, header.offset, header.line, False))


def read_held(stream: BinaryIO | bytes, name: str, keys: ColumnKeys) -> Table:
    """Read delimited text from a stream, which is held in memory. Raises DataError."""
    if isinstance(stream, bytes):
        return read_text(Content(name, held=stream), None, keys)
    limit, parts, total = memory() // STDIN_SHARE, [], 0
    while block := stream.read(PIECE):
        parts.append(block)
        total += len(block)
        if total > limit:
            raise DataError(
                f"{name}: more than {size(limit)}, as much as can be held", "save it to a file"
            )
    return read_text(Content(name, held=b"".join(parts)), None, keys)


class _Reader:
    """The columns of a text while its pieces come in."""

    def __init__(self, header: Header, keys: ColumnKeys, places: Places) -> None:
        self.header, self.layout = header, header.layout
        self.names, self.keys, self.places = header.names, keys, places
        self.kept = keys.kept(header.names, header.name)
        self.pieces = PieceReader(self.layout, self.names, self.kept)
        self.kinds = self.pieces.kinds
        self.counts: dict[str, Counts] = {}  # of the first rows, in the end of all
        self.whole = False  # whether they are of all rows
        self.chunks = Chunks(exact=[keys.target] if keys.target else [])
        self.held = True  # whether the rows are kept
        self.rows = 0

    def add(self, piece: Piece) -> None:
        """Read the rows of a piece. Raises DataError for a value that its column cannot have."""
        self.places.add(piece, self.rows)
        if not self.kinds:
            self._find_kinds(self.pieces.texts(piece, SAMPLE))
        frame = self._read(piece)
        is_first = self.rows == 0
        self.rows += frame.height
        if not self.held:
            return
        self.chunks.add(frame, narrow=not (is_first and piece.last))
        if self.keys.streams:
            self._let_go()
        elif is_first:
            self._require_room(piece, frame.height * frame.width * PREPARED)
        require_room(self.chunks.bytes, self.layout.name)

    def _let_go(self) -> None:
        """Keep no rows of a large table of which each column is known to be numbers or text."""
        known = all(each in self.keys.numeric or self.keys.is_text(each) for each in self.kept)
        if known and self.chunks.bytes > STREAMED:
            self.held, self.chunks = False, Chunks(exact=[])

    def again(self) -> Iterator[pl.DataFrame]:
        """Yield all rows once more, as what their columns turned out to be."""
        self.rows = 0
        for piece in _pieces(self.places.content, self.header):
            frame = self._read(piece)
            self.rows += frame.height
            yield frame

    def _read(self, piece: Piece) -> pl.DataFrame:
        frame = None if piece.rows else self.pieces.typed(piece)
        return self._decided(self.pieces.texts(piece)) if frame is None else frame

    def _require_room(self, first: Piece, prepared: int) -> None:
        """Raise DataError where the whole file does not fit, by what its first piece takes."""
        pieces = (self.places.content.size or 0) / len(first.content)
        require_room(int(self.chunks.bytes * pieces), self.layout.name)
        if self.keys.trains:
            need = int((self.chunks.bytes + prepared) * pieces)
            require_fit(need, self.layout.name, AS_PARQUET)

    def _find_kinds(self, texts: pl.DataFrame) -> None:
        """Fix what each column is by its first rows: numbers where most of the values are."""
        self.counts = count_numbers(texts)
        for name, found in self.counts.items():
            numbers = 2 * found.numbers > found.present and not self.keys.is_text(name)
            if numbers or name in self.keys.numeric:
                self.kinds[name] = pl.Int64 if found.whole == found.numbers else pl.Float64
            else:
                self.kinds[name] = pl.String

    def _decided(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Return text as what its columns are. Raises DataError for the first value that is not."""
        names = [name for name, kind in self.kinds.items() if kind != pl.String]
        found = to_numbers(texts.select(names))
        if isinstance(found, Fault):
            raise self._refusal(found, self.rows)
        fractions = [name for name in names if self.kinds[name] == pl.Float64]
        found = found.cast(dict.fromkeys(fractions, pl.Float64))
        self.kinds.update(found.schema)
        return texts.with_columns(found.get_columns())

    def _refusal(self, fault: Fault, before: int = 0, hint: str = "") -> DataError:
        """Return the error for a value; `before` its row's number there are other rows."""
        row = before + fault.row
        place = self.places(row, fault.column)
        record, line = self.places.record(row)
        if [each.strip(" \t") for each in record.fields] == list(self.names):
            return DataError(
                f"{self.layout.name}:{line + record.line}: the header again, as a row",
                "remove that line",
            )
        name = fault.column
        text = f"{place}: {shown(name)}: {fault.what}, got {quoted(fault.value)}"
        if name in self.keys.numeric:
            return DataError(
                f"{text}; {self.keys.why_numbers}",
                f"{_corrected(fault.value)}, leave it empty if it is missing{self.keys.otherwise}",
            )
        taken = "" if hint else f"; taken for numbers, as {self._share(name)} are"
        return DataError(
            f"{text}{taken}",
            f"{hint or 'correct it, or leave it empty if it is missing'}; "
            f"if the column is text: {listed_in('categorical', name)}",
        )

    def _share(self, name: str) -> str:
        counts, first = self.counts[name], "" if self.whole else "first "
        return f"{counts.numbers:,} of its {first}{counts.present:,} values"

    def finished(self) -> pl.DataFrame | ScannedFrame:
        """Return all rows. Raises DataError where there are none, or a column is in doubt."""
        if not self.rows:
            raise DataError(
                f"{self.layout.name}: a header alone, without rows", "add rows of values"
            )
        if not self.held:
            kinds = {name: self.kinds[name] for name in self.kept}
            return RereadFrame(kinds, self.rows, self.again, self.layout.name)
        frame = self.chunks.frame()
        in_doubt = [
            name
            for name, kind in frame.schema.items()
            if kind == pl.String and not self.keys.is_text(name)
        ]
        if not in_doubt:
            return frame
        self._require_one_header(frame)
        texts = frame.select(in_doubt)
        self.counts, self.whole = count_numbers(texts), True
        late = [name for name, each in self.counts.items() if 2 * each.numbers > each.present]
        settled = to_numbers(texts.select(late))  # their first rows were all missing
        if isinstance(settled, Fault):
            raise self._refusal(settled)
        if dressed := first_dressed(texts, self.counts):
            fault, hint = dressed
            raise self._refusal(fault, hint=hint)
        return frame.with_columns(settled.get_columns())

    def _require_one_header(self, frame: pl.DataFrame) -> None:
        """Raise DataError where a table of text alone has its header among its rows."""
        if any(kind != pl.String for kind in frame.schema.values()):
            return  # a name among numbers has been refused
        if self.kept[0] not in frame.get_column(self.kept[0]):
            return
        same = pl.all_horizontal(pl.col(name) == name for name in self.kept)
        again = frame.select(same.fill_null(False).alias("again")).to_series()
        if again.any():
            name = self.kept[0]
            raise self._refusal(Fault(again.arg_max() or 0, name, name, ""))


def _corrected(value: str) -> str:
    """Say how a value is made a number: Parquet's true and false are 1 and 0."""
    is_truth = value.lower() in ("true", "false")
    return "write 1 for true and 0 for false" if is_truth else "correct it"
