"""Pixels of an image among the columns of a table: by their names alone."""

import numpy as np
import pytest

from mlpcli.page.pixels import pixel_grid


@pytest.mark.parametrize(
    ("names", "size"),
    [
        ([f"pixel{n}" for n in range(784)], (28, 28)),
        ([f"pixel{n}" for n in range(1, 785)], (28, 28)),
        ([f"pixel{n}" for n in range(40, 770)], (28, 28)),
        ([f"{row}x{column}" for row in range(1, 17) for column in range(1, 9)], (16, 8)),
        ([f"pixel_{row}_{column}" for row in range(8) for column in range(1, 8)], (8, 7)),
    ],
)
def test_columns_named_by_their_place_are_an_image(names: list[str], size: tuple[int, int]) -> None:
    grid = pixel_grid(names)
    if min(size) < 8:
        assert grid is None
    else:
        assert grid is not None
        assert (grid.height, grid.width) == size


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["mass", "year"],
        [f"x{n}" for n in range(10)],
        [f"sensor{n}" for n in range(900, 1000)],
        [*(f"pixel{n}" for n in range(784)), "age"],
        [*(f"pixel{n}" for n in range(64)), *(f"other{n}" for n in range(64))],
        ["pixel1", "pixel01", *(f"pixel{n}" for n in range(2, 64))],
        [f"pixel{n}" for n in range(100, 90_000)],
    ],
)
def test_other_columns_are_none(names: list[str]) -> None:
    assert pixel_grid(names) is None


def test_pixels_without_a_column_are_dark() -> None:
    grid = pixel_grid([f"p{n}" for n in range(1, 64)])
    assert grid is not None
    (image,) = grid.spread(np.arange(1.0, 64)[None])
    assert image.tolist() == [0.0, *range(1, 64)]
