"""Sections in Markdown."""

import re
from collections.abc import Iterable, Iterator

from mlpcli.terminal.field import drawn_field
from mlpcli.terminal.plot import drawn
from mlpcli.terminal.sections import Block, Column, Field, Plots, Section, Table, Text

MARKUP = re.compile(r"[\\`*_\[\]<>|~&]")  # what Markdown may take for markup within a line
PLOT_COLUMNS = 80


def print_markdown(sections: Iterable[Section]) -> None:
    """Print sections in Markdown on stdout, with blank lines between their blocks."""
    print("\n\n".join(_blocks(sections)))


def _blocks(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        if section.title:
            yield f"## {_escaped(section.title)}"
        yield from map(_block, section.blocks)


def _block(block: Block) -> str:
    match block:
        case Text():
            return _escaped(block.text)
        case Table():
            return _table(block)
        case Plots():
            return "\n".join(["```", *drawn(block, PLOT_COLUMNS, color=False), "```"])
        case Field():
            lines = map(str, drawn_field(block, PLOT_COLUMNS, color=False))
            return "\n".join(["```", *lines, "```"])


def _table(table: Table) -> str:
    headings = [column.heading for column in table.columns]
    rows = zip(*map(_cells, table.columns), strict=True)
    lines = (list(map(_escaped, headings)), ["---"] * len(headings), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(column: Column) -> list[str]:
    """Return a column's cells; the best are bold."""
    cells = [_escaped(cell) for cell in column.cells]
    if not column.emphasis:
        return cells
    marks = ["**" if each == "best" else "" for each in column.emphasis]
    return [f"{mark}{cell}{mark}" for cell, mark in zip(cells, marks, strict=True)]


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return MARKUP.sub(r"\\\g<0>", text)
