"""Columns of a table that are the pixels of an image, by their names."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_SIDE, MOST_SIDE = 8, 64  # pixels of an image
LEAST_PART = 0.5  # of the pixels have a column: those that never change are often left out
ROW_AND_COLUMN = re.compile(r"(?s)(.*?)(\d{1,4})[_x.,-](\d{1,4})")  # pixel_0_1, 28x28
PLACE = re.compile(r"(?s)(.*?)(\d{1,5})")  # pixel783


@dataclass(frozen=True)
class PixelGrid:
    """Where the columns stand in an image of so many rows and columns."""

    height: int
    width: int
    places: Sequence[int]

    def spread(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return values [n, columns of the table] as images [n, pixels], 0 where none stands."""
        import numpy as np

        found = np.zeros((len(values), self.height * self.width))
        found[:, [*self.places]] = values
        return found


def pixel_grid(names: Sequence[str]) -> PixelGrid | None:
    """Return the image that columns of these names are of; None where they are of none.

    >>> names = [f"pixel_{row}_{column}" for row in range(8) for column in range(1, 9)]
    >>> grid = pixel_grid(names)
    >>> grid.height, grid.width, grid.places[:2]
    (8, 8, [0, 1])
    >>> pixel_grid([f"pixel{n}" for n in range(100, 700)]).width, pixel_grid(["mass", "year"])
    (27, None)
    """
    pairs = _matched(ROW_AND_COLUMN, names)
    if pairs:
        rows, columns = ([int(each[at]) for each in pairs] for at in (2, 3))
        first_row, first_column = (1 if min(each) == 1 else 0 for each in (rows, columns))
        height, width = max(rows) - first_row + 1, max(columns) - first_column + 1
        places = [
            (row - first_row) * width + column - first_column
            for row, column in zip(rows, columns, strict=True)
        ]
        return _grid(height, width, places)
    single = _matched(PLACE, names)
    if not single:
        return None
    places = [int(each[2]) for each in single]
    side = math.isqrt(max(places))
    if side * side == max(places) and 0 not in places:  # counted from 1
        return _grid(side, side, [each - 1 for each in places])
    return _grid(side + 1, side + 1, places)


def _matched(pattern: re.Pattern[str], names: Sequence[str]) -> list[re.Match[str]]:
    """Return the names' matches; none where one has none, or begins otherwise."""
    found = [pattern.fullmatch(each) for each in names]
    matched = [each for each in found if each]
    if len(matched) < len(names) or len({each[1] for each in matched}) != 1:
        return []
    return matched


def _grid(height: int, width: int, places: list[int]) -> PixelGrid | None:
    sides = LEAST_SIDE <= min(height, width) <= max(height, width) <= MOST_SIDE
    if not sides or len({*places}) < len(places) or min(places) < 0:
        return None
    if len(places) < LEAST_PART * height * width:
        return None
    return PixelGrid(height, width, places)
