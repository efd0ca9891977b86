"""Verdicts and the seeds they need, against numbers printed in books, and their ends."""

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from mlpcli.stats.comparisons import holm, standings
from mlpcli.stats.differences import Difference, Scores, difference, paired, unpaired
from mlpcli.stats.verdicts import (
    MAX_SEEDS,
    Answer,
    Verdict,
    equivalence_p,
    seeds_needed,
    verdict,
)

CLEAR = Difference(
    n=5, mean=0.004, error=0.001 / math.sqrt(5), freedom=4, p=0.001,
    low=0.003, high=0.005, sd=0.001, p_better=1.0, paired=True,
)  # fmt: skip
VAGUE = Difference(
    n=5, mean=0.002, error=0.003 / math.sqrt(5), freedom=4, p=0.2,
    low=-0.001, high=0.005, sd=0.003, p_better=0.6, paired=True,
)  # fmt: skip
MARGIN = 0.001


def settings(k: int, n: int, lead: float = 0.0) -> list[Scores]:
    """Return k settings of n seeds, the second `lead` ahead of the others."""
    results = 0.97 + 0.001 * np.random.default_rng(k + n).normal(size=(k, n))
    results[1] += lead
    return [dict(enumerate(map(float, row))) for row in results]


# the example in the documentation of pingouin's holm
def test_holms_p_values_are_those_of_a_printed_example() -> None:
    adjusted = holm([0.50, 0.003, 0.32, 0.054, 0.0003])
    assert adjusted == pytest.approx([0.64, 0.012, 0.64, 0.162, 0.0015])


def test_holms_p_values_by_hand_never_fall_as_the_p_values_rise() -> None:
    # sorted 0.01 * 3, 0.02 * 2, 0.03 * 1: the last is lifted to 0.04
    assert holm([0.03, 0.01, 0.02]) == pytest.approx([0.04, 0.03, 0.04])


def test_holms_p_values_end_at_one() -> None:
    assert holm([0.6, 0.5, 0.9]) == [1.0, 1.0, 1.0]


def test_of_one_comparison_or_none_there_is_nothing_to_adjust() -> None:
    assert holm([0.03]) == [0.03]
    assert holm([]) == []


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_no_p_value(wrong: float) -> None:
    with pytest.raises(ValueError, match="p-values must be from 0 to 1"):
        holm([0.5, wrong])
    with pytest.raises(ValueError, match="a p-value must be from 0 to 1"):
        verdict(CLEAR, wrong)


# At 0.5 points the normal approximation (z_.975 + z_.8)^2 2 (0.12 / 0.5)^2 + z_.975^2 / 4 = 1.86
# asks for 2 seeds, of which Student's test has a power of 59 %; at 0.2 and 0.1 they agree.
@pytest.mark.parametrize(("points", "seeds"), [(0.5, 3), (0.2, 7), (0.1, 24)])
def test_seeds_a_setting_at_the_spread_that_was_measured(points: float, seeds: int) -> None:
    assert seeds_needed(0.12, points, paired=False) == seeds
    assert seeds_needed(0.12, -points, paired=False) == seeds


@pytest.mark.parametrize(
    ("sd", "distance", "power", "paired", "n"),
    [
        (1, 0.5, 0.80, False, 64),  # Cohen (1988), table 2.4.1
        (1, 0.8, 0.80, False, 26),
        (2.25, 0.75, 0.90, False, 191),  # R's power.t.test: 190.0991
        (
            10 * math.sqrt(2),
            10,
            0.85,
            True,
            20,
        ),  # Dalgaard, Introductory Statistics with R: 19.96892
        (5, 5, 0.80, True, 10),  # UCLA's example of G*Power
    ],
)
def test_seeds_needed_are_those_of_the_books(
    sd: float, distance: float, power: float, paired: bool, n: int
) -> None:
    assert seeds_needed(sd, distance, power, paired=paired) == n


