"""Tables in characters: whole where they fit, else folded and in several, with no number cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from mlpcli.terminal.sections import Column, Emphasis, Table
from mlpcli.terminal.styles import STYLES, Line

LEAST = 12  # columns of the screen that text is folded to at least
# a cell of several numbers is broken between them, and before what belongs to a number
BETWEEN_NUMBERS = re.compile(r" (?=\(|at )|(?<=,) |(?<=\d) (?=[-+\d])")


@dataclass(frozen=True)
class _Measured:
    """A column, the columns of the screen that it takes, and how few it can be folded to."""

    column: Column
    most_text: int  # columns of the screen that text needs at most, whatever its words are

    @cached_property
    def width(self) -> int:
        return column_width(self.column)

    @cached_property
    def least(self) -> int:
        if self.column.number:
            return self.width
        words = (word for text in _texts(self.column) for word in text.split())
        longest = max(map(text_width, words), default=0)
        return min(self.width, self.most_text, max(LEAST, longest))


def table_rows(table: Table, width: int | None) -> Iterator[list[Line]]:
    """Yield, for each table that it takes to fit a width, the heading's line and a line a row.

    A line may be several, where a cell is folded. Without headings the first is empty. Only lines
    with a cell that is emphasized have styles.
    """
    if width is None or total_width(table.columns, table.gap) <= width:
        yield _lines(table.columns, table.gap)
        return
    for columns in _groups(table, width):
        yield _lines(columns, table.gap)


def total_width(columns: Sequence[Column], gap: int) -> int:
    """Return the columns of the screen that a table takes."""
    return sum(map(column_width, columns)) + gap * (len(columns) - 1)


def column_width(column: Column) -> int:
    """Return the columns of the screen that a column takes."""
    return max(text_width(line) for text in _texts(column) for line in text.split("\n"))


def text_width(text: str) -> int:
    """Return the columns of the screen that a line takes."""
    return len(text) if text.isascii() else cell_len(text)


def _texts(column: Column) -> Iterator[str]:
    yield column.heading
    yield from column.cells


def _groups(table: Table, width: int) -> Iterator[list[Column]]:
    """Yield tables that fit, by their parts, all of which begin with the first column.

    The others have their narrow forms where the whole ones do not fit.
    """
    most_text = max(LEAST, (width - table.gap) // 2)
    ordered = sorted(table.columns, key=lambda column: column.part)
    measured = [_Measured(_narrow(each), most_text) for each in ordered]
    group = [0]
    for nth in range(1, len(ordered)):
        needed = sum(measured[i].least + table.gap for i in group) + measured[nth].least
        other_part = ordered[nth].part != ordered[nth - 1].part
        if len(group) > 1 and (other_part or needed > width):
            yield _shaped(group, ordered, measured, width, table.gap)
            group = [0]
        group.append(nth)
    yield _shaped(group, ordered, measured, width, table.gap)


def _shaped(
    group: Sequence[int],
    ordered: Sequence[Column],
    measured: Sequence[_Measured],
    width: int,
    gap: int,
) -> list[Column]:
    """Return a group of columns in their whole forms, if these fit, or in their narrow ones."""
    whole = [measured[0].column, *(ordered[nth] for nth in group[1:])]
    if total_width(whole, gap) <= width:
        return whole
    return _fitted([measured[nth] for nth in group], width, gap)


def _narrow(column: Column) -> Column:
    """Return the shorter form of a column, with its numbers below each other."""
    short = column.narrow or column
    return _mapped(short, lambda text: BETWEEN_NUMBERS.sub("\n", text)) if short.number else short


def _mapped(column: Column, change: Callable[[str], str]) -> Column:
    return replace(
        column, heading=change(column.heading), cells=[change(cell) for cell in column.cells]
    )


def _fitted(group: Sequence[_Measured], width: int, gap: int) -> list[Column]:
    """Fold text, the widest column first, until the table fits; numbers where nothing else does."""
    widths = [each.width for each in group]
    least = [each.least for each in group]
    room = width - gap * (len(group) - 1)
    while sum(widths) > room:
        foldable = [i for i in range(len(group)) if widths[i] > least[i]]
        if not foldable:  # the terminal has few columns: better broken than cut by it
            widths[-1] = max(1, room - sum(widths[:-1]))
            break
        widths[max(foldable, key=widths.__getitem__)] -= 1
    return [_folded(each, widths[i]) for i, each in enumerate(group)]


def _folded(measured: _Measured, width: int) -> Column:
    if measured.width <= width:
        return measured.column
    return _mapped(measured.column, lambda text: "\n".join(wrapped(text, width)))


def wrapped(text: str, width: int) -> list[str]:
    """Break text between its words, and words that are wider still, into lines that fit."""
    if "\n" not in text and text_width(text) <= width:
        return [text]
    lines = Text(text).wrap(_console(), width, overflow="fold")
    return [line.plain.rstrip() for line in lines]


@cache
def _console() -> Console:
    return Console()  # which rich asks for where it breaks lines


def _lines(columns: Sequence[Column], gap: int) -> list[Line]:
    widths = [column_width(column) for column in columns]
    numbers = [column.number for column in columns]
    headings = [column.heading for column in columns]
    rows = zip(*(column.cells for column in columns), strict=True)
    lines: list[Line] = [_row(cells, widths, numbers, " " * gap) for cells in (headings, *rows)]
    if any(any(column.emphasis) for column in columns):
        starts = [sum(widths[:nth]) + nth * gap for nth in range(len(widths))]
        for nth in range(len(lines) - 1):
            each = [column.emphasis[nth] if column.emphasis else "" for column in columns]
            if any(each):
                lines[nth + 1] = _emphasized(str(lines[nth + 1]), starts, widths, each)
    return lines


def _emphasized(
    row: str, starts: Sequence[int], widths: Sequence[int], emphasis: Sequence[Emphasis]
) -> Text:
    """Return a row, which may be several lines, with the style of each cell."""
    parts = []
    for line in row.split("\n"):
        text = Text(line)
        for start, width, each in zip(starts, widths, emphasis, strict=True):
            if each:
                text.stylize(STYLES[each], _offset(line, start), _offset(line, start + width))
        parts.append(text)
    return Text("\n").join(parts)


def _offset(line: str, columns: int) -> int:
    """Return how many characters of a line take so many columns of the screen."""
    taken = 0
    for nth, character in enumerate(line):
        if taken >= columns:
            return nth
        taken += 1 if line.isascii() else cell_len(character)
    return len(line)


def _row(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool], gap: str) -> str:
    if not any("\n" in cell for cell in cells):
        return _line(cells, widths, numbers, gap)
    parts = [cell.split("\n") for cell in cells]
    height = max(map(len, parts))
    padded = [part + [""] * (height - len(part)) for part in parts]
    return "\n".join(_line(line, widths, numbers, gap) for line in zip(*padded, strict=True))


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool], gap: str) -> str:
    padded = []
    for cell, width, number in zip(cells, widths, numbers, strict=True):
        space = " " * (width - text_width(cell))
        padded.append(space + cell if number else cell + space)
    return gap.join(padded).rstrip()
