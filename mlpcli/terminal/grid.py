"""Columns of text side by side: as wide as they need, or in groups that fit a width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

SEPARATOR = " "
LEAST = 12  # columns that a cell is folded to at least


@dataclass(frozen=True)
class Column:
    """A head and its cells, which may have lines; numbers stand at the right."""

    head: str
    cells: Sequence[str]
    right: bool = False

    @property
    def width(self) -> int:
        """The columns of the screen that it takes."""
        lines = (line for text in (self.head, *self.cells) for line in text.split("\n"))
        return max(map(cell_len, lines))

    def folded(self, width: int) -> "Column":
        """Return the column with its text broken so that it takes no more than a width."""
        return Column(
            _folded(self.head, width), [_folded(c, width) for c in self.cells], self.right
        )


def total_width(columns: Sequence[Column]) -> int:
    """Return the columns of the screen that a table takes."""
    return sum(column.width for column in columns) + len(SEPARATOR) * (len(columns) - 1)


def in_groups(first: Column, others: Sequence[Column], width: int) -> Iterator[list[Column]]:
    """Yield tables that fit a width, all of which begin with the first column.

    Where even two columns are too wide, their text is broken.
    """
    first = first.folded(max(LEAST, width // 2))
    rest = list(others)
    while rest:
        group = [first, rest.pop(0)]
        if total_width(group) > width:
            group[1] = group[1].folded(max(1, width - first.width - len(SEPARATOR)))
        while rest and total_width([*group, rest[0]]) <= width:
            group.append(rest.pop(0))
        yield group


def lines(columns: Sequence[Column]) -> list[str]:
    """Return the head's line, or lines, as one text, and one for each row."""
    widths = [column.width for column in columns]
    heads = [column.head for column in columns]
    rows = zip(*(column.cells for column in columns), strict=True)
    rights = [column.right for column in columns]
    return [_row(cells, widths, rights) for cells in (heads, *rows)]


def _row(cells: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> str:
    if not any("\n" in cell for cell in cells):
        return _line(cells, widths, rights)
    parts = [cell.split("\n") for cell in cells]
    height = max(map(len, parts))
    padded = [part + [""] * (height - len(part)) for part in parts]
    return "\n".join(_line(line, widths, rights) for line in zip(*padded, strict=True))


def _line(cells: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> str:
    padded = []
    for cell, width, right in zip(cells, widths, rights, strict=True):
        space = " " * (width - cell_len(cell))
        padded.append(space + cell if right else cell + space)
    return SEPARATOR.join(padded).rstrip()


def _folded(text: str, width: int) -> str:
    """Break text so that no line is wider than that many columns."""
    broken = []
    for line in text.split("\n"):
        part = ""
        for character in line:
            if part and cell_len(part + character) > width:
                broken.append(part)
                part = ""
            part += character
        broken.append(part)
    return "\n".join(broken)
