"""A power law through errors at several sizes."""

import numpy as np
import pytest

from mlpcli.stats.power_law import CurveError, CurvePoint, learning_curve


def points(
    floor: float, scale: float, rate: float, noise: float = 0.0, seeds: int = 3, sizes: int = 5
) -> list[CurvePoint]:
    """Return a law's values at 100, 200, 400, ..., with alternating noise of each seed."""
    found = []
    for nth in range(sizes):
        x = 100 * 2**nth
        value = floor + scale * x**-rate
        shift = [noise * ((seed + nth) % seeds - (seeds - 1) / 2) for seed in range(seeds)]
        found.append(CurvePoint(x, {seed: value * (1 + each) for seed, each in enumerate(shift)}))
    return found


def test_a_law_without_noise_is_found_and_goes_on() -> None:
    # 0.02 + 2 x^-0.5: 0.22 at 100, 0.07 at 1,600, 0.02 + 2 / sqrt(16,000) = 0.0358 at ten times it
    curve = learning_curve(points(0.02, 2, 0.5))
    assert curve.law.rate == pytest.approx(0.5, rel=0.01)
    assert curve.law.at(100) == pytest.approx(0.22, rel=1e-3)
    assert (curve.forecast.x, curve.forecast.low) == (16_000, None)  # no spread, no interval
    assert curve.forecast.value == pytest.approx(0.03581, rel=0.01)
    assert curve.held_out
    assert curve.held_out.value == pytest.approx(0.07, rel=0.01)
    assert curve.is_foreseen is None


def test_no_floor_is_below_zero() -> None:
    # x^-0.5 with the last point too low for any floor: a straight line in logarithms goes on
    fallen = [CurvePoint(100, {0: 0.1}), CurvePoint(200, {0: 0.0707}), CurvePoint(400, {0: 0.045})]
    curve = learning_curve(fallen)
    assert curve.law.floor == 0
    assert curve.forecast.value > 0
    assert curve.held_out is None


def test_more_noise_is_a_wider_interval_and_seeds_narrow_it() -> None:
    def width(noise: float, seeds: int) -> float:
        ahead = learning_curve(points(0.02, 2, 0.5, noise, seeds)).forecast
        assert ahead.low is not None
        assert ahead.high is not None
        assert ahead.low <= 0.0358 <= ahead.high
        return ahead.high / ahead.low

    assert width(0.01, 3) < width(0.05, 3)
    # the same spread: residuals of 3 seeds are 0.05 (-1, 0, 1), of 9 such that sd is alike
    nine = 0.05 / float(np.std([*range(9)], ddof=1))
    assert width(nine, 9) < width(0.05, 3)


def test_a_largest_point_off_the_law_is_told() -> None:
    found = points(0.02, 2, 0.5, 0.02)
    assert learning_curve(found).is_foreseen is True
    off = CurvePoint(1_600, {seed: 1.5 * each for seed, each in found[-1].values.items()})
    assert learning_curve([*found[:-1], off]).is_foreseen is False


def test_what_has_no_law_is_refused() -> None:
    with pytest.raises(CurveError, match="a power law needs 3 points, got 2"):
        learning_curve(points(0, 1, 0.5, sizes=2))
    with pytest.raises(CurveError, match=r"at 400 the mean is 0; a power law is above 0"):
        learning_curve([*points(0, 1, 0.5, sizes=2), CurvePoint(400, {0: 0.0})])


def test_sizes_off_their_law_widen_what_it_foresees() -> None:
    def widest(shares: tuple[float, ...]) -> float:
        bent = [
            CurvePoint(each.x, {seed: value * share for seed, value in each.values.items()})
            for each, share in zip(points(0.02, 2, 0.5, 0.01), shares, strict=True)
        ]
        ahead = learning_curve(bent).forecast
        assert ahead.low is not None
        assert ahead.high is not None
        return ahead.high / ahead.low

    assert widest((1, 0.95, 1.05, 0.95, 1)) > 1.5 * widest((1, 1, 1, 1, 1))
