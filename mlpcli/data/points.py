"""The four sets of points of the TensorFlow Playground, made from a seed.

The formulas are those of its dataset.ts (github.com/tensorflow/playground); the random numbers are
numpy's, so that a seed gives the same points each time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlpcli.data.table import Table
from mlpcli.errors import DataError, nearest, shown

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SAMPLES = 500  # as on the Playground
MOST_SAMPLES = 10_000_000
MOST_NOISE = 0.5  # the Playground's slider ends at 50
INPUTS = ("x", "y", "x^2", "y^2", "xy", "sin(x)", "sin(y)")
DEFAULT_INPUTS = ("x", "y")
TARGET = "color"
COLORS = ("orange", "blue")  # the Playground's labels -1 and 1
RADIUS = 5.0  # of the circles and the spiral; half the side of the square that xor fills
PADDING = 0.3  # between xor's squares and the axes


def points_table(
    name: str, samples: int, noise: float, seed: int, inputs: Sequence[str] = DEFAULT_INPUTS
) -> Table:
    """Return one of the sets as a table: the inputs that are named, and the points' color.

    `name` is one of POINT_SETS; `noise` from 0 to 0.5 is the Playground's slider divided by 100.
    Half of the samples are of each color, but for noise, and for xor, where it is drawn. The rows
    are in random order. Raises DataError for an unknown name or input and amounts out of range.
    """
    import polars as pl

    _check(name, samples, noise)
    if unknown := [each for each in inputs if each not in INPUTS]:
        meant = nearest(unknown[0], INPUTS)
        said = f"; did you mean {meant[0]}?" if meant else ""
        raise DataError(
            f'{name} has no input "{shown(unknown[0])}"{said}',
            f"inputs: some of {', '.join(INPUTS)}",
        )
    points, blue = make_points(name, samples, noise, seed)
    columns = point_inputs(points)
    frame = pl.DataFrame({each: columns[each] for each in dict.fromkeys(inputs)})
    colors: pl.Series = pl.Series(TARGET, blue).replace_strict(
        {False: COLORS[0], True: COLORS[1]}, return_dtype=pl.String
    )
    return Table(frame.with_columns(colors), name, lambda row, _: f"{name}: point {row + 1:,}")


def _check(name: str, samples: int, noise: float) -> None:
    if name not in POINT_SETS:
        meant = nearest(name, POINT_SETS)
        said = f"; did you mean {meant[0]}?" if meant else ""
        raise DataError(
            f'no set of points is called "{shown(name)}"{said}', f"one of {', '.join(POINT_SETS)}"
        )
    if not 2 <= samples <= MOST_SAMPLES:
        raise DataError(f"samples: {samples:,}, allowed 2 to {MOST_SAMPLES:,}", "samples: 500")
    if not 0 <= noise <= MOST_NOISE:
        raise DataError(
            f"noise: {noise:g}, allowed 0 to {MOST_NOISE}",
            "the Playground's noise divided by 100, such as noise: 0.25",
        )


def make_points(
    name: str, samples: int, noise: float, seed: int
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the points of a set, x and y [samples, 2], and which are blue [samples]."""
    import numpy as np

    rng = np.random.default_rng(seed)
    points, blue = POINT_SETS[name](rng, samples, noise)
    order = rng.permutation(samples)
    return points[order], blue[order]


def point_inputs(points: Numbers) -> dict[str, Numbers]:
    """Return all inputs of points [n, 2], by the names in INPUTS."""
    import numpy as np

    x, y = points.T
    values = (x, y, x * x, y * y, x * y, np.sin(x), np.sin(y))
    return dict(zip(INPUTS, values, strict=True))


def _halves(samples: int) -> NDArray[np.bool_]:
    """Return which points are blue: the first half, with one more where the number is odd."""
    import numpy as np

    return np.arange(samples) < (samples + 1) // 2


def _spiral(
    rng: np.random.Generator, samples: int, noise: float
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Draw two arms of 1.75 turns, half a turn apart, out to the radius."""
    import numpy as np

    blue = _halves(samples)
    arm = np.where(blue, np.arange(samples), np.arange(samples) - np.count_nonzero(blue))
    along = arm / (samples / 2)
    angle = 1.75 * along * 2 * math.pi + np.where(blue, 0, math.pi)
    points = RADIUS * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    return points + rng.uniform(-1, 1, (samples, 2)) * noise, blue


def _circles(
    rng: np.random.Generator, samples: int, noise: float
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Draw a disk of half the radius, and a ring around it from 0.7 of the radius.

    Noise moves a point only for its color: blue if it then is within half the radius.
    """
    import numpy as np

    inner = _halves(samples)
    low, high = np.where(inner, 0, 0.7 * RADIUS), np.where(inner, 0.5 * RADIUS, RADIUS)
    radius, angle = rng.uniform(low, high), rng.uniform(0, 2 * math.pi, samples)
    points = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    moved = points + rng.uniform(-RADIUS, RADIUS, (samples, 2)) * noise
    return points, np.hypot(*moved.T) < 0.5 * RADIUS


def _xor(rng: np.random.Generator, samples: int, noise: float) -> tuple[Numbers, NDArray[np.bool_]]:
    """Fill a square, blue where x and y have one sign; noise moves a point for its color alone."""
    import numpy as np

    points = rng.uniform(-RADIUS, RADIUS, (samples, 2))
    points += np.where(points > 0, PADDING, -PADDING)
    moved = points + rng.uniform(-RADIUS, RADIUS, (samples, 2)) * noise
    return points, moved[:, 0] * moved[:, 1] >= 0


def _gaussians(
    rng: np.random.Generator, samples: int, noise: float
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Draw two clouds around (2, 2) and (-2, -2), of variance 0.5 without noise and 4 with most."""
    import numpy as np

    blue = _halves(samples)
    variance = 0.5 + (4 - 0.5) * noise / MOST_NOISE
    centers = np.where(blue, 2, -2)[:, None]
    return centers + math.sqrt(variance) * rng.standard_normal((samples, 2)), blue


POINT_SETS = {"spiral": _spiral, "circles": _circles, "xor": _xor, "gaussians": _gaussians}
