"""The first line of a text: how its columns are separated, and their names."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from mlpcli.data.sources.bounds import MAX_COLUMNS, MAX_NAME
from mlpcli.data.sources.pieces import CR, LF, Layout, require_characters, shown_separator
from mlpcli.data.sources.records import NEVER_CLOSED, MalformedError, Record, explain, records
from mlpcli.data.sources.values import MARKERS, NUMBER
from mlpcli.errors import DataError, shown

SEPARATORS = ",\t;|"
BOM = b"\xef\xbb\xbf"
LOOKED_AT = 50  # lines that must agree with a separator other than the extension's
NO_HEADER = "name the columns in a first line, such as: a,b,target"


class Header:
    """The names of the columns, how they are separated, and how much of the file they take."""

    def __init__(self, name: str, first: bytes, extension: str) -> None:
        """Read it from the first piece of a file. Raises DataError for what is none."""
        self.name = name
        self.offset = len(BOM) if first.startswith(BOM) else 0
        self.notes: tuple[str, ...] = ()
        content = first[self.offset :]
        blank = len(content) - len(content.lstrip(b"\r\n"))
        self.line = 1 + content[:blank].count(b"\n")
        content = content[blank:]
        self._require_lines(content)
        self.separator = self._separator(content, extension)
        record = self._first_record(content)
        self.names = self._names(record)
        self.offset += blank + len(record.text.encode())
        self.line += record.text.count("\n")  # of the first row

    @property
    def layout(self) -> Layout:
        """How the rows are written that follow."""
        return Layout(self.name, self.separator, len(self.names))

    def _require_lines(self, content: bytes) -> None:
        if not content.strip():
            raise DataError(f"{self.name}: empty", "a table has its columns' names, then its rows")
        if LF not in content and CR in content.strip():
            raise DataError(
                f"{self.name}: lines end in CR alone, allowed LF or CRLF",
                "convert it: tr '\\r' '\\n' < OLD > NEW",
            )
        require_characters(content[: content.rfind(b"\n") + 1 or None], self.name, self.line)

    def _separator(self, content: bytes, extension: str) -> str:
        """Return what separates columns: as the extension says, or as the first rows all agree."""
        usual = {"csv": ",", "tsv": "\t", "tab": "\t"}.get(extension, "")
        line = content.partition(b"\n")[0].decode(errors="replace")
        bare = re.sub('"[^"]*"', "", line)
        if usual and usual in bare:
            return usual
        found = [each for each in SEPARATORS if each in bare]
        if not found:
            if _spaced(content, line) or (not usual and re.search(r"\S\s+\S", bare)):
                raise DataError(
                    f"{self.name}:{self.line}: columns separated by spaces, allowed {_ALLOWED}",
                    "convert it: tr -s ' ' ',' < OLD > NEW",
                )
            return usual or ","
        # one that the rows do not bear out is said of them, where the extension says no other
        agreed = (
            found
            if len(found) == 1 and not usual
            else [each for each in found if _agree(content, each)]
        )
        if len(agreed) != 1:
            raise DataError(
                f"{self.name}:{self.line}: columns separated by "
                f"{' or '.join(map(shown_separator, found))}, "
                f"allowed {shown_separator(usual) if usual else _ALLOWED}",
                "save it with commas (.csv) or tabs (.tsv)",
            )
        if usual:
            self.notes = (f"columns are separated by {shown_separator(agreed[0])}",)
        return agreed[0]

    def _first_record(self, content: bytes) -> Record:
        try:
            return next(records(content[: _header_bytes(content)], self.separator))
        except MalformedError as error:
            raise explain(error, self.separator, self.name, self.line) from error

    def _names(self, record: Record) -> tuple[str, ...]:
        names = tuple(each.strip(" \t") for each in record.fields)
        if len(names) > MAX_COLUMNS:
            raise DataError(
                f"{self.name}:{self.line}: {len(names):,} columns, allowed {MAX_COLUMNS:,}",
                "save arrays of so many numbers as .npy or .npz",
            )
        if what := _no_names(names):
            raise DataError(f"{self.name}:{self.line}: no header: {what}", NO_HEADER)
        named = tuple(each or f"column_{i + 1}" for i, each in enumerate(names))
        seen: dict[str, int] = {}
        for i, each in enumerate(named):
            if len(each) > MAX_NAME:
                raise DataError(
                    f"{self._place(record, i)}: a name of {len(each):,} characters, "
                    f"allowed {MAX_NAME}: {shown(each)}",
                    NO_HEADER,
                )
            if each in seen:
                raise DataError(
                    f"{self._place(record, i)}: {shown(each)}: the name of column "
                    f"{seen[each] + 1:,}, too",
                    "rename one of the two, or remove it",
                )
            seen[each] = i
        return named

    def _place(self, record: Record, field: int) -> str:
        line, column = record.position(field, self.separator)
        return f"{self.name}:{self.line + line}:{column}"


def _spaced(content: bytes, first: str) -> bool:
    """Say whether one of the first two lines has several numbers, with spaces between them."""
    second = content.split(b"\n", 2)[1:2]
    lines = [first, *(each.decode(errors="replace") for each in second)]
    words = [line.split() for line in lines]
    return any(len(w) > 1 and all(re.fullmatch(NUMBER, each) for each in w) for w in words)


def _no_names(fields: tuple[str, ...]) -> str:
    """Say why the first row's fields are values and not names; nothing if they may be names.

    Whole numbers in ascending order are names, beside others: years, or pixels.
    """
    written = [each for each in fields if each not in MARKERS]
    numbers = [each for each in written if re.fullmatch(NUMBER, each)]
    if not written:
        return "the first line names no column"
    if len(numbers) == len(written):
        return "the first line has numbers alone"
    values = [float(each) for each in numbers]
    ascending = len(values) > 1 and all(a < b for a, b in itertools.pairwise(values))
    if numbers and not (ascending and all(each.isdigit() for each in numbers)):
        return f"the first line has numbers in it, such as {shown(numbers[0])}"
    return ""


_ALLOWED = "commas, tabs, semicolons or |"


def _header_bytes(content: bytes) -> int:
    """Return bytes in which the first row is whole: the first lines in which quotes are paired."""
    end = -1
    while (end := content.find(b"\n", end + 1)) >= 0:
        if content.count(b'"', 0, end) % 2 == 0:
            return end + 1
        if end > MAX_COLUMNS * MAX_NAME:
            break
    return len(content)


def _agree(content: bytes, separator: str) -> bool:
    """Say whether the first rows have as many fields, by a separator."""
    lines = content.split(b"\n", LOOKED_AT)[:LOOKED_AT]
    lengths = set()
    try:
        for record in records(b"\n".join(lines), separator):
            lengths.add(len(record.fields) or None)
    except MalformedError as error:
        if NEVER_CLOSED not in error.what:  # a row may go on beyond these lines
            return False
    return len(lengths - {None}) == 1


def extension_of(path: Path | None) -> str:
    """Return the extension of a file's name in lower case, without .gz; none for a stream."""
    if path is None:
        return ""
    return Path(path.stem if path.suffix.lower() == ".gz" else path.name).suffix[1:].lower()
