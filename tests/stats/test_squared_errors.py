"""R squared, and the paired bootstrap of two networks' squared errors."""

import numpy as np
import pytest
import scipy.stats

from mlpcli.stats.squared_errors import RSquared, paired_errors, r_squared, r_squared_interval


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float64)[:, None]


def test_r_squared_is_1_for_the_targets_0_for_their_mean_and_below_for_worse() -> None:
    targets = column(1, 2, 6)  # mean 3, variance 14 / 3
    assert r_squared(targets, targets) == 1
    assert r_squared(column(3, 3, 3), targets) == 0
    assert r_squared(column(2, 2, 6), targets) == pytest.approx(1 - 1 / 14)
    assert r_squared(column(8, 2, 6), targets) == pytest.approx(1 - 49 / 14)


def test_r_squared_of_several_targets_is_the_mean_of_theirs_whatever_their_units() -> None:
    targets = np.array([[1, 1000], [2, 2000], [6, 6000]], float)
    predicted = np.array([[3, 2000], [3, 2000], [3, 6000]], float)
    assert r_squared(predicted, targets) == pytest.approx((0 + 1 - 1 / 14) / 2)


def test_r_squared_of_a_target_that_is_constant_is_1_where_it_is_met_and_else_0() -> None:
    constant = column(0.1, 0.1, 0.1)
    assert r_squared(constant, constant) == 1
    assert r_squared(column(0.1, 0.1, 0.2), constant) == 0


@pytest.mark.parametrize(("n", "method"), [(30, "percentile"), (200, "BCa")])
def test_the_interval_is_that_of_scipys_bootstrap(n: int, method: str) -> None:
    differences = np.random.default_rng(1).exponential(1, n) - 0.7
    found = paired_errors(differences)
    theirs = scipy.stats.bootstrap(
        (differences,), np.mean, n_resamples=10_000, method=method, rng=np.random.default_rng(2)
    ).confidence_interval
    width = theirs.high - theirs.low
    assert found.mean == pytest.approx(differences.mean())
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.03 * width)


@pytest.mark.parametrize("n", [20, 80, 20_000])
def test_p_is_below_a_twentieth_just_where_the_interval_excludes_0(n: int) -> None:
    noise = np.random.default_rng(3).exponential(1, n)
    found = paired_errors(noise)
    assert found.low is not None
    at_the_edge = noise - found.low  # its interval begins at 0
    for shift, below in ((0.01, True), (-0.01, False)):
        moved = paired_errors(at_the_edge + shift * noise.std())
        assert (moved.p < 0.05) is below
        assert (moved.low > 0) is below  # type: ignore[operator]


def test_networks_that_err_alike_do_not_differ_and_have_no_interval() -> None:
    found = paired_errors(np.zeros(50))
    assert (found.mean, found.low, found.high, found.p) == (0, None, None, 1)


def test_a_few_examples_are_students() -> None:
    found = paired_errors(np.array([1.0, 2.0, 3.0]))  # t = 2 / (1 / sqrt 3), 2 degrees of freedom
    assert found.p == pytest.approx(0.0742, abs=1e-4)
    assert found.low == pytest.approx(2 - 4.3027 / 3**0.5, abs=1e-3)


def test_of_equal_networks_about_one_pair_in_twenty_seems_to_differ() -> None:
    rng = np.random.default_rng(4)
    a, b = rng.standard_normal((2, 150, 60)) ** 2
    alarms = sum(paired_errors(each).p < 0.05 for each in a - b)
    assert alarms <= 16  # of 150; as many or more in one case of 200 at a level of 0.05


def test_the_interval_of_r_squared_holds_it_and_narrows_with_the_examples() -> None:
    rng = np.random.default_rng(5)
    widths = []
    for n in (50, 800):
        targets = rng.standard_normal((n, 2))
        predicted = targets + 0.5 * rng.standard_normal((n, 2))
        bounds = r_squared_interval(predicted, targets)
        assert bounds
        assert bounds[0] < r_squared(predicted, targets) < bounds[1]
        widths.append(bounds[1] - bounds[0])
        half = RSquared.of(predicted, targets).half
        assert 0.5 < (bounds[1] - bounds[0]) / (2 * half) < 2  # which takes the variance as known
    assert widths[0] > 2.5 * widths[1]


def test_r_squared_of_few_examples_or_a_constant_target_has_no_interval() -> None:
    assert r_squared_interval(column(*range(7)), column(*range(7))) is None
    assert r_squared_interval(column(*range(9)), column(*[2] * 9)) is None
