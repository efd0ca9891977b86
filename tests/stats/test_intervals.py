"""Intervals and exact tests against numbers worked elsewhere, and their ends."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from scipy.special import ndtr, stdtrit
from scipy.stats import binomtest, bootstrap

from mlpcli.stats.intervals import (
    BOOTSTRAP_FROM,
    RESAMPLES,
    Z95,
    Interval,
    mean_interval,
    wilson_interval,
)
from mlpcli.stats.mcnemar import mcnemar_p
from mlpcli.terminal.formatting import p_text


@pytest.mark.parametrize(
    ("right", "low", "high"),
    [(9_700, "96.65", "97.32"), (9_800, "97.71", "98.26")],
)
def test_of_ten_thousand_the_interval_is_that_of_the_literature(
    right: int, low: str, high: str
) -> None:
    interval = wilson_interval(right, 10_000)
    assert [f"{100 * share:.2f}" for share in interval] == [low, high]


def test_half_right_of_four_by_hand() -> None:
    # with z = 2 and n = 4: the center is (1/2 + 4/8) / 2 = 1/2, the half width
    # 2 sqrt(1/16 + 4/64) / 2 = sqrt(1/8) = 0.353553
    low, high = wilson_interval(2, 4, z=2.0)
    assert (low, high) == pytest.approx((0.146447, 0.853553), abs=1e-6)


# with p = 0 the interval ends at z^2 / (n + z^2), and 3.841459 / 10,003.841459 = 0.000383998
def test_none_right_begins_at_zero_and_ends_above_it() -> None:
    low, high = wilson_interval(0, 10_000)
    assert low == pytest.approx(0, abs=1e-15)
    assert high == pytest.approx(0.000383998, abs=1e-9)


def test_all_right_begins_below_one_and_ends_at_one() -> None:
    low, high = wilson_interval(10_000, 10_000)
    assert low == pytest.approx(1 - 0.000383998, abs=1e-9)
    assert high == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("examples", [1, 2, 3, 7, 10, 9_999, 10_000])
@pytest.mark.parametrize("share", [0, 1])
def test_the_interval_stays_within_zero_and_one(share: int, examples: int) -> None:
    low, high = wilson_interval(share * examples, examples)
    assert 0 <= low <= share + 1e-15  # of rounding
    assert share - 1e-15 <= high <= 1


def test_right_and_wrong_exchanged_turn_the_interval_round() -> None:
    low, high = wilson_interval(12, 100)
    assert wilson_interval(88, 100) == pytest.approx((1 - high, 1 - low))


def test_more_examples_make_the_interval_narrower() -> None:
    widths = [high - low for low, high in (wilson_interval(9 * n, 10 * n) for n in (1, 10, 100))]
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == 3


def test_z95_is_the_point_that_a_standard_normal_stays_below_with_97_and_a_half_percent() -> None:
    assert NormalDist().cdf(Z95) == pytest.approx(0.975, abs=1e-15)


def test_mcnemars_p_is_that_of_armitage_and_berry_for_two_media_of_culture() -> None:
    # Statistical Methods in Medical Research, 1994, p. 127: 12 and 2 of 50 specimens, P = 0.0129;
    # 2 (1 + 14 + 91) / 2^14 = 212 / 16,384
    assert mcnemar_p(12, 2) == 212 / 16_384
    assert f"{mcnemar_p(12, 2):.4f}" == "0.0129"


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [
        (0, 0, 1.0),  # nothing to tell them apart
        (1, 0, 1.0),  # 2 / 2
        (0, 5, 2 / 32),
        (0, 6, 2 / 64),  # the fewest that are significant
        (7, 1, 2 * (1 + 8) / 256),
        (5, 5, 1.0),  # 2 P(X <= 5) is above 1
    ],
)
def test_mcnemars_p_by_hand(b: int, c: int, p: float) -> None:
    assert mcnemar_p(b, c) == mcnemar_p(c, b) == p


@pytest.mark.parametrize(("discordant", "gap"), [(50, 16), (100, 22), (200, 30), (400, 42)])
def test_two_networks_differ_from_this_gap_on(discordant: int, gap: int) -> None:
    fewer = (discordant - gap) // 2
    assert mcnemar_p(fewer, fewer + gap) < 0.05 < mcnemar_p(fewer + 1, fewer + gap - 1)


def test_mcnemars_p_of_very_many_discordant_examples_is_scipys() -> None:
    assert mcnemar_p(4_800, 5_200) == pytest.approx(binomtest(4_800, 10_000).pvalue, rel=1e-9)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="counts cannot be negative: -1 and 3"):
        mcnemar_p(-1, 3)


def test_one_value_has_a_mean_and_no_interval() -> None:
    assert mean_interval([0.98]) == Interval(0.98, None, None)


@pytest.mark.parametrize(
    ("values", "mean", "half"),
    [
        ([0, 2], 1, 12.7062),  # t of 1 degree of freedom, times sqrt(2) / sqrt(2)
        ([1, 2, 3], 2, 2.4841),  # 4.30265 / sqrt(3)
        ([1, 2, 3, 4, 5], 3, 1.9632),  # 2.77645 sqrt(2.5 / 5)
        ([1, 2, 3, 4, 5, 6, 7], 4, 1.9979),  # 2.44691 sqrt(28 / 6 / 7)
    ],
)
def test_up_to_seven_values_have_students_interval(
    values: list[float], mean: float, half: float
) -> None:
    interval = mean_interval(values)
    expected = (mean, mean - half, mean + half)
    assert (interval.mean, interval.low, interval.high) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("n", [8, 9, 12, 20, 50])
@pytest.mark.parametrize("skewed", [False, True])
def test_from_eight_values_on_the_interval_is_scipys_bca_at_expanded_tails(
    n: int, skewed: bool
) -> None:
    values = np.random.default_rng(n).normal(size=n)
    values = np.exp(values) if skewed else values
    tail = ndtr(-math.sqrt(n / (n - 1)) * stdtrit(n - 1, 0.975))
    scipys = bootstrap(
        (values,),
        np.mean,
        method="BCa",
        n_resamples=RESAMPLES,
        confidence_level=1 - 2 * tail,
        rng=np.random.default_rng(0),
    ).confidence_interval
    interval = mean_interval(values)
    # a resample that is the sample itself in another order, 8! / 8^8 = 0.24 % of those of eight,
    # lies a rounding error above or below the mean for scipy, and is a tie for us
    assert (interval.low, interval.high) == pytest.approx(tuple(scipys), abs=1e-3 * np.ptp(values))
    assert interval.mean == pytest.approx(values.mean())


def test_the_tails_are_those_that_hesterberg_expands() -> None:
    # in mirrored pairs z0 and a are about 0, and the share of resampled means below the upper
    # bound of ten values is Phi(sqrt(10 / 9) 2.26216) = 0.99146
    half = np.sqrt([2.0, 3, 5, 7, 11])
    values = np.concatenate([-half, half])
    means = np.random.default_rng(7).choice(values, (200_000, 10)).mean(axis=1)
    interval = mean_interval(values)
    assert interval.high is not None
    assert np.mean(means <= interval.high) == pytest.approx(0.99146, abs=0.002)


def test_eight_normal_values_hold_their_mean_as_often_as_the_interval_says() -> None:
    samples = np.random.default_rng(8).normal(size=(1_000, 8))
    intervals = [mean_interval(sample) for sample in samples]
    held = [bool(each.low <= 0 <= each.high) for each in intervals if each.low and each.high]
    assert 0.93 <= sum(held) / 1_000 <= 0.97


@pytest.mark.parametrize("n", [2, 7, 8, 20])
def test_equal_values_have_no_interval(n: int) -> None:
    assert mean_interval([0.1] * n) == Interval(0.1, None, None)


@pytest.mark.parametrize("n", [BOOTSTRAP_FROM - 1, BOOTSTRAP_FROM, 20])
def test_the_same_values_have_the_same_interval(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    assert mean_interval(values) == mean_interval(values)


@pytest.mark.parametrize("n", [3, 8, 20])
def test_the_sign_turned_turns_the_interval_round(n: int) -> None:
    values = np.random.default_rng(n).exponential(size=n).round(1)  # with ties
    ahead, back = mean_interval(values), mean_interval(-values)
    assert back.low is not None
    assert back.high is not None
    assert (ahead.low, ahead.high) == pytest.approx((-back.high, -back.low))


@pytest.mark.parametrize("unit", [1e-200, 1e-3, 1e3, 1e200])
@pytest.mark.parametrize("n", [3, 8])
def test_the_interval_has_the_unit_of_its_values(n: int, unit: float) -> None:
    values = np.arange(n) ** 2.0
    one, other = mean_interval(values), mean_interval(values * unit)
    assert one.low is not None
    assert one.high is not None
    assert (other.low, other.high) == pytest.approx((one.low * unit, one.high * unit))


def test_skewed_values_have_a_skewed_interval() -> None:
    interval = mean_interval([0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    assert interval.low is not None
    assert interval.high is not None
    assert interval.high - interval.mean > 2 * (interval.mean - interval.low)


@pytest.mark.parametrize("values", [[], [0.9, math.nan, 0.9], [math.inf]])
def test_no_values_and_such_as_are_not_finite_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"no values|values must be finite"):
        mean_interval(values)


@pytest.mark.parametrize(
    ("p", "alone", "behind"),
    [
        (1.0, "1.000", "p = 1.000"),
        (0.6884, "0.688", "p = 0.688"),
        (0.0005, "0.001", "p = 0.001"),
        (0.00049, "<0.001", "p < 0.001"),
        (0.0, "<0.001", "p < 0.001"),
    ],
)
def test_a_p_value_is_written_to_three_decimals(p: float, alone: str, behind: str) -> None:
    assert (p_text(p), p_text(p, "p")) == (alone, behind)
