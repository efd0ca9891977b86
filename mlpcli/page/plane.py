"""What a network makes of a plane: where it decides, and what each hidden unit tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpcli.data import POINT_SETS, Table, point_inputs
from mlpcli.errors import MlpcliError, shown
from mlpcli.page.examined import Examined
from mlpcli.page.network import Network
from mlpcli.picture import Axis, Field, Figure, Group, Images, Thumbnail, indexed_png
from mlpcli.stats import log_probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

SIDE, SMALL = 100, 40  # points along an axis, of the boundary and of a unit
LEVELS = 17  # shades between the two colours
UNITS, LAYERS = 8, 6  # shown at most of a layer, and of layers
SHOWN = 250  # points upon the field of each class
OPAQUE = 0.75  # where a class is certain
RIM = 0.1  # of the range, around the points
FEW = 9  # values along an axis in the table
LOW, HIGH = (230, 159, 0), (0, 114, 178)  # orange and blue, as on the Playground
# of classes, as the series of points have them; the third is grey, to be seen on dark, too
COLORS = (HIGH, LOW, (128, 128, 128), (0, 158, 115), (179, 102, 154), (169, 156, 40))


@dataclass(frozen=True)
class Plane:
    """Two columns and their range, and what makes features of values in them."""

    names: tuple[str, str]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def grid(self, side: int) -> NDArray[np.float64]:
        """Return side x side points, row by row from above: [side * side, 2]."""
        import numpy as np

        xs = np.linspace(self.low[0], self.high[0], side)
        ys = np.linspace(self.high[1], self.low[1], side)
        return np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)


def plane_figures(seen: Examined) -> list[Figure]:
    """Return the boundary, and the maps of hidden units, of a network that decides on a plane."""
    try:
        return list(_figures(seen))
    except (MlpcliError, ValueError):  # a preparation that is damaged, or of other columns
        return []


def _figures(seen: Examined) -> Iterator[Figure]:
    import numpy as np

    if not 2 <= len(seen.classes) <= len(COLORS) or not (names := _plane_names(seen)):
        return  # before data and weights are read, which takes the longest
    network, test, answers = seen.network, seen.test, seen.answers
    if not (network and test and answers):
        return
    points = _points(seen, names)
    if points is None:
        return
    rim = RIM * (points.max(axis=0) - points.min(axis=0)).clip(1e-9)
    plane = Plane(names, points.min(axis=0) - rim, points.max(axis=0) + rim)
    grid = plane.grid(SIDE)
    shares = np.exp(log_probabilities(network.outputs(_features(seen, plane, grid), seen.scale)))
    yield (_boundary if len(seen.classes) == 2 else _regions)(seen, plane, points, shares)
    yield from _units(seen, network, plane)


def _plane_names(seen: Examined) -> tuple[str, str] | None:
    """Return the two columns that all features come from; None where they are not two numbers."""
    facts = seen.facts
    assert facts
    if facts.name in POINT_SETS:
        return "x", "y"
    columns = facts.input_columns
    numeric = facts.preparation.numeric.names
    return (columns[0], columns[1]) if len(columns) == 2 == len(numeric) else None


def _points(seen: Examined, names: tuple[str, str]) -> NDArray[np.float64] | None:
    """Return the test examples in the plane; None where they were not seen by both columns."""
    import numpy as np

    facts, test = seen.facts, seen.test
    assert facts and test  # noqa: PT018
    numeric = facts.preparation.numeric
    if not {*names} <= {*numeric.names}:
        return None
    features = np.asarray(test.features[:]).astype(np.float64) * test.scale
    columns = [numeric.names.index(each) for each in names]
    return np.stack([numeric.untransformed(nth, features[:, nth]) for nth in columns], axis=1)


def _features(seen: Examined, plane: Plane, points: NDArray[np.float64]) -> NDArray[Any]:
    import polars as pl

    facts = seen.facts
    assert facts
    if facts.name in POINT_SETS:
        columns = {k: v for k, v in point_inputs(points).items() if k in facts.input_columns}
    else:
        columns = dict(zip(plane.names, points.T, strict=True))
    table = Table(pl.DataFrame(columns), "plane", lambda row, _: f"plane: {row}")
    return facts.preparation.features(table)


def _boundary(seen: Examined, plane: Plane, points: Numbers, shares: Numbers) -> Figure:
    """Return how probable one of two classes is at each place."""
    high = seen.classes.index("blue") if "blue" in seen.classes else 1  # as the points are called
    share, name = shares[:, high], shown(seen.classes[high], 30)
    said = (
        f"The probability of {name}: blue where it is 1, orange where it is 0; with test examples."
    )
    png, order = _png(share, SIDE), (high, 1 - high)  # the first series is blue
    return _field(seen, plane, points, (said, png, f"probability of {name}", share.tolist()), order)


def _regions(seen: Examined, plane: Plane, points: Numbers, shares: Numbers) -> Figure:
    """Return which of several classes is the likeliest at each place, and how clearly."""
    import numpy as np

    classes, likeliest = len(seen.classes), shares.argmax(axis=1)
    sure = (shares.max(axis=1) - 1 / classes) / (1 - 1 / classes)
    levels = np.clip(np.nan_to_num(sure) * (LEVELS - 1), 0, LEVELS - 1).round()
    places = (likeliest * LEVELS + levels).astype(np.uint8)
    colors = [
        (*color, round(255 * level / (LEVELS - 1) * OPAQUE))
        for color in COLORS[:classes]
        for level in range(LEVELS)
    ]
    png = indexed_png(places.tobytes(), SIDE, SIDE, colors)
    names = [shown(seen.classes[nth], 30) for nth in likeliest]
    said = "The likeliest class, the paler the less sure; with test examples."
    return _field(seen, plane, points, (said, png, "likeliest class", names), range(classes))


def _field(
    seen: Examined,
    plane: Plane,
    points: Numbers,
    drawn: tuple[str, bytes, str, Sequence[float | str]],
    order: Sequence[int],
) -> Figure:
    """Return a figure of what it says, its image, what its values are and they, with points."""
    import numpy as np

    answers, (said, png, value, values) = seen.answers, drawn
    assert answers
    some = np.linspace(0, SIDE - 1, FEW).round().astype(int)
    grid = plane.grid(SIDE)
    chosen = (some[:, None] * SIDE + some).ravel().tolist()
    groups = []
    for nth in order:
        of = points[answers.targets == nth][:SHOWN]
        groups.append(Group(shown(seen.classes[nth], 30), of[:, 0].tolist(), of[:, 1].tolist()))
    x, y = (shown(each, 30) for each in plane.names)
    return Field(
        "Decision boundary",
        said,
        Axis(x, low=float(plane.low[0]), high=float(plane.high[0])),
        Axis(y, low=float(plane.low[1]), high=float(plane.high[1])),
        png,
        value,
        [(float(grid[n, 0]), float(grid[n, 1]), values[n]) for n in chosen],
        groups,
    )


def _units(seen: Examined, network: Network, plane: Plane) -> Iterator[Figure]:
    import numpy as np

    features = _features(seen, plane, plane.grid(SMALL)) * np.float32(seen.scale)
    thumbs = []
    hidden = network.layers(features)[:-1]
    for layer, outputs in enumerate(hidden[:LAYERS], 1):
        for unit in range(min(UNITS, outputs.shape[1])):
            png = _png(_spread(outputs[:, unit]), SMALL)
            thumbs.append(Thumbnail(png, (f"layer {layer}", f"unit {unit + 1}")))
    if thumbs:
        said = "What each unit puts out over the plane: orange below 0, pale at 0, blue above."
        yield Images("Hidden units", said, thumbs, ("layer", "unit"))


def _spread(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return values from 0 to 1, about 0 where they have two signs; equal ones are 0.5."""
    import numpy as np

    most = float(np.abs(values).max(initial=0.0))
    if most == 0 or not np.isfinite(most):
        return np.full(len(values), 0.5)
    return 0.5 + values / most / 2


def _png(shares: NDArray[np.float64], side: int) -> bytes:
    """Return values from 0 to 1 as an image from orange by pale to blue."""
    import numpy as np

    places = np.clip(np.nan_to_num(shares) * (LEVELS - 1), 0, LEVELS - 1).round().astype(np.uint8)
    return indexed_png(places.tobytes(), side, side, [_color(n) for n in range(LEVELS)])


def _color(level: int) -> tuple[int, int, int, int]:
    """Return orange or blue, the clearer the nearer to the middle."""
    far = abs(2 * level / (LEVELS - 1) - 1)
    return (*(HIGH if 2 * level >= LEVELS - 1 else LOW), round(255 * far * OPAQUE))
