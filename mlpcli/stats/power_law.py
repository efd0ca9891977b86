"""Learning curves: a power law through errors at several sizes, and what it says of larger ones.

L(x) = a + b x^-c of an error or a loss L at x examples, steps or units: what is left however large
x is (a >= 0), and a part that falls (b >= 0, c from 0.01 to 2). Hestness et al. (2017), "Deep
learning scaling is predictable, empirically"; Rosenfeld et al. (2020), "A constructive prediction
of the generalization error across scales".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_POINTS = 3  # as many as the law has numbers
RATES = (0.01, 2.0)  # of c: below, no curve of a few points tells it from a straight line
STEPS = 400  # of c between them, 1.3 % apart
DRAWS = 2_000
# of the draws, for a mean that is measured, and for the law ten times further out: as a >= 0, laws
# without a floor are drawn too high, and 0.025 and 0.975 held them in 90 of 100 simulated curves
TAILS, TAILS_AHEAD = (0.025, 0.975), (0.01, 0.99)


class CurveError(ValueError):
    """Points that no power law can be fitted to."""


@dataclass(frozen=True)
class CurvePoint:
    """Errors or losses at one x, by seed."""

    x: float
    values: Mapping[int, float]

    @property
    def mean(self) -> float:
        """The mean over its seeds."""
        return fmean(self.values.values())


@dataclass(frozen=True)
class PowerLaw:
    """L(x) = floor + scale (x / unit)^-rate."""

    floor: float
    scale: float
    rate: float
    unit: float

    def at(self, x: float) -> float:
        """Return what the law says of x."""
        return float(self.floor + self.scale * (x / self.unit) ** -self.rate)


@dataclass(frozen=True)
class Forecast:
    """What a law says of x, with its 95 % interval; None where seeds show no spread."""

    x: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Curve:
    """A law fitted to points, with the 95 % intervals of its floor and rate, and what it foresees.

    `held_out` is what the others say of the largest point, and `measured` what that one is; the
    interval is of a mean over as many seeds, so that 95 in 100 such points lie inside.
    """

    points: tuple[CurvePoint, ...]
    law: PowerLaw
    floor: tuple[float, float] | None
    rate: tuple[float, float] | None
    forecast: Forecast
    held_out: Forecast | None = None  # None for three points, which leave none out

    @property
    def measured(self) -> float:
        """The error at the largest x."""
        return self.points[-1].mean

    @property
    def is_foreseen(self) -> bool | None:
        """Whether the largest point lies where the others say; None where that cannot be said."""
        out = self.held_out
        if out is None or out.low is None or out.high is None:
            return None
        return out.low <= self.measured <= out.high


def learning_curve(points: Sequence[CurvePoint], ahead: float = 10.0) -> Curve:
    """Fit points, ascending in x, and forecast the error at `ahead` times the largest.

    Least squares of relative errors, so that each point counts by its seeds: for each c the best a
    and b are a linear problem, and c is the best of a grid. Intervals are a bootstrap over seeds
    in which each draw moves the points by their noise and fits again; see `_noise`.
    Raises CurveError for fewer than three points, and for a mean that is not above 0 and finite.
    """
    _require(points)
    forecast, law, floor, rate = _extrapolated(points, ahead * points[-1].x, 0)
    held_out = None
    if len(points) > LEAST_POINTS:
        seeds = len(points[-1].values)
        held_out = _extrapolated(points[:-1], points[-1].x, seeds)[0]
    return Curve(tuple(points), law, floor, rate, forecast, held_out)


def _require(points: Sequence[CurvePoint]) -> None:
    if len(points) < LEAST_POINTS:
        raise CurveError(f"a power law needs {LEAST_POINTS} points, got {len(points)}")
    for each in points:
        if not (each.x > 0 and math.isfinite(each.mean) and each.mean > 0):
            raise CurveError(f"at {each.x:,g} the mean is {each.mean:g}; a power law is above 0")


def _extrapolated(
    points: Sequence[CurvePoint], x: float, seeds: int
) -> tuple[Forecast, PowerLaw, tuple[float, float] | None, tuple[float, float] | None]:
    """Return what points say of x, their law, and the intervals of its floor and its rate.

    The interval is of the law, or, of `seeds` above 0, of a mean over so many at x.
    """
    import numpy as np

    places = np.array([each.x for each in points], float)
    means = np.array([each.mean for each in points])
    weights = np.array([len(each.values) for each in points]) / means**2
    unit = float(np.exp(np.log(places).mean()))
    (floor,), (scale,), (rate,) = _fits(places / unit, means[None], weights)
    law = PowerLaw(float(floor), float(scale), float(rate), unit)
    noise = _noise(points, seeds, _misfit(points, law))
    if noise is None:
        return Forecast(x, law.at(x), None, None), law, None, None
    floors, scales, rates = _fits(places / unit, means * (1 + noise[:, :-1]), weights)
    drawn = (floors + scales * (x / unit) ** -rates) * (1 + noise[:, -1])
    low, high = np.quantile(drawn, TAILS if seeds else TAILS_AHEAD)
    bounds = [tuple(map(float, np.quantile(each, TAILS))) for each in (floors, rates)]
    return Forecast(x, law.at(x), float(low), float(high)), law, bounds[0], bounds[1]  # type: ignore[return-value]


def _fits(x: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return a, b and c, each [n], of the laws through y [n, points] at x [points]."""
    import numpy as np

    rates = np.geomspace(*RATES, STEPS)
    z = x ** -rates[:, None]  # [rates, points]
    w, wz = weights.sum(), z @ weights
    wzz, wy = z**2 @ weights, y @ weights
    wzy = (z * weights) @ y.T  # [rates, n]
    b = np.maximum(0, (w * wzy - wz[:, None] * wy) / (w * wzz - wz**2)[:, None])
    a = (wy - b * wz[:, None]) / w
    b = np.where(a < 0, np.maximum(0, wzy / wzz[:, None]), b)
    a = np.maximum(a, 0)
    loss = w * a**2 + 2 * a * b * wz[:, None] + b**2 * wzz[:, None] - 2 * (a * wy + b * wzy)
    best, every = loss.argmin(axis=0), np.arange(len(y))
    return a[best, every], b[best, every], rates[best]


