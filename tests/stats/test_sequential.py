"""Looks after every seed: intervals by hand and by the integral they come from, and their ends."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import nct, norm, t

from mlpcli.stats.sequential import Look, anytime_half_width, least_seeds, look

RISING = [1.0, 2.0, 3.0, 4.0, 5.0]  # mean 3, sd sqrt(2.5), standard error sqrt(1/2)


def beside(differences: list[float], margin: float = 0.0, comparisons: int = 1) -> Look:
    """Look at a setting that differs by so much in each seed from one whose results are all 0.5."""
    b = dict.fromkeys(range(len(differences)), 0.5)
    a = {seed: 0.5 + d for seed, d in enumerate(differences)}
    return look(a, b, margin, comparisons)


def test_the_interval_of_five_differences_is_that_by_hand() -> None:
    # c = (sqrt(6) / 0.05)^(2/5) = 4.7429; sqrt(1/2) * sqrt(4 * 3.7429 / (1 - 4.7429 / 6)) = 5.977
    assert anytime_half_width(RISING, 0.05) == pytest.approx(5.977, abs=2e-3)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_at_its_bounds_the_likelihood_ratio_of_t_is_one_over_alpha(alpha: float) -> None:
    d = [0.3, -0.1, 0.4, 0.2, 0.1, 0.5, -0.2, 0.3]
    half = anytime_half_width(d, alpha)
    assert half is not None
    n = len(d)
    at_bound = half / (np.std(d, ddof=1) / math.sqrt(n))
    mixed, _ = quad(
        lambda effect: nct.pdf(at_bound, n - 1, math.sqrt(n) * effect) * norm.pdf(effect), -8, 8
    )
    assert mixed / t.pdf(at_bound, n - 1) == pytest.approx(1 / alpha, rel=1e-4)


def test_five_seeds_have_an_interval_and_four_none() -> None:
    assert least_seeds() == 5
    assert anytime_half_width(RISING[:4], 0.05) is None
    four = beside([0.1, 0.1001, 0.1002, 0.1003])
    assert (four.low, four.high, four.answer) == (None, None, "undecided")


def test_a_clear_lead_is_better_and_its_reverse_worse() -> None:
    clear = [0.030, 0.031, 0.029, 0.032, 0.028]
    found = beside(clear)
    assert found.answer == "better"
    assert found.low is not None
    assert 0 < found.low < found.mean == pytest.approx(0.03)
    assert beside([-d for d in clear]).answer == "worse"


def test_an_interval_within_the_margin_is_equivalent_and_beyond_it_undecided() -> None:
    near = [0.001, -0.001, 0.002, -0.002, 0.0, 0.001, -0.001]
    found = beside(near, margin=0.01)
    assert found.answer == "equivalent"
    assert found.high is not None
    assert beside(near, margin=0.9 * found.high).answer == "undecided"


def test_of_three_comparisons_each_has_the_interval_of_a_third_of_the_alarms() -> None:
    d = [0.3, -0.1, 0.4, 0.2, 0.1, 0.5, -0.2, 0.3]
    found, half = beside(d, comparisons=3), anytime_half_width(d, 0.05 / 3)
    assert half is not None
    assert found.high == pytest.approx(found.mean + half)


def test_seeds_of_one_setting_alone_do_not_count() -> None:
    a, b = {seed: 0.5 + d for seed, d in enumerate(RISING)}, dict.fromkeys(range(1, 9), 0.5)
    assert look(a, b, 0.0).n == 4
    assert look(a, b, 0.0).mean == pytest.approx(3.5)


@pytest.mark.parametrize(
    ("difference", "answer"), [(0.01, "better"), (-0.01, "worse"), (0.0, "equivalent")]
)
def test_differences_that_are_all_the_same_are_believed_from_seven_seeds_on(
    difference: float, answer: str
) -> None:
    assert beside([difference] * 6).answer == "undecided"
    assert beside([difference] * 7) == Look(7, pytest.approx(difference), None, None, answer)
    assert beside([difference] * 7, comparisons=2).answer == "undecided"  # 26.8 is below 40


def test_equal_settings_looked_at_after_every_seed_are_told_apart_in_five_percent_at_most() -> None:
    rng = np.random.default_rng(0)
    alarms = 0
    for d in rng.normal(size=(300, 20)):
        alarms += any(beside([*d[:n]]).answer != "undecided" for n in range(5, 21))
    assert alarms <= 0.05 * 300


def test_ten_thousand_seeds_of_one_side_are_no_overflow() -> None:
    assert beside([0.01] * 10_000).answer == "better"
