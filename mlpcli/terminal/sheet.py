"""How a page about runs is laid out: headings, sentences, and tables that nothing is cut from."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from mlpcli.errors import shown
from mlpcli.terminal.console import Console, print_line
from mlpcli.terminal.formatting import LONG

UNBOUNDED = 10_000  # columns: more than any table takes
COLUMN_GAP = 2  # between columns
SHORT = 12  # columns of text beside numbers that do not fit
Cells = Sequence[str]
Lines = Iterable[tuple[Cells, str]]  # the cells of a line, and its style


def heading(console: Console, text: str) -> None:
    """Print a section's heading, below an empty line."""
    console.print()
    print_line(console, text, "bold")


def table(console: Console, heads: Cells, left: int, lines: Lines) -> None:
    """Print lines under their heads; the first `left` columns are text, the others numbers.

    Off a terminal lines are as long as they are. On one, text is folded into its column, and no
    number is: what does not fit stands below, beside the first column again.
    """
    rows = [([shown(cell, LONG) for cell in cells], style) for cells, style in lines]
    columns = [[head, *(cells[i] for cells, _ in rows)] for i, head in enumerate(heads)]
    groups = [list(range(len(heads)))]
    if console.is_terminal and left < len(heads) and _width(columns) > console.width:
        columns = [[_broken(text, i < left) for text in each] for i, each in enumerate(columns)]
        groups = list(_groups(columns, console.width))
    for nth, group in enumerate(groups):
        grid = Table(
            box=None, pad_edge=False, padding=(0, COLUMN_GAP, 0, 0), show_header=any(heads)
        )
        for i in group:
            justify = "left" if i < left else "right"
            text = Text(columns[i][0])
            grid.add_column(text, justify=justify, overflow="fold")  # type: ignore[arg-type]
        for line, (_, style) in enumerate(rows, start=1):
            grid.add_row(*(Text(columns[i][line]) for i in group), style=style)
        if nth:
            console.print()
        print_whole(console, grid)


def _groups(columns: Sequence[Cells], width: int) -> Iterator[list[int]]:
    """Yield which columns stand side by side; the first is among them each time."""
    group = [0]
    for i in range(1, len(columns)):
        if len(group) > 1 and _width([columns[j] for j in (*group, i)]) > width:
            yield group
            group = [0]
        group.append(i)
    yield group


def _width(columns: Sequence[Cells]) -> int:
    """Return the columns of the screen that a table takes."""
    widest = [max(cell_len(line) for cell in c for line in cell.split("\n")) for c in columns]
    return sum(widest) + COLUMN_GAP * (len(widest) - 1)


def _broken(text: str, words: bool) -> str:
    """Return a cell in lines: text between its words, numbers before what belongs to them."""
    if words:
        return fill(text, SHORT, break_long_words=False)
    return text.replace(" (", "\n(").replace(" at ", "\nat ").replace(", ", ",\n")


def print_whole(console: Console, grid: Table) -> None:
    """Print a table, off a terminal as wide as it is, and without blanks at its lines' ends."""
    if console.is_terminal:
        console.print(grid)
        return
    width, console.width = console.width, UNBOUNDED
    with console.capture() as captured:
        console.print(grid)
    console.width = width
    for line in captured.get().splitlines():
        console.print(line.rstrip(), markup=False, highlight=False, soft_wrap=True)


def sentence(console: Console, text: str, style: str = "") -> None:
    """Print a sentence, on a terminal broken between its words."""
    console.print(Text(text, style=style), soft_wrap=not console.is_terminal)
