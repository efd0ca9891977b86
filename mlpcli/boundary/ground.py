"""Whether the inputs of a run span a plane, and its places prepared as the run's rows are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlpcli.boundary.forward import network_outputs, stated_activation
from mlpcli.boundary.plane import Plane
from mlpcli.data import (
    INPUTS,
    POINT_SETS,
    Classification,
    DataFacts,
    Preparation,
    make_points,
    point_inputs,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

ACROSS = 60  # places across, and up: half a line is as high as a column is wide
EDGE = 6.0  # of the square that the Playground shows of its points
MOST_CLASSES = 8  # that can be told apart by their colours
MOST_POINTS = 100_000  # that are made to be shown: a tenth of a second
SPREAD = 2.5  # standard deviations, or spans of the middle half, shown of a table's column


@dataclass(frozen=True)
class Ground:
    """The places of a plane, and how a network sees them."""

    names: tuple[str, str]
    low: tuple[float, float]
    high: tuple[float, float]
    task: Classification
    preparation: Preparation
    activation: str
    config: Mapping[str, Any]
    across: int = ACROSS

    def plane(self, weights: Sequence[NDArray[Any]]) -> Plane:
        """Return what a network of those weights says of the plane."""
        import numpy as np

        logits = network_outputs(self.features, weights, self.activation).astype(np.float64)
        with np.errstate(all="ignore"):
            logits = np.nan_to_num(logits, nan=0.0, posinf=1e300, neginf=-1e300)
            shares = np.exp(logits - logits.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
        square = self.across, self.across
        likeliest, sure = shares.argmax(axis=1), shares.max(axis=1)
        return Plane(
            *(self.names, self.low, self.high, self.task.classes),
            likeliest.reshape(square),
            sure.reshape(square),
            self.examples,
        )

    @cached_property
    def places(self) -> Numbers:
        """The middles of the places, row after row from the top: [across * across, 2]."""
        import numpy as np

        (left, bottom), (right, top) = self.low, self.high
        middles = (np.arange(self.across) + 0.5) / self.across
        x, y = left + (right - left) * middles, top - (top - bottom) * middles
        return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    @cached_property
    def features(self) -> Numbers:
        """The features of the places, in their order: [across * across, features]."""
        import numpy as np

        columns = dict(zip(self.names, self.places.T, strict=True))
        if _is_of_points(self.config):
            columns = point_inputs(self.places)
        numeric = self.preparation.numeric
        values = np.stack([columns[name] for name in numeric.names], axis=1)
        with np.errstate(all="ignore"):
            scaled, _ = numeric.transform(values)
        none_missing = np.zeros((len(scaled), sum(numeric.indicators)))
        return np.hstack([scaled, none_missing])

    @cached_property
    def examples(self) -> tuple[tuple[int, int, int], ...]:
        """The examples of a set of points: the row and the column of the place, and the class."""
        made = self._points()
        if made is None:
            return ()
        points, blue = made
        (left, bottom), (right, top) = self.low, self.high
        column = (points[:, 0] - left) / (right - left) * self.across // 1
        row = (top - points[:, 1]) / (top - bottom) * self.across // 1
        inside = (column >= 0) & (column < self.across) & (row >= 0) & (row < self.across)
        numbers = [self.task.classes.index(each) for each in ("orange", "blue")]
        return tuple(
            (int(r), int(c), numbers[int(is_blue)])
            for r, c, is_blue in zip(row[inside], column[inside], blue[inside], strict=True)
        )

    def _points(self) -> tuple[Numbers, NDArray[np.bool_]] | None:
        """Return the points of a set as it was made; None where a stranger's config says none."""
        config, named = self.config, {"orange", "blue"} == {*self.task.classes}
        samples, noise = config.get("samples", 500), config.get("noise", 0.0)
        seed = config.get("split_seed", 0)
        if not named or not _is_of_points(config) or {type(samples), type(seed)} != {int}:
            return None
        if not 2 <= samples <= MOST_POINTS or not 0 <= seed < 2**32:
            return None
        if type(noise) not in (int, float) or not 0 <= noise <= 1:
            return None
        return make_points(config["dataset"], samples, float(noise), seed)


Corner = tuple[float, float]


def ground_of(
    facts: DataFacts | None, config: Mapping[str, Any], box: tuple[Corner, Corner] | None = None
) -> Ground | None:
    """Return the plane that the inputs of a run span; None where they span none.

    They do where its examples are points of the plane, whatever is computed of x and y, or where
    it predicts few classes from two columns of numbers. `box` has the least and the largest values
    that are to be seen; without it they are those that the preparation tells.
    """
    if facts is None or not isinstance(facts.task, Classification):
        return None
    activation = stated_activation(config)
    if facts.task.outputs > MOST_CLASSES or activation is None:
        return None
    try:
        preparation = facts.preparation
    except ValueError:
        return None
    names = _names(preparation, config)
    box = box or (names and _box(preparation, config))
    if names is None or box is None:
        return None
    return Ground(names, *box, facts.task, preparation, activation, config)


def _is_of_points(config: Mapping[str, Any]) -> bool:
    name = config.get("dataset")
    return isinstance(name, str) and name in POINT_SETS


def _names(preparation: Preparation, config: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the names of the two inputs that all features come from."""
    names = preparation.numeric.names
    if preparation.categorical or preparation.largest_byte is not None or not names:
        return None
    if _is_of_points(config):
        return ("x", "y") if {*names} <= {*INPUTS} else None
    return (names[0], names[1]) if len(names) == 2 else None


def _box(preparation: Preparation, config: Mapping[str, Any]) -> tuple[Corner, Corner] | None:
    """Return the least and the largest values of both inputs, as far as they are to be seen."""
    if _is_of_points(config):
        return (-EDGE, -EDGE), (EDGE, EDGE)
    if preparation.scaling == "none":  # which says no spread
        return None
    numeric = preparation.numeric
    least = 0.0 if preparation.scaling == "minmax" else -SPREAD
    most = 1.0 if preparation.scaling == "minmax" else SPREAD
    both = list(zip(numeric.centers, numeric.scales, strict=True))
    low, high = ([center + each * scale for center, scale in both] for each in (least, most))
    if not all(map(math.isfinite, (*low, *high))) or not all(scale > 0 for _, scale in both):
        return None
    return (low[0], low[1]), (high[0], high[1])