def test_the_seeds_that_are_needed_have_the_power_and_one_fewer_has_not() -> None:
    rng = np.random.default_rng(0)
    needed = seeds_needed(1.0, 1.2, paired=True)
    assert needed == 8

    def found(n: int) -> float:
        t = (samples := rng.normal(1.2, 1.0, (40_000, n))).mean(axis=1) * math.sqrt(n)
        points = {7: 2.44691, 8: 2.36462}  # of 6 and 7 degrees of freedom
        return float(np.mean(t / samples.std(axis=1, ddof=1) > points[n]))

    assert found(7) < 0.8 < found(8)


def test_a_stricter_level_or_a_higher_power_asks_for_more_seeds() -> None:
    base = seeds_needed(1, 1, paired=True)
    assert base is not None
    assert (seeds_needed(1, 1, power=0.9, paired=True) or 0) > base
    assert (seeds_needed(1, 1, alpha=0.05 / 45, paired=True) or 0) > base


@pytest.mark.parametrize("paired", [True, False])
def test_no_difference_and_one_too_small_to_find_have_no_number_of_seeds(paired: bool) -> None:
    assert seeds_needed(0.1, 0.0, paired=paired) is None
    assert seeds_needed(0.1, 1e-300, paired=paired) is None
    assert seeds_needed(1e300, 1e-300, paired=paired) is None


def test_at_most_ten_thousand_seeds_are_advised() -> None:
    # (1.959964 + 0.841621)^2 / 10,000 = 0.028016^2, and a little more for Student's tails
    assert seeds_needed(1, 0.0280, paired=True) is None
    assert MAX_SEEDS - 20 < (seeds_needed(1, 0.02803, paired=True) or 0) <= MAX_SEEDS


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("sd", [1e-300, 1e-17, 1e-3])
def test_three_seeds_show_what_towers_over_the_spread(sd: float, paired: bool) -> None:
    assert seeds_needed(sd, 1.0, paired=paired) == 3


# 2 / 2^6 = 0.031, and 8 over 4 = 70 ways; Bonferroni's 45 comparisons: 2 / 2^11 < 0.05 / 45
def test_without_any_spread_the_number_of_seeds_is_all_there_is_to_go_by() -> None:
    assert seeds_needed(0.0, 0.02, paired=True) == 6
    assert seeds_needed(0.0, 0.02, paired=False) == 4
    assert seeds_needed(0.0, 0.02, alpha=0.05 / 45, paired=True) == 11


def test_seeds_that_differ_alike_say_nothing_until_there_is_enough_of_them() -> None:
    apart = paired([0.9802] * 3, [0.98] * 3)  # by the sign test 1 / 2^3 = 0.125 of one side
    assert verdict(apart, apart.p, margin=MARGIN) == Verdict(Answer.UNDECIDED, 6, 6, MARGIN)
    assert equivalence_p(paired([0.9802] * 5, [0.98] * 5), MARGIN) == 1 / 32
    assert equivalence_p(paired([0.9802] * 5, [0.98] * 5), 0.0001) == 1


@pytest.mark.parametrize(
    ("sd", "distance", "power"),
    [(-1, 1, 0.8), (math.nan, 1, 0.8), (1, math.inf, 0.8), (1, math.nan, 0.8), (1, 1, 1)],
)
def test_seeds_cannot_be_planned_from_what_is_no_number(
    sd: float, distance: float, power: float
) -> None:
    with pytest.raises(ValueError, match="not to be planned"):
        seeds_needed(sd, distance, power, paired=True)


def test_below_the_level_the_sign_says_better_or_worse() -> None:
    assert verdict(CLEAR, 0.0499) == Verdict(Answer.BETTER)
    assert verdict(replace(CLEAR, mean=-0.004), 0.0499) == Verdict(Answer.WORSE)


def test_at_the_level_nothing_is_decided() -> None:
    assert verdict(CLEAR, 0.05).answer is Answer.UNDECIDED
    assert verdict(VAGUE, 0.2, p_equivalent=0.05).answer is Answer.UNDECIDED
    assert verdict(VAGUE, 0.2, p_equivalent=0.0499) == Verdict(Answer.EQUIVALENT)


