"""Text in pieces of whole rows, each held against its columns before polars reads it.

polars fills short rows with nulls and says nothing, so rows are counted here: with as many
separators outside quotes as all rows need, and no row too long, which polars refuses, none is
short. That takes a tenth of polars's own time. A piece in which anything is odd (a blank line, a
quote in the middle of a field) is read by the csv module instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mlpcli.data.sources.bounds import MAX_CHARACTERS, MAX_ROW
from mlpcli.data.sources.content import Stream
from mlpcli.data.sources.records import (
    NEVER_CLOSED,
    MalformedError,
    Record,
    explain,
    records,
)
from mlpcli.errors import DataError
from mlpcli.system import size

PIECE = 16 << 20  # bytes: two cores are busy, and a few pieces take little memory
QUOTE, LF, CR = b'"\n\r'


@dataclass(frozen=True)
class Layout:
    """How the rows of a text are written."""

    name: str  # of the file, as messages have it
    separator: str
    columns: int


@dataclass(frozen=True)
class Piece:
    """Whole rows: their bytes, the bytes and the lines of the file before them."""

    content: bytes
    offset: int
    line: int  # of the first row, from 1
    last: bool
    ends: int = 0  # line ends in it
    rows: list[list[str]] | None = None  # where the csv module had to read them


def pieces(stream: Stream, layout: Layout, begun: Piece) -> Iterator[Piece]:
    """Yield all rows of a stream, those of the piece already read first.

    Raises DataError for rows that are not as the layout says.
    """
    rest, offset, line = begun.content, begun.offset, begun.line
    while True:
        block = stream.read(PIECE)
        end = len(block) < PIECE
        buffer = rest + block if rest else block
        cut = _cut(buffer, end, layout, line)
        if not cut and not end and len(buffer) > MAX_ROW:
            raise DataError(
                f"{layout.name}:{line}: a row of more than {size(MAX_ROW)}",
                "look for a quote that is not closed",
            )
        content, rest = buffer[:cut], buffer[cut:]
        if end and layout.columns > 1 and content:
            content = content.rstrip(b"\r\n") + b"\n"  # blank lines at the end are no rows
        if content[:1].strip() or content.strip(b"\r\n") or (content and layout.columns == 1):
            piece = Piece(content, offset, line, end, content.count(b"\n"))
            require_characters(content, layout.name, line)
            yield piece if _regular(piece, layout) else _exact(piece, layout)
            offset, line = offset + len(content), line + piece.ends
        if end:
            return


def require_characters(content: bytes, name: str, line: int) -> None:
    """Raise DataError for a NUL or for bytes that are not UTF-8, with their line and column."""
    nul = content.find(0)
    if nul >= 0:
        raise DataError(
            f"{_place(content, nul, name, line)}: a NUL byte, allowed text in UTF-8",
            "it may be UTF-16, or no text at all: file FILE",
        )
    if content.isascii():
        return
    try:
        content.decode()
    except UnicodeDecodeError as error:
        at = error.start
        raise DataError(
            f"{_place(content, at, name, line)}: byte {content[at]:#04x} is not UTF-8",
            "save it as UTF-8, as by: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW",
        ) from error


def _place(content: bytes, at: int, name: str, line: int) -> str:
    start = content.rfind(b"\n", 0, at) + 1
    column = len(content[start:at].decode(errors="replace")) + 1
    before = content.count(b"\n", 0, at)
    return f"{name}:{line + before}:{column}"


def _cut(buffer: bytes, end: bool, layout: Layout, line: int) -> int:
    """Return how many bytes of a buffer are whole rows: all of them at the file's end."""
    if end:
        return len(buffer)
    if QUOTE not in buffer:
        return buffer.rfind(b"\n") + 1
    data = np.frombuffer(buffer, np.uint8)
    quotes = np.flatnonzero(data == QUOTE)
    if not _clean(data, quotes, layout.separator, whole=False):
        return _exact_cut(buffer, layout, line)
    ends = np.flatnonzero(data == LF)
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def _clean(data: np.ndarray, quotes: np.ndarray, separator: str, whole: bool) -> bool:
    """Say whether each quote opens at a field's beginning, or closes at its end, in turn."""
    sides = [ord(separator), LF, QUOTE]
    opening, closing = quotes[0::2], quotes[1::2]
    before = data[opening[opening > 0] - 1]
    after = data[closing[closing < len(data) - 1] + 1]
    paired = not whole or len(quotes) % 2 == 0
    return paired and bool(np.isin(before, sides).all() and np.isin(after, [*sides, CR]).all())


