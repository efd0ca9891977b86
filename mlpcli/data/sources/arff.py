"""ARFF, Weka's tables: @relation, an @attribute line for each column, then @data, rows of CSV.

Numeric attributes are numbers, nominal ones, strings and dates are text; ? is missing, lines that
begin with % are comments, names and values may be quoted by ' or ". Rows in braces, of what is not
zero, are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from mlpcli.data.sources.bounds import MAX_CHARACTERS, MAX_COLUMNS, MAX_NAME, memory, require_room
from mlpcli.data.sources.content import Content
from mlpcli.data.sources.keys import ColumnKeys, listed_in, quoted
from mlpcli.data.sources.pieces import require_characters
from mlpcli.data.sources.values import Fault, to_numbers
from mlpcli.data.table import Table
from mlpcli.errors import DataError, shown
from mlpcli.system import size

WORD = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
ATTRIBUTE = re.compile(rf"@attribute\s+({WORD}|[^\s{{]+)\s*(.*)", re.IGNORECASE)
VALUE = re.compile(rf"\s*({WORD})\s*(,|$)|([^,'\"]*)(,|$)")
NUMERIC = ("numeric", "real", "integer")
PER_BYTE = 12  # bytes of memory that a byte of text takes while it is read
DATES = "date"


@dataclass(frozen=True)
class _Column:
    name: str
    kind: str  # "numeric", "nominal" or "text"
    values: frozenset[str] = frozenset()


def read_arff(content: Content, keys: ColumnKeys) -> Table:
    """Read a table. Raises DataError with the place of what is none."""
    with content.open() as stream:
        whole = stream.read(memory() // PER_BYTE + 1)
    require_room(PER_BYTE * len(whole), content.name)
    require_characters(whole, content.name, 1)
    lines = _lines(whole.decode("utf-8-sig"))
    columns = _columns(lines, content.name)
    names = [each.name for each in columns]
    keys.require_columns(names, content.name)
    keys.kept(names, content.name)
    rows, numbers = [], []
    for number, line in lines:
        rows.append(_row(line, number, columns, content.name))
        numbers.append(number)
    if not rows:
        raise DataError(f"{content.name}: no rows after @data", "add rows of values")
    places = _Lines(content.name, numbers)
    return Table(_frame(rows, columns, keys, places), content.name, places)


@dataclass(frozen=True)
class _Lines:
    """Where a value stands: the line of its row."""

    name: str
    numbers: list[int]

    def __call__(self, row: int, column: str) -> str:
        return f"{self.name}:{self.numbers[row]}"


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that say something, with their numbers."""
    for number, line in enumerate(text.split("\n"), 1):
        said = line.strip()
        if said and not said.startswith("%"):
            yield number, said


def _columns(lines: Iterator[tuple[int, str]], name: str) -> list[_Column]:
    """Return the attributes, with the lines read up to @data."""
    columns: dict[str, _Column] = {}
    for number, line in lines:
        keyword = line.split(None, 1)[0].lower()
        if keyword == "@data":
            break
        if keyword == "@relation":
            continue
        match = ATTRIBUTE.fullmatch(line)
        if not match:
            raise DataError(
                f"{name}:{number}: not @relation, @attribute or @data, got {quoted(line)}",
                "a comment begins with %",
            )
        column = _column(_unquoted(match[1]), match[2].strip(), f"{name}:{number}")
        if column.name in columns:
            raise DataError(
                f"{name}:{number}: {shown(column.name)}: the name of another attribute, too",
                "rename one of the two",
            )
        columns[column.name] = column
        if len(columns) > MAX_COLUMNS:
            raise DataError(f"{name}:{number}: more than {MAX_COLUMNS:,} attributes")
    else:
        raise DataError(f"{name}: no @data line", "it stands before the rows")
    if not columns:
        raise DataError(f"{name}: no @attribute line", "name each column: @attribute NAME numeric")
    return list(columns.values())


def _column(name: str, kind: str, place: str) -> _Column:
    if len(name) > MAX_NAME:
        raise DataError(
            f"{place}: a name of {len(name):,} characters, allowed {MAX_NAME}: {shown(name)}"
        )
    word = kind.split(None, 1)[0].lower() if kind else ""
    if word in NUMERIC:
        return _Column(name, "numeric")
    if word in ("string", DATES):
        return _Column(name, "text")
    if kind.startswith("{") and kind.endswith("}"):
        values = _split(kind[1:-1])
        if values is not None:
            return _Column(name, "nominal", frozenset(each for each, _ in values))
    raise DataError(
        f"{place}: {shown(name)}: type {quoted(kind)}, "
        "allowed numeric, real, integer, string, date or {VALUE, VALUE}",
        "relational attributes are not read",
    )


def _split(line: str) -> list[tuple[str, bool]] | None:
    """Return a line's values, and whether each is quoted; None where a quote is astray."""
    found: list[tuple[str, bool]] = []
    at = 0
    while True:
        match = VALUE.match(line, at)
        if not match:
            return None
        word = match[1] is not None
        found.append((_unquoted(match[1]) if word else match[3].strip(), word))
        if not (match[2] if word else match[4]):
            return found
        at = match.end()


def _unquoted(word: str) -> str:
    if word[:1] not in ("'", '"'):
        return word
    return re.sub(r"\\(.)", r"\1", word[1:-1])


def _row(line: str, number: int, columns: list[_Column], name: str) -> list[str | None]:
    if line.startswith("{"):
        raise DataError(
            f"{name}:{number}: a sparse row, in braces: not read",
            "write all values of each row (Weka: the filter SparseToNonSparse)",
        )
    values = _split(line)
    if values is None:
        raise DataError(
            f"{name}:{number}: a quote that is not closed, or has text beside it: {quoted(line)}",
            "quote the whole value: 'it\\'s'",
        )
    if len(values) != len(columns):
        raise DataError(
            f"{name}:{number}: {len(values):,} values, where there are {len(columns):,} attributes",
            "a missing value is ?",
        )
    row: list[str | None] = []
    for (value, word), column in zip(values, columns, strict=True):
        missing = (value == "?" and not word) or (value == "" and not word)
        if not missing and column.kind == "nominal" and value not in column.values:
            raise DataError(
                f"{name}:{number}: {shown(column.name)}: not a value of this attribute, "
                f"got {quoted(value)}",
                "add it to its @attribute line, or correct it",
            )
        if len(value) > MAX_CHARACTERS:
            raise DataError(f"{name}:{number}: a value of more than {size(MAX_CHARACTERS)}")
        row.append(None if missing else value)
    return row


def _frame(
    rows: list[list[str | None]], columns: list[_Column], keys: ColumnKeys, places: _Lines
) -> pl.DataFrame:
    found: list[pl.Series] = []
    for column, values in zip(columns, zip(*rows, strict=True), strict=True):
        if column.name in keys.ignore:
            continue
        texts = pl.Series(column.name, list(values), pl.String)
        numeric = column.kind == "numeric" or column.name in keys.numeric
        if not numeric or column.name in keys.categorical:
            found.append(texts)
            continue
        numbers = to_numbers(texts.to_frame())
        if isinstance(numbers, Fault):
            raise DataError(
                f"{places(numbers.row, column.name)}: {shown(column.name)}: {numbers.what}, "
                f"got {quoted(numbers.value)}; the attribute is numeric",
                f"correct it, write ? if it is missing; or {listed_in('categorical', column.name)}",
            )
        found.append(numbers.to_series())
    return pl.DataFrame(found)