# TOST by hand: d = 1, 2, 3, 4, 5 (x 1e-4), mean 3, sd 1.5811, error 0.70711: t = (5 - 3) / 0.70711
# = 2.8284 at 4 degrees of freedom, whose one-sided 0.05 and 0.025 points are 2.132 and 2.776
def test_equivalence_is_two_one_sided_tests() -> None:
    apart = paired([0.9 + i * 1e-4 for i in range(1, 6)], [0.9] * 5)
    assert 0.02 < equivalence_p(apart, 5e-4) < 0.025
    assert equivalence_p(apart, 4.5e-4) > 0.05  # (4.5 - 3) / 0.70711 = 2.1213
    assert equivalence_p(apart, 3e-4) == pytest.approx(0.5)
    assert equivalence_p(replace(apart, mean=-apart.mean), 5e-4) == equivalence_p(apart, 5e-4)


def test_beyond_chance_and_within_the_margin_is_equivalent() -> None:
    assert verdict(CLEAR, 0.001, margin=0.006) == Verdict(Answer.EQUIVALENT)
    # the margin of 4.5 e-3 is 1.1 errors above the mean: better, maybe by more than the margin
    assert verdict(CLEAR, 0.001, margin=0.0045) == Verdict(Answer.BETTER)


@pytest.mark.parametrize("margin", [-0.1, math.nan, math.inf])
def test_what_is_no_amount_is_no_margin(margin: float) -> None:
    with pytest.raises(ValueError, match="a margin must be a number from 0 on"):
        verdict(CLEAR, 0.2, margin=margin)


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_than_three_seeds_are_too_few_however_small_p_is(n: int) -> None:
    assert verdict(replace(CLEAR, n=n), 0.0) == Verdict(Answer.TOO_FEW_SEEDS, 3, 3)
    assert verdict(paired([0.98] * n, [0.96] * n), 0.0).answer is Answer.TOO_FEW_SEEDS


# chi^2 of 4 degrees of freedom: 10 % below 1.0636, 10 % above 7.7794
def test_the_seeds_are_those_of_the_least_and_of_the_largest_likely_spread() -> None:
    least, most = (0.003 * math.sqrt(4 / chi) for chi in (7.7794, 1.0636))
    for pairs in (True, False):
        needed = [seeds_needed(sd, 0.002, paired=pairs) for sd in (least, most)]
        said = verdict(replace(VAGUE, paired=pairs), 0.2, margin=MARGIN)
        assert said == Verdict(Answer.UNDECIDED, *needed, 0.002)


def test_a_mean_within_the_margin_asks_for_the_seeds_of_the_margin() -> None:
    said = verdict(replace(VAGUE, mean=-0.00001), 0.9, margin=MARGIN)
    of_margin = verdict(replace(VAGUE, mean=MARGIN), 0.9, margin=MARGIN)
    assert said == of_margin
    assert said.detects == MARGIN


def test_seeds_beyond_what_a_command_trains_are_no_number() -> None:
    said = verdict(replace(VAGUE, mean=0.00006), 0.9)
    assert (said.seeds_low, said.seeds_high) == (MAX_SEEDS, None)


def test_settings_that_never_differ_are_equivalent() -> None:
    same = [0.97, 0.98, 0.96]
    assert verdict(paired(same, same), 1.0) == Verdict(Answer.EQUIVALENT)
    assert verdict(unpaired([0.1] * 3, [0.1] * 4), 1.0) == Verdict(Answer.EQUIVALENT)


def test_more_comparisons_ask_for_more_seeds() -> None:
    said = [verdict(VAGUE, 0.2, comparisons) for comparisons in (1, 3, 45)]
    for seeds in ([each.seeds_low or 0 for each in said], [each.seeds_high or 0 for each in said]):
        assert seeds == sorted(set(seeds))


