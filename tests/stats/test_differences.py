"""Differences of settings against numbers printed in books, and their ends."""

import math
from dataclasses import replace

import pytest
from scipy.stats import ttest_ind, ttest_rel

from mlpcli.stats.differences import Difference, Scores, difference, mean_test, paired, unpaired
from mlpcli.stats.intervals import mean_interval

# Student (1908): hours of sleep that ten patients gained by each of two drugs
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def setting(*results: float, seed: int = 0) -> Scores:
    """Return a setting whose first seed is `seed`."""
    return dict(enumerate(results, start=seed))


def test_students_drugs_paired_differ_as_he_found() -> None:
    found = paired(SECOND, FIRST)
    assert found.n == 10
    assert found.mean == pytest.approx(1.58)
    assert found.sd is not None
    assert found.mean / (found.sd / math.sqrt(10)) == pytest.approx(4.0621, abs=1e-4)
    assert found.p == pytest.approx(0.002833, abs=1e-6)
    assert found.p_better == 0.95  # nine patients slept longer, and one as long
    assert found.paired


# t.test(extra ~ group, data = sleep), as R's books print it
def test_students_drugs_unpaired_have_welchs_p_and_interval() -> None:
    found = unpaired(FIRST, SECOND)
    assert found.mean == pytest.approx(-1.58)
    assert found.p == pytest.approx(0.07939, abs=1e-5)
    assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)
    assert not found.paired


@pytest.mark.parametrize("n", [2, 3, 7, 8, 10])
def test_the_p_values_are_scipys(n: int) -> None:
    assert paired(FIRST[:n], SECOND[:n]).p == pytest.approx(ttest_rel(FIRST[:n], SECOND[:n]).pvalue)
    welch = ttest_ind(FIRST[:n], SECOND, equal_var=False).pvalue
    assert unpaired(FIRST[:n], SECOND).p == pytest.approx(welch)


@pytest.mark.parametrize("n", [3, 10])
def test_the_interval_of_pairs_is_that_of_their_differences(n: int) -> None:
    found = paired(SECOND[:n], FIRST[:n])
    expected = mean_interval([b - a for a, b in zip(FIRST[:n], SECOND[:n], strict=True)])
    assert (found.mean, found.low, found.high) == pytest.approx(
        (expected.mean, expected.low, expected.high)
    )


def test_a_and_b_exchanged_turn_the_difference_round() -> None:
    for compare in (paired, unpaired):
        ahead, back = compare(FIRST, SECOND), compare(SECOND, FIRST)
        assert (ahead.mean, ahead.p, ahead.sd) == pytest.approx((-back.mean, back.p, back.sd))
        assert ahead.low == pytest.approx(-(back.high or 0))
        assert ahead.p_better == pytest.approx(1 - back.p_better)


def test_noise_that_seeds_bring_to_both_cancels_in_pairs_alone() -> None:
    a, b = [0.91, 0.95, 0.99], [0.90, 0.93, 0.98]
    assert paired(a, b).p == pytest.approx(0.0572, abs=1e-4)  # t = 4 of 2 degrees of freedom
    assert unpaired(a, b).p > 0.6


def test_equal_results_differ_by_nothing() -> None:
    a = [0.97, 0.98, 0.99]
    assert paired(a, a) == Difference(
        n=3, mean=0.0, error=None, freedom=None, p=1.0,
        low=None, high=None, sd=0.0, p_better=0.5, paired=True,
    )  # fmt: skip
    assert unpaired([0.98] * 3, [0.98] * 4) == replace(paired(a, a), paired=False)


# 0.98 - 0.96 and 0.97 - 0.95 are two numbers for a computer
def test_differences_that_are_equal_but_for_rounding_have_the_sign_tests_p() -> None:
    found = paired([0.98, 0.97, 0.96], [0.96, 0.95, 0.94])
    assert (found.p, found.sd, found.p_better) == (2 / 8, 0.0, 1.0)  # 3 heads or 3 tails of 8 ways
    assert (found.low, found.high) == (None, None)
    assert found.mean == pytest.approx(0.02)
    assert paired([0.98] * 6, [0.96] * 6).p == 2 / 64


def test_unpaired_results_without_spread_have_the_permutation_tests_p() -> None:
    found = unpaired([0.98] * 3, [0.96] * 3)
    assert (found.p, found.sd) == (2 / 20, 0.0)  # 6 over 3 ways to part them
    assert (found.low, found.high) == (None, None)
    assert found.mean == pytest.approx(0.02)


def test_one_seed_has_a_mean_alone() -> None:
    for found in (paired([0.5], [0.25]), unpaired([0.5], [0.25])):
        assert (found.n, found.mean, found.low, found.high) == (1, 0.25, None, None)
        assert (found.sd, found.p, found.p_better) == (None, 1.0, 1.0)


def test_unpaired_seeds_are_those_of_the_setting_that_has_fewer() -> None:
    found = unpaired([1, 2, 3, 4], [1, 3])
    assert found.n == 2
    # sd^2 is 5/3 and 2; of the eight pairs a is above in 3 + 1, and equal in 2
    assert found.sd == pytest.approx(math.sqrt((5 / 3 + 2) / 2))
    assert found.p_better == 5 / 8


def test_settings_are_paired_by_their_seeds_in_whatever_order_they_come() -> None:
    a = {2: 0.99, 0: 0.91, 1: 0.95, 7: 0.5}
    b = {0: 0.90, 1: 0.93, 2: 0.98, 9: 0.1}
    assert difference(a, b) == paired([0.91, 0.95, 0.99], [0.90, 0.93, 0.98])


@pytest.mark.parametrize(
    ("a", "b", "pairs"),
    [
        (setting(1, 2, 4), setting(1, 3, 3), 3),
        (setting(1, 2, 4, 6), setting(1, 3, 3, 9, seed=1), 3),
        (setting(1, 2, 4, 6), setting(1, 3, 3, 9, seed=2), 0),  # two of four are shared
        (setting(1, 2, 4, 6), setting(1, 3, seed=2), 2),  # all that b has
        (setting(1, 2, 4), setting(1, 3, 3, seed=3), 0),
        (setting(1), setting(1), 1),
        (setting(1), setting(1, seed=1), 0),
    ],
)
def test_settings_are_paired_where_three_seeds_or_all_of_one_are_shared(
    a: Scores, b: Scores, pairs: int
) -> None:
    found = difference(a, b)
    assert found.paired == bool(pairs)
    assert found.n == (pairs or min(len(a), len(b)))
    assert mean_test(a, b).p == found.p


def test_unequal_lengths_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="pairs need equal lengths: 1 and 2 values"):
        paired([1], [1, 2])


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_results_that_are_not_finite_are_refused(wrong: float) -> None:
    for compare in (paired, unpaired):
        with pytest.raises(ValueError, match="values must be finite"):
            compare([1, 2, 3], [1, wrong, 3])


def test_no_seeds_are_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        difference({}, {})
    with pytest.raises(ValueError, match="no values"):
        paired([], [])