def _misfit(points: Sequence[CurvePoint], law: PowerLaw) -> float:
    """Return the mean square of how far points lie off their law, as the noise of one seed.

    sum n_i ((y_i - L(x_i)) / y_i)^2 / (m - 3) of m points of n_i seeds; 0 where m is 3.
    """
    off = (len(each.values) * (1 - law.at(each.x) / each.mean) ** 2 for each in points)
    freedom = len(points) - LEAST_POINTS
    return math.fsum(off) / freedom if freedom else 0.0


def _noise(points: Sequence[CurvePoint], seeds: int, misfit: float) -> Floats | None:
    """Return by what share each draw moves the points, and x: [DRAWS, points + 1].

    The spread is relative to the mean and alike at all points, with a part that a seed brings to
    all of its points where all have the same seeds: with r_ij the relative residual of seed i at
    point j and n seeds, MS_seed = m sum_i mean_j(r_ij)^2 / (n - 1) and MS_rest that of what is
    left, with (n - 1)(m - 1) degrees of freedom (a two-way analysis of variance). Each draw takes
    both from their chi-squared distributions, so that few seeds have wide tails, as Student's has.
    Where the points lie off the law by more than MS_rest, the part that is each point's own is
    that much larger (the ratio of Birge 1932): real curves are not quite power laws.
    Of x there is the noise of a mean over `seeds`, none for 0. None where no spread is measured.
    """
    import numpy as np

    rng = np.random.default_rng(0)
    counts = np.array([len(each.values) for each in points])
    shared = len({frozenset(each.values) for each in points}) == 1
    n, m = int(counts[0]), len(points)
    found = [np.array([*map(each.values.get, sorted(each.values))]) / each.mean for each in points]
    residuals = [each - 1.0 for each in found]
    freedom = int(counts.sum()) - m
    total = sum(float(each @ each) for each in residuals)
    if freedom < 1 or total == 0:
        return None
    of_seed = np.zeros(DRAWS)
    if shared:
        by_seed = m * float(np.sum(np.mean(residuals, axis=0) ** 2))
        total, freedom = max(0.0, total - by_seed), (n - 1) * (m - 1)
        of_seed = by_seed / rng.chisquare(n - 1, DRAWS)
    rest = total / rng.chisquare(freedom, DRAWS)
    of_seed = np.maximum(0, of_seed - rest) / m if shared else of_seed
    rest = rest * max(1.0, misfit * freedom / total) if total else rest
    own = rng.standard_normal((DRAWS, m + 1)) * np.sqrt(rest)[:, None]
    level = rng.standard_normal(DRAWS) * np.sqrt(of_seed / n)
    own[:, :m] = own[:, :m] / np.sqrt(counts) + level[:, None]
    own[:, m] = own[:, m] / math.sqrt(seeds) if seeds else 0.0
    return own