def _exact_cut(buffer: bytes, layout: Layout, line: int) -> int:
    """Return how many bytes of a buffer are whole rows by the csv module, which reads them all."""
    whole = buffer[: buffer.rfind(b"\n") + 1]
    try:
        for _ in records(whole, layout.separator):
            pass
    except MalformedError as error:
        if NEVER_CLOSED not in error.what:
            raise explain(error, layout.separator, layout.name, line) from error
        return sum(len(each) + 1 for each in whole.split(b"\n")[: error.line])
    return len(whole)


def _regular(piece: Piece, layout: Layout) -> bool:
    """Say whether polars can be trusted to see the rows of a piece that are there."""
    content, separator = piece.content, layout.separator
    returns = content.count(b"\r")
    if (returns and returns != content.count(b"\r\n")) or _long_line(content):
        return False
    missing_end = not content.endswith(b"\n")
    between = layout.columns - 1
    if QUOTE not in content:
        rows = piece.ends + missing_end
        if between == 0 and piece.last and content.rstrip(b"\r\n").count(b"\n") + 1 != rows:
            return False  # blank lines at the end are no rows
        return content.count(separator.encode()) == rows * between
    data = np.frombuffer(content, np.uint8)
    quotes = np.flatnonzero(data == QUOTE)
    if not _clean(data, quotes, separator, whole=True):
        return False
    # a byte of 1 at each quote: their sums' last bit says whether a place is inside quotes
    outside = np.cumsum(data == QUOTE, dtype=np.uint8) & 1 == 0
    rows = int(np.count_nonzero((data == LF) & outside)) + missing_end
    blank = between == 0 and (b"\n\n" in content or b"\n\r\n" in content)
    found = int(np.count_nonzero((data == ord(separator)) & outside))
    return found == rows * between and not blank


def _long_line(content: bytes) -> bool:
    """Say whether a line may be longer than a field may: then a stretch of half of it has no LF."""
    half = MAX_CHARACTERS // 2
    starts = range(0, len(content) - half, half)
    return any(content.find(b"\n", start, start + half) < 0 for start in starts)


def _exact(piece: Piece, layout: Layout) -> Piece:
    """Return the piece with its rows as the csv module reads them, if polars would see others.

    Raises DataError for a row with too few or too many fields.
    """
    rows = [record.fields for record in kept_records(piece.content, layout, piece.line, piece.last)]
    return replace(piece, rows=rows)


def kept_records(content: bytes, layout: Layout, line: int, last: bool) -> Iterator[Record]:
    """Yield the rows of a text that count, each with all its fields.

    A blank line is no row; in a text of one column it is a missing value, save at the end.
    """
    if last and layout.columns == 1:
        content = content.rstrip(b"\r\n") + b"\n"
    try:
        for record in records(content, layout.separator):
            if not record.fields and layout.columns > 1:
                continue
            fields = record.fields or [""]
            if len(fields) != layout.columns:
                raise _wrong_length(record, layout, line)
            yield Record(record.line, fields, record.text)
    except MalformedError as error:
        raise explain(error, layout.separator, layout.name, line) from error


def _wrong_length(record: Record, layout: Layout, line: int) -> DataError:
    found, wanted = len(record.fields), layout.columns
    if found > wanted:
        at, column = record.position(wanted, layout.separator)
        hint = f"quote a field that has a {_named(layout.separator)} in it, or remove what is extra"
    else:
        at, column = record.line, len(record.text.rstrip("\r\n").rpartition("\n")[2]) + 1
        at += record.text.rstrip("\r\n").count("\n")
        hint = "add what is missing; a missing value still needs its separator"
    return DataError(
        f"{layout.name}:{line + at}:{column}: {found:,} {'field' if found == 1 else 'fields'}, "
        f"where the header has {wanted:,}",
        hint,
    )


def _named(separator: str) -> str:
    return {",": "comma", ";": "semicolon", "\t": "tab"}.get(separator, shown_separator(separator))


def shown_separator(separator: str) -> str:
    """Return a separator as messages have it."""
    return "tab" if separator == "\t" else repr(separator)
