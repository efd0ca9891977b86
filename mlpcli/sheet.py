"""How a page about runs is laid out: headings, sentences, and tables that nothing is cut from."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from mlpcli.display import Console, percent, say
from mlpcli.errors import shown
from mlpcli.facts import Accuracy

UNBOUNDED = 10_000  # columns: more than any table takes
LONG = 2_000  # characters of a text shown in full
Cells = Sequence[str]
Lines = Iterable[tuple[Cells, str]]  # the cells of a line, and its style


def heading(console: Console, text: str) -> None:
    """Print a section's heading, below an empty line."""
    console.print()
    say(console, text, "bold")


def table(console: Console, heads: Cells, left: int, lines: Lines) -> None:
    """Print lines under their heads; the first `left` columns are text, the others numbers.

    On a terminal long text is folded into its column; elsewhere lines are as long as they are.
    """
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=any(heads))
    for index, head in enumerate(heads):
        justify = "left" if index < left else "right"
        grid.add_column(Text(head), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for cells, style in lines:
        grid.add_row(*(Text(shown(cell, LONG)) for cell in cells), style=style)
    print_whole(console, grid)


def print_whole(console: Console, grid: Table) -> None:
    """Print a table, off a terminal as wide as it is."""
    width = console.width
    if not console.is_terminal:
        console.width = UNBOUNDED
    console.print(grid)
    console.width = width


def value_text(value: Any) -> str:
    """Write a value of a config or of an environment."""
    if value is None:
        return "-"
    return shown(json.dumps(value) if isinstance(value, list | bool) else value, LONG)


def accuracy_text(accuracy: Accuracy) -> str:
    """Write an accuracy and its interval, in percent, without the sign."""
    low, high = percent(accuracy.low), percent(accuracy.high)
    return f"{percent(accuracy.accuracy)} ({low} to {high})"


def sentence(console: Console, text: str, style: str = "") -> None:
    """Print a sentence, on a terminal broken between its words."""
    console.print(Text(text, style=style), soft_wrap=not console.is_terminal)
