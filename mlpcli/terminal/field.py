"""A field of classes drawn: in half blocks of their colours, or in letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from string import ascii_lowercase

from rich.style import Style
from rich.text import Text

from mlpcli.terminal.sections import Field
from mlpcli.terminal.styles import Line
from mlpcli.terminal.table import wrapped

UNDECIDED = 0.6  # a class that is less likely is none: a dot in place of its letter
LEAST = 30  # columns that words take, however narrow the field is
HALF = "\N{UPPER HALF BLOCK}"
SQUARE = "\N{BLACK SQUARE}"
# Okabe and Ito's, which those see who see no red or no green; a class of such a name has its own
PALETTE = {
    "orange": (230, 159, 0),
    "blue": (0, 114, 178),
    "green": (0, 158, 115),
    "yellow": (240, 228, 66),
    "sky": (86, 180, 233),
    "red": (213, 94, 0),
    "pink": (204, 121, 167),
    "grey": (128, 128, 128),
}
Color = tuple[int, int, int]


def drawn_field(field: Field, width: int, color: bool) -> Iterator[Line]:
    """Yield the lines of a field, at most `width` columns wide, and what they mean."""
    columns = max(1, min(width, field.columns, len(field.cells[0])))
    rows = 2 * max(1, round(columns * len(field.cells) / len(field.cells[0]) / 2))
    places = _Places(field, rows, columns)
    yield from _in_colors(field, places) if color else _in_letters(field, places)
    yield from wrapped(field.axes, max(columns, LEAST))


class _Places:
    """A field in as many rows and columns as are drawn."""

    def __init__(self, field: Field, rows: int, columns: int) -> None:
        self.rows, self.columns, self._field = rows, columns, field
        self._down = len(field.cells) / rows
        self._across = len(field.cells[0]) / columns
        self.marks = {
            (int(row / self._down), int(column / self._across)): label
            for (row, column), label in field.marks.items()
        }

    def at(self, row: int, column: int) -> tuple[int, float]:
        """Return the likeliest class of a place, and its probability."""
        there = int((row + 0.5) * self._down), int((column + 0.5) * self._across)
        return self._field.cells[there[0]][there[1]], self._field.shares[there[0]][there[1]]


def _in_colors(field: Field, places: _Places) -> Iterator[Text]:
    colors = class_colors(field.names)

    def color_at(row: int, column: int) -> Color:
        mark = places.marks.get((row, column))
        if mark is not None:
            return _mixed(colors[mark], (0, 0, 0), 0.25)
        label, share = places.at(row, column)
        chance = 1 / max(2, len(field.names))
        sure = max(0.0, (share - chance) / (1 - chance))
        return _mixed(colors[label], (255, 255, 255), 0.85 - 0.45 * sure)

    for row in range(0, places.rows, 2):
        pairs = [(color_at(row, each), color_at(row + 1, each)) for each in range(places.columns)]
        line = Text()
        for (top, bottom), alike in groupby(pairs):
            style = Style.parse(f"rgb{_written(top)} on rgb{_written(bottom)}")
            line.append(HALF * len([*alike]), style)
        yield line
    legend = Text()
    for name, each in zip(field.names, colors, strict=True):
        legend.append(SQUARE, Style.parse(f"rgb{_written(each)}")).append(f" {name}  ")
    legend.append("dark: examples, pale: undecided" if field.marks else "pale: undecided")
    yield legend


def _in_letters(field: Field, places: _Places) -> Iterator[str]:
    letters = class_letters(field.names)
    for row in range(0, places.rows, 2):
        line = []
        for column in range(places.columns):
            marks = [places.marks.get((each, column)) for each in (row, row + 1)]
            mark = next((each for each in marks if each is not None), None)
            label, share = places.at(row, column)
            letter = letters[label] if share >= UNDECIDED else "."
            line.append(letter if mark is None else letters[mark].upper())
        yield "".join(line)
    named = ", ".join(f"{each} {name}" for each, name in zip(letters, field.names, strict=True))
    capitals = "; capitals: examples" if field.marks else ""
    yield from wrapped(f"{named}{capitals}; dots: undecided", max(places.columns, LEAST))


def class_colors(names: Sequence[str]) -> list[Color]:
    """Return a colour for each class: of its name, if it is that of a colour, or the next one."""
    free = iter([key for key in PALETTE if key not in names] * len(names) + [*PALETTE])
    return [PALETTE[name if name in PALETTE else next(free)] for name in names]


def class_letters(names: Sequence[str]) -> list[str]:
    """Return a letter for each class: its first, if they are all others.

    Else a class that is named by one letter has that, and the others have those that are free.

    >>> class_letters(["orange", "Blue"]), class_letters(["setosa", "1st", "sepal"])
    (['o', 'b'], ['a', 'b', 'c'])
    >>> class_letters(["a", "apple", "b"])
    ['a', 'c', 'b']
    """
    lowered = [name.lower() for name in names]
    first = [name[:1] for name in lowered]
    if set(first) <= {*ascii_lowercase} and len({*first}) == len(first):
        return first
    own = {name for name in lowered if name in {*ascii_lowercase} and lowered.count(name) == 1}
    free = iter(sorted({*ascii_lowercase} - own))
    return [name if name in own else next(free) for name in lowered]


def _mixed(color: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def _written(color: Color) -> str:
    return f"({','.join(map(str, color))})"
