"""Rows of delimited text, read exactly: by the csv module, each with the lines that it stands on.

It takes ten times as long as polars, and knows where everything is: it is used where polars
refuses, and to say where a value stands. RFC 4180: a field may be quoted, with "" for a quote and
line ends in it; a quote inside a field that does not begin with one is a quote.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from mlpcli.data.sources.bounds import MAX_CHARACTERS
from mlpcli.errors import DataError

NEVER_CLOSED = "unexpected end of data"  # the csv module's words
AFTER_QUOTE = "expected after"
TOO_LONG = "field larger"


@dataclass(frozen=True)
class Record:
    """A row: its fields, and its text with line ends, which begins on line `line`, from 0."""

    line: int
    fields: list[str]
    text: str

    def position(self, field: int, separator: str) -> tuple[int, int]:
        """Return the line, from 0, and the column of text, from 1, at which a field begins."""
        start = 0
        for _ in range(field):
            start = _field_end(self.text, start, separator) + len(separator)
        start = min(start, len(self.text))
        before = self.text[:start]
        return self.line + before.count("\n"), start - before.rfind("\n")


def _field_end(text: str, start: int, separator: str) -> int:
    """Return where a field's separator stands, the text's length where there is none."""
    if text[start : start + 1] == '"':
        start += 1
        while (quote := text.find('"', start)) >= 0:
            start = quote + 1
            if text[start : start + 1] != '"':
                break
            start += 1
    end = text.find(separator, start)
    return len(text) if end < 0 else end


class MalformedError(Exception):
    """Text that is no rows: what is wrong, and the row that it is in, from line `line` (from 0)."""

    def __init__(self, what: str, line: int, text: str) -> None:
        super().__init__(what)
        self.what, self.line, self.text = what, line, text


def records(content: bytes, separator: str) -> Iterator[Record]:
    """Yield all rows of a text; lines end in LF or CRLF. An empty line is a row without fields.

    Raises MalformedError where a quote is not closed, or is followed by text; where a field is too
    long; where a line ends in CR alone.
    """
    csv.field_size_limit(MAX_CHARACTERS)
    lines = content.decode(errors="replace").split("\n")
    if not lines[-1]:
        lines.pop()
    given = [f"{line}\n" for line in lines]
    reader = csv.reader(iter(given), delimiter=separator, strict=True)
    while True:
        first = reader.line_num
        try:
            fields = next(reader, None)
        except csv.Error as error:
            what = str(error)
            raise MalformedError(what, first, "".join(given[first : reader.line_num])) from error
        if fields is None:
            return
        yield Record(first, fields, "".join(given[first : reader.line_num]))


def explain(error: MalformedError, separator: str, name: str, line: int) -> DataError:
    """Return the DataError for text that is no rows; `line` is the number of its first line."""
    row = Record(error.line, [], error.text)
    start = line + error.line
    if NEVER_CLOSED in error.what or AFTER_QUOTE in error.what:
        opened, closed = _faulty_quote(row, separator)
        place = f"{name}:{line + opened[0]}:{opened[1]}"
        if NEVER_CLOSED in error.what:
            return DataError(f'{place}: a quote (") that is never closed', _QUOTE_HINT)
        return DataError(
            f'{place}: a quote (") that is closed on line {line + closed[0]}, column {closed[1]}, '
            "with more text before the next separator",
            _QUOTE_HINT,
        )
    if TOO_LONG in error.what:
        return DataError(
            f"{name}:{start}: a field of more than {MAX_CHARACTERS:,} characters",
            "look for a quote that is not closed, or leave out that column",
        )
    column = error.text.find("\r") + 1
    return DataError(
        f"{name}:{start}:{column}: a line end that is CR alone, allowed LF or CRLF",
        "quote the field that it is in, or remove it",
    )


_QUOTE_HINT = 'close it, or write "" for a quote in a quoted field'


def _faulty_quote(row: Record, separator: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where the quoted field begins that does not end at a separator, and where it closes.

    Lines from 0, columns of text from 1; both are the beginning where it is never closed.
    """
    text, field, start = row.text, 0, 0
    while True:
        end = _field_end(text, start, separator)
        closing = _closing_quote(text, start)
        if text[start : start + 1] == '"' and (closing < 0 or text[closing + 1 : end].strip()):
            break
        if end >= len(text):
            break
        start, field = end + len(separator), field + 1
    opened = row.position(field, separator)
    before = text[: max(closing, start)]
    return opened, (row.line + before.count("\n"), max(closing, start) - before.rfind("\n"))


def _closing_quote(text: str, start: int) -> int:
    """Return where the quote closes that opens at `start`, -1 where it does not."""
    at = start + 1
    while (at := text.find('"', at)) >= 0:
        if text[at + 1 : at + 2] != '"':
            return at
        at += 2
    return -1
