"""What a network makes of a plane: where it decides, and what each hidden unit tells apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlpcli.boundary import Ground, ground_of
from mlpcli.errors import MlpcliError, shown
from mlpcli.page.examined import Examined
from mlpcli.page.network import Network
from mlpcli.picture import (
    LEVELS,
    Axis,
    Field,
    Figure,
    Group,
    Images,
    Thumbnail,
    diverging,
    indexed_png,
)
from mlpcli.stats import log_probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Corner = tuple[float, float]
    Numbers = NDArray[np.float64]

SIDE, SMALL = 100, 40  # points along an axis, of the boundary and of a unit
UNITS, LAYERS = 8, 6  # shown at most of a layer, and of layers
SHOWN = 250  # points upon the field of each class
OPAQUE = 0.75  # where a class is certain
RIM = 0.1  # of the range, around the points
EVERYWHERE = (-1.0, -1.0), (1.0, 1.0)  # until the points are known
FEW = 9  # values along an axis in the table
LOW, HIGH = (230, 159, 0), (0, 114, 178)  # orange and blue, as on the Playground
# of classes, as the series of points have them; the third is grey, to be seen on dark, too
COLORS = (HIGH, LOW, (128, 128, 128), (0, 158, 115), (179, 102, 154), (169, 156, 40))


def plane_figures(seen: Examined) -> list[Figure]:
    """Return the boundary, and the maps of hidden units, of a network that decides on a plane."""
    try:
        return list(_figures(seen))
    except (MlpcliError, ValueError):  # a preparation that is damaged, or of other columns
        return []


def _figures(seen: Examined) -> Iterator[Figure]:
    import numpy as np

    ground = ground_of(seen.facts, seen.run.config, EVERYWHERE)
    if ground is None or not 2 <= len(seen.classes) <= len(COLORS):
        return  # before data and weights are read, which takes the longest
    points = _points(seen, ground)
    ground = ground_of(seen.facts, seen.run.config, _around(points))
    network = seen.network
    if ground is None or network is None:
        return
    ground = replace(ground, across=SIDE)
    shares = np.exp(log_probabilities(network.outputs(ground.features, 1.0)))
    yield (_boundary if len(seen.classes) == 2 else _regions)(seen, ground, points, shares)
    yield from _units(network, replace(ground, across=SMALL))


def _points(seen: Examined, ground: Ground) -> Numbers | None:
    """Return the test examples in the plane [n, 2]; None where both columns are not to be had."""
    import numpy as np

    numeric, test = ground.preparation.numeric, seen.test
    if not {*ground.names} <= {*numeric.names} or test is None or seen.answers is None:
        return None
    features = np.asarray(test.features[:]).astype(np.float64) * test.scale
    columns = [numeric.names.index(each) for each in ground.names]
    return np.stack([numeric.untransformed(nth, features[:, nth]) for nth in columns], axis=1)


def _around(points: Numbers | None) -> tuple[Corner, Corner] | None:
    """Return the least and the largest values of points, with a rim around."""
    if points is None or not len(points):
        return None
    least, most = points.min(axis=0), points.max(axis=0)
    rim = RIM * (most - least).clip(1e-9)
    (left, bottom), (right, top) = (least - rim).tolist(), (most + rim).tolist()
    return (left, bottom), (right, top)


def _boundary(seen: Examined, ground: Ground, points: Numbers | None, shares: Numbers) -> Figure:
    """Return how probable one of two classes is at each place."""
    high = seen.classes.index("blue") if "blue" in seen.classes else 1  # as the points are called
    share, name = shares[:, high], shown(seen.classes[high], 30)
    said = f"The probability of {name}: blue where it is 1, orange where it is 0"
    png, order = _png(share, SIDE), (high, 1 - high)  # the first series is blue
    return _field(
        seen, ground, points, (said, png, f"probability of {name}", share.tolist()), order
    )


def _regions(seen: Examined, ground: Ground, points: Numbers | None, shares: Numbers) -> Figure:
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
    said = "The likeliest class, the paler the less sure"
    return _field(seen, ground, points, (said, png, "likeliest class", names), range(classes))


def _field(
    seen: Examined,
    ground: Ground,
    points: Numbers | None,
    drawn: tuple[str, bytes, str, Sequence[float | str]],
    order: Sequence[int],
) -> Figure:
    """Return a figure of what it says, its image, what its values are and they, with points."""
    import numpy as np

    answers, (said, png, value, values) = seen.answers, drawn
    some = np.linspace(0, SIDE - 1, FEW).round().astype(int)
    chosen = (some[:, None] * SIDE + some).ravel().tolist()
    groups = []
    for nth in order:
        if points is None or answers is None:
            break
        of = points[answers.targets == nth][:SHOWN]
        groups.append(Group(shown(seen.classes[nth], 30), of[:, 0].tolist(), of[:, 1].tolist()))
    x, y = (shown(each, 30) for each in ground.names)
    return Field(
        "Decision boundary",
        f"{said}{'; with test examples' if groups else ''}.",
        Axis(x, low=ground.low[0], high=ground.high[0]),
        Axis(y, low=ground.low[1], high=ground.high[1]),
        png,
        value,
        [(*ground.places[n].tolist(), values[n]) for n in chosen],
        groups,
    )


def _units(network: Network, ground: Ground) -> Iterator[Figure]:
    thumbs = []
    hidden = network.layers(ground.features)[:-1]
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
    return indexed_png(places.tobytes(), side, side, diverging(LOW, HIGH, OPAQUE))