# differences 0, 2, 4, ... of 10 seeds (x 1e-4), mean 9 and error 1.91: far inside 16, (16 - 9) /
# 1.91 = 3.66, p = 0.0026; times two others 0.0052, and times thirty 0.078
def test_equivalence_is_adjusted_for_the_number_of_others() -> None:
    best: Scores = {i: 0.9 + i * 2e-4 for i in range(10)}
    other: Scores = dict.fromkeys(range(10), 0.9)
    few, many = (standings([best, *[other] * k], 0, margin=0.0016) for k in (2, 30))
    assert few.rows[1] is not None
    assert few.rows[1].p_equivalent == pytest.approx(2 * 0.0026, rel=0.03)
    assert few.rows[1].verdict.answer is Answer.EQUIVALENT
    assert (few.equivalent, few.tied, many.equivalent) == (2, 2, 0)


def test_the_reference_is_the_setting_whose_mean_is_best() -> None:
    found = standings(settings(4, 5, lead=0.01))
    assert found.reference == 1
    assert [row is None for row in found.rows] == [False, True, False, False]
    answers = [row.verdict.answer for row in found.rows if row]
    assert answers == [Answer.WORSE] * 3


def test_each_row_is_the_setting_less_the_reference() -> None:
    given = settings(3, 5)
    found = standings(given, reference=2)
    assert found.reference == 2
    for row, each in zip(found.rows[:2], given, strict=False):
        assert row is not None
        assert row.difference == difference(each, given[2])


def test_a_named_reference_is_corrected_for_its_own_comparisons() -> None:
    given = settings(4, 5, lead=0.001)
    rows = [row for row in standings(given, reference=1).rows if row]
    assert [row.p_adjusted for row in rows] == holm([row.difference.p for row in rows])


def test_the_best_by_the_data_is_corrected_for_all_pairs() -> None:
    given = settings(4, 5, lead=0.001)
    pairs = list(combinations(range(4), 2))
    adjusted = dict(
        zip(pairs, holm([difference(given[i], given[j]).p for i, j in pairs]), strict=True)
    )
    found = standings(given)
    expected = [adjusted[min(i, 1), max(i, 1)] for i in (0, 2, 3)]
    assert found.reference == 1
    assert [row.p_adjusted for row in found.rows if row] == expected


def test_equal_settings_are_seldom_called_worse_than_the_best_of_them() -> None:
    rng = np.random.default_rng(5)

    def alarm() -> bool:
        given = [dict(enumerate(map(float, row))) for row in rng.normal(size=(5, 5))]
        rows = standings(given).rows
        return any(row.verdict.answer is Answer.WORSE for row in rows if row)

    assert sum(alarm() for _ in range(300)) / 300 <= 0.07


def test_a_lucky_single_seed_is_neither_best_nor_tested() -> None:
    given = [*settings(2, 5), {0: 1.0}]
    found = standings(given)
    assert found.reference != 2
    assert found.rows[2] is not None
    assert found.rows[2].verdict == Verdict(Answer.TOO_FEW_SEEDS, 3, 3)
    others = standings(given[:2])
    assert found.rows[:2] == others.rows


def test_a_reference_of_too_few_seeds_leaves_all_without_a_verdict() -> None:
    found = standings([*settings(2, 5), {0: 1.0}], reference=2)
    answers = [row.verdict.answer for row in found.rows if row]
    assert answers == [Answer.TOO_FEW_SEEDS] * 2


def test_settings_of_one_seed_are_ordered_but_not_judged() -> None:
    found = standings([{0: 0.9}, {0: 0.95}, {0: 0.8}])
    assert found.reference == 1
    assert {row.verdict.answer for row in found.rows if row} == {Answer.TOO_FEW_SEEDS}


def test_one_setting_has_nothing_beside_it() -> None:
    assert standings([{0: 0.9, 1: 0.91, 2: 0.92}]).rows == (None,)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        standings([])
    with pytest.raises(ValueError, match="no values"):
        standings([{0: 0.9, 1: 0.91, 2: 0.92}, {}])
    with pytest.raises(ValueError, match="values must be finite"):
        standings([{0: 0.9, 1: math.nan, 2: 0.92}])
    with pytest.raises(IndexError):
        standings([{0: 0.9}], reference=1)
