"""Sections on a console: on a terminal folded to its width and emphasized, elsewhere plain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import rich.text

from mlpcli.terminal.console import Console
from mlpcli.terminal.field import drawn_field
from mlpcli.terminal.plot import drawn
from mlpcli.terminal.sections import Block, Emphasis, Field, Plots, Section, Table, Text
from mlpcli.terminal.styles import Line, styled
from mlpcli.terminal.table import table_rows, text_width, total_width, wrapped

BETWEEN = 2  # columns between sections that stand side by side


@dataclass(frozen=True)
class _Place:
    """Where sections are shown."""

    width: int
    folds: bool  # a line that is longer would be broken anywhere
    color: bool


def print_sections(sections: Iterable[Section], console: Console | None = None) -> None:
    """Print sections, on stdout where no other console is given.

    Off a terminal lines are as long as they are. On one, text is folded, and no number is.
    """
    console = console or Console()
    lines = _lines(sections, _Place(console.width, console.is_terminal, _is_colored(console)))
    if not console.is_terminal:
        # straight to the file: rich takes a tenth of a millisecond a line
        console.file.writelines(f"{line}\n" for line in lines)
        return
    text = rich.text.Text()
    for line in lines:
        text.append(line).append("\n")
    console.print(text, end="", soft_wrap=True)


def beside(
    left: Iterable[Section], right: Iterable[Section], console: Console
) -> list[rich.text.Text]:
    """Return the lines of sections with those of others at their right, for a screen."""
    color = _is_colored(console)
    lines = [*_lines(left, _Place(console.width, True, color))]
    taken = max((text_width(str(line)) for line in lines), default=-BETWEEN) + BETWEEN
    others = [*_lines(right, _Place(max(1, console.width - taken), True, color))]
    pairs = _beside(lines, others, BETWEEN) if lines else others
    return [line if isinstance(line, rich.text.Text) else rich.text.Text(line) for line in pairs]


def _is_colored(console: Console) -> bool:
    utf8 = console.encoding.startswith("utf")
    return bool(console.color_system) and not console.no_color and utf8


def _lines(sections: Iterable[Section], place: _Place) -> Iterator[Line]:
    for nth, section in enumerate(sections):
        if nth:
            yield ""
        if section.title:
            yield from _text(Text(section.title, "strong"), place)
        for block in section.blocks:
            yield from _block(block, place)


def _block(block: Block, place: _Place) -> Iterator[Line]:
    match block:
        case Text():
            return _text(block, place)
        case Table():
            return _table(block, place)
        case Plots():
            return _plots(block, place)
        case Field():
            return drawn_field(block, place.width, place.color)


def _text(text: Text, place: _Place) -> Iterator[Line]:
    lines = wrapped(text.text, place.width) if place.folds else [text.text]
    return (styled(line, text.emphasis) for line in lines)


def _table(table: Table, place: _Place) -> Iterator[Line]:
    if table.halves:
        half = (len(table.columns[0].cells) + 1) // 2
        halves = [_cut(table, slice(half)), _cut(table, slice(half, None))]
        if total_width([c for each in halves for c in each.columns], table.gap) <= place.width:
            left, right = (list(_table(each, place)) for each in halves)
            yield from _beside(left, right, table.gap)
            return
    emphasis: Sequence[Emphasis] = table.emphasis or [""] * len(table.columns[0].cells)
    for nth, (heading, *rows) in enumerate(table_rows(table, place.width if place.folds else None)):
        if nth:
            yield ""
        if heading:
            yield styled(heading, "strong")
        yield from map(styled, rows, emphasis)


def _cut(table: Table, rows: slice) -> Table:
    columns = [
        replace(each, cells=each.cells[rows], emphasis=each.emphasis[rows], narrow=None)
        for each in table.columns
    ]
    return replace(table, columns=columns, emphasis=table.emphasis[rows], halves=False)


def _plots(plots: Plots, place: _Place) -> Iterator[Line]:
    texts = drawn(plots, place.width, place.color)
    lines = [[rich.text.Text.from_ansi(line) for line in text.splitlines()] for text in texts]
    widest = [max(line.cell_len for line in each) for each in lines]
    if len(lines) == 2 and sum(widest) < place.width:
        left, right = lines
        yield from _beside(left, right, 1)
    else:
        for each in lines:
            yield from each


def _beside(left: Sequence[Line], right: Sequence[Line], gap: int) -> Iterator[Line]:
    """Yield lines side by side."""
    widest = max((text_width(str(line)) for line in left), default=0)
    for a, b in zip_longest(left, right, fillvalue=""):
        space = " " * (widest - text_width(str(a)) + gap) if b else ""
        yield rich.text.Text.assemble(a, space, b)
