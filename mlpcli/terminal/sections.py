"""What a command shows, as records: sections of text, tables and curves.

A command's view makes them from its result; each form of output (terminal, plain, Markdown) lays
them out in its own way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mlpcli.errors import shown
from mlpcli.terminal.formatting import LONG

Emphasis = Literal["", "strong", "faint", "warning", "error", "best", "better", "own"]


_STATUS: dict[str, Emphasis] = {
    "running": "own",
    "interrupted": "warning",
    "stopped": "warning",
    "failed": "error",
    "diverged": "error",
}


def status_emphasis(status: str, learned: bool | None = None) -> Emphasis:
    """Return how a run's status is emphasized; `learned` says whether its network did."""
    return "error" if learned is False else _STATUS.get(status, "")


@dataclass(frozen=True)
class Text:
    """A sentence or more, broken between words where the place is narrow."""

    text: str
    emphasis: Emphasis = ""


@dataclass(frozen=True)
class Column:
    """A heading and its cells; numbers stand at the right, and none is broken within."""

    heading: str
    cells: Sequence[str]
    number: bool = False
    part: int = 0  # of a table that does not fit: each part is then a table of its own
    narrow: Column | None = None  # a shorter form, where the table does not fit
    emphasis: Sequence[Emphasis] = ()  # of each cell; () if no cell has any


@dataclass(frozen=True)
class Table:
    """Columns side by side. Where they do not fit, the first one begins each of several tables."""

    columns: Sequence[Column]
    emphasis: Sequence[Emphasis] = ()  # of each row; () if no row has any
    gap: int = 2  # blanks between columns
    halves: bool = False  # the second half of the rows stands beside the first, where both fit


@dataclass(frozen=True)
class Series:
    """Points of one curve; without any it is left out, and the others keep their colours."""

    name: str
    steps: Sequence[int]
    values: Sequence[float]


@dataclass(frozen=True)
class Plot:
    """Curves over the steps, with their common axis of values: linear or logarithmic."""

    title: str
    series: tuple[Series, ...]
    most: float = math.inf  # that a value can be
    log: bool = False


@dataclass(frozen=True)
class Plots:
    """Plots that stand side by side where they fit, else below each other, or the first alone."""

    plots: tuple[Plot, ...]
    height: int = 10  # lines inside the frame
    first_alone: bool = False  # where they do not fit side by side


@dataclass(frozen=True)
class Field:
    """A square of a plane, by which of several classes is likeliest at each place.

    Two rows of cells make a line: a character is twice as high as it is wide. In colours, where
    they can be seen, and else in letters.
    """

    names: Sequence[str]  # of the classes
    cells: Sequence[Sequence[int]]  # the class at each place, the top row first
    shares: Sequence[Sequence[float]]  # its probability
    marks: Mapping[tuple[int, int], int]  # examples: at which row and column, of which class
    axes: str  # in words
    columns: int = 60  # at most


Block = Text | Table | Plots | Field


@dataclass(frozen=True)
class Section:
    """Blocks that belong together, below a title if it is not empty."""

    title: str
    blocks: Sequence[Block] = ()


def table_of(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    texts: int = 1,
    emphasis: Sequence[Emphasis] = (),
    halves: bool = False,
) -> Table:
    """Return a table of rows whose first `texts` cells are text and the others numbers.

    Texts may come from files of others: they are escaped, and cut where they are endless.
    """
    lines = [[shown(cell, LONG) for cell in row] for row in rows]
    columns = [
        Column(heading, [line[i] for line in lines], number=i >= texts)
        for i, heading in enumerate(headings)
    ]
    return Table(columns, emphasis, halves=halves)
