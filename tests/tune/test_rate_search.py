"""The search for a learning rate: which rates are tried, for how long, and which is chosen."""

import math
from collections.abc import Callable, Sequence

import pytest

from mlpcli.config.schema import Config
from mlpcli.tune.choosing import (
    FAILED,
    READ_OFF,
    Judge,
    choose,
    crossing,
    drift_of,
    middle,
    smoothed,
    top,
    two_digits,
)
from mlpcli.tune.plan import COARSE_RATES, Plan, plan_search, scaled_schedule
from mlpcli.tune.rate_search import (
    COARSE,
    LOWEST,
    around_best,
    beyond_edge,
    beyond_interval,
    coarse_search,
    fine_search,
    first_rates,
    further_rates,
    search,
)
from mlpcli.tune.records import Candidate

HIGHEST = LOWEST * COARSE ** (COARSE_RATES - 1)
WHOLE = Plan(run=100, coarse=50, fine=100, rounds=2)
SHORT = Plan(run=6_400, coarse=50, fine=100, rounds=2)
JUDGE = Judge(learned=0.2, examples=10_000, drift=0.1)
NONE = "layers: 2\nwidth: 8\nlearning_rate: 0.1\nsteps: 1000\nbatch_size: 8\n"


def candidates_of(*values: float | None) -> list[Candidate]:
    """Coarse candidates from LOWEST on, with one seed each."""
    return [Candidate(LOWEST * COARSE**i, (value,)) for i, value in enumerate(values)]


def fine_of(*values: float, seeds: int = 1) -> list[Candidate]:
    """Candidates at 1, 2, 4, 8 ..."""
    return [Candidate(2.0**i, (value,) * seeds) for i, value in enumerate(values)]


class Trainer:
    """Trains nothing: a score falls with the distance in octaves from the best rate."""

    def __init__(
        self, best: float, slope: float = 0.01, learns_from: int = 0, luck: float = 0.0
    ) -> None:
        self.best, self.slope, self.learns_from = best, slope, learns_from
        self.luck = luck  # of the first seed
        self.asked: list[tuple[Sequence[float], int, int]] = []

    def __call__(self, rates: Sequence[float], seed: int, steps: int) -> list[float | None]:
        self.asked.append((rates, seed, steps))
        luck = 0.0 if seed else self.luck
        return [self._score(rate, luck) if steps >= self.learns_from else 0.1 for rate in rates]

    def _score(self, rate: float, luck: float) -> float | None:
        octaves = math.log2(rate / self.best)
        return 0.8 + luck - self.slope * octaves**2 if octaves < 4 else None


def test_a_candidates_value_and_error_are_the_mean_and_its_standard_error() -> None:
    candidate = Candidate(0.1, (0.80, 0.86))
    assert candidate.value == pytest.approx(0.83)
    assert candidate.error == pytest.approx(0.03)  # sd 0.03 sqrt 2, over sqrt 2
    assert Candidate(0.1, (0.8,)).error is None


def test_a_seed_that_diverged_counts_as_nothing_right() -> None:
    assert Candidate(0.1, (0.8, None)).value == pytest.approx(0.4)
    assert Candidate(0.1, (None, None)).diverged == 2


@pytest.mark.parametrize(
    ("keys", "coarse", "fine", "rounds"),
    [
        (("layers=3", "width=500", "steps=5000", "batch_size=100"), 52, 123, 2),
        (("layers=3", "width=500", "steps=50", "batch_size=100"), 50, 50, 4),
        (("layers=2", "width=16", "steps=1", "batch_size=8"), 1, 1, 4),
    ],
)
def test_trainings_are_as_long_as_the_time_allows_and_no_longer_than_the_run(
    keys: tuple[str, ...], coarse: int, fine: int, rounds: int, load: Callable[..., Config]
) -> None:
    plan = plan_search(load(NONE, *keys))
    assert (plan.coarse, plan.fine, plan.rounds) == (coarse, fine, rounds)


def test_wide_networks_take_no_more_steps_than_their_share_of_a_runs(
    load: Callable[..., Config],
) -> None:
    wide = plan_search(load(NONE, "layers=3", "width=2000", "steps=5000", "batch_size=512"))
    assert 8 * wide.coarse + 4 * wide.rounds * wide.fine <= 0.28 * 5_000


def test_a_shorter_training_has_the_same_share_of_warm_up(load: Callable[..., Config]) -> None:
    config = load(NONE, "warmup_steps=200")
    assert scaled_schedule(config, 100) == {"steps": 100, "warmup_steps": 20}


def test_a_best_with_worse_on_both_sides_needs_no_further_rates() -> None:
    assert further_rates(candidates_of(0.1, 0.2, 0.5, 0.8, 0.9, 0.8, None, None), 0.2) == []


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ((0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8), HIGHEST * 5, HIGHEST * 5**8),
        ((0.8, 0.7, 0.6, 0.1, None, None, None, None), LOWEST / 5**8, LOWEST / 5),
        ((None,) * 8, LOWEST / 5**8, LOWEST / 5),
        # nothing learned: up where even the highest is sound, down where it is not
        ((0.1, 0.1, 0.11, 0.12, 0.1, 0.1, 0.1, 0.1), HIGHEST * 5, HIGHEST * 5**8),
        ((0.1, 0.1, 0.11, 0.12, 0.1, 0.1, None, None), LOWEST / 5**8, LOWEST / 5),
    ],
)
def test_a_best_on_an_edge_extends_the_coarse_search_beyond_it(
    values: tuple[float | None, ...], first: float, last: float
) -> None:
    rates = further_rates(candidates_of(*values), 0.2)
    assert (rates[0], rates[-1]) == (pytest.approx(first), pytest.approx(last))
    assert rates == sorted(rates)
    assert len(rates) == COARSE_RATES


def test_where_nothing_is_learned_the_coarse_trainings_grow_longer_first() -> None:
    train = Trainer(0.01, learns_from=100)
    found = coarse_search(Plan(run=800, coarse=20, fine=400, rounds=2), JUDGE, train)
    assert [steps for _, _, steps in train.asked] == [20, 80, 320]
    assert {each.steps for each in found} == {320}
    assert [each.rate for each in found] == first_rates()


def test_the_fine_search_surrounds_the_start_and_repeats_it_with_another_seed() -> None:
    train = Trainer(best=0.1)
    found = fine_search(WHOLE, 0.1, train)
    assert [seed for _, seed, _ in train.asked] == [0, 1]
    rates = train.asked[0][0]
    assert math.prod(rates) ** 0.25 == pytest.approx(0.1)
    assert rates[1] / rates[0] == pytest.approx(2)
    assert [each.rate for each in found] == rates
    assert all(len(each.scores) == 2 for each in found)


def test_the_fine_search_goes_on_beyond_an_edge_that_is_best() -> None:
    train = Trainer(best=1.0)
    found = fine_search(WHOLE, 0.1, train)
    first, beyond = train.asked[0][0], train.asked[1][0]
    assert beyond[0] == pytest.approx(2 * first[-1])
    assert [seed for _, seed, _ in train.asked] == [0, 0]  # both planned rounds are taken
    assert len(found) == 8


def test_rounds_that_are_left_look_for_the_end_of_the_interval_and_then_take_more_seeds() -> None:
    train = Trainer(best=0.1, slope=0.002)  # 0.0045 are lost 1.5 octaves from it
    plan = Plan(run=100, coarse=50, fine=100, rounds=4)
    fine_search(plan, 0.1, train)
    first = train.asked[0][0]
    assert train.asked[2][0][-1] == pytest.approx(first[0] / 2)
    assert train.asked[3][0][0] == pytest.approx(first[-1] * 2)
    train = Trainer(best=0.1, slope=0.02)  # 0.045
    fine_search(plan, 0.1, train)
    assert [seed for _, seed, _ in train.asked] == [0, 1, 2, 3]


def test_rates_that_the_lucky_seed_alone_has_seen_get_no_third() -> None:
    # 0.0086 are lost at the lowest rate, inside the interval, and 0.0194 at the highest
    train = Trainer(best=0.1 * 2**-0.3, slope=0.006, luck=0.08)
    fine_search(Plan(run=100, coarse=50, fine=100, rounds=4), 0.1, train)
    (first, *_), (second, *_), (beyond, *_), (third, seed, _) = train.asked
    assert beyond[-1] < first[0]  # whose one score is above the means of two
    assert (second, third, seed) == (first, first, 2)


def test_rates_beyond_are_those_next_to_an_edge_that_is_best_or_in_the_interval() -> None:
    peak = fine_of(0.80, 0.85, 0.90, 0.85)
    assert beyond_edge(peak) == beyond_interval(peak) == []
    assert beyond_edge(fine_of(0.9, 0.8, 0.8, 0.8)) == [1 / 16, 1 / 8, 1 / 4, 1 / 2]
    assert beyond_edge(fine_of(0.7, 0.8, 0.8, 0.9)) == [16, 32, 64, 128]
    assert beyond_interval(fine_of(0.7, 0.8, 0.9, 0.9)) == [16, 32, 64, 128]


def test_a_second_seed_is_for_the_rates_around_the_best() -> None:
    assert around_best(fine_of(0.1, 0.2, 0.8, 0.9, 0.85, 0.1)) == [4, 8, 16, 32]
    assert around_best(fine_of(0.1, 0.2, 0.85, 0.9, 0.8, 0.1)) == [2, 4, 8, 16]
    assert around_best(fine_of(0.9, 0.8, 0.7, 0.6, 0.5)) == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0.8, 0.9, 0.8), 1.0),
        # p = 0.1 and q = 0.3 below, h = k = ln 10: (0.1 - 0.3) / (2 (0.1 + 0.3)) = 1/4 to the left
        ((0.8, 0.9, 0.6), 10**-0.25),
        ((0.7, 0.8, 0.9), 10.0),  # the best has one neighbor alone
        ((0.9, 0.9, 0.9), 0.1),
    ],
)
def test_the_top_is_that_of_the_parabola_in_the_logarithm_of_the_rate(
    values: tuple[float, ...], expected: float
) -> None:
    candidates = [Candidate(rate, (v,)) for rate, v in zip((0.1, 1.0, 10.0), values, strict=True)]
    assert top(candidates) == pytest.approx(expected)


def test_of_rates_that_are_equally_good_the_middle_one_is_the_best() -> None:
    # the standard error of 0.9 of 10,000 examples is 0.003, of which half counts
    assert middle(fine_of(0.8, 0.8990, 0.9, 0.8990, 0.8990), JUDGE) == pytest.approx(2**2.5)
    # by two seeds it is 0.003 / sqrt 2, and half of it 0.00106
    assert middle(fine_of(0.8, 0.8990, 0.9, 0.8988, seeds=2), JUDGE) == pytest.approx(2**1.5)
    # p = 0.05 and q = 0.03 below: 0.02 / (2 x 0.08) = 1/8 of an octave up
    assert middle(fine_of(0.85, 0.9, 0.87), JUDGE) == pytest.approx(2**1.125)


def test_the_error_of_r_squared_is_that_of_a_mean_square() -> None:
    assert Judge(0.05, 50, of_values=True).error(0.6) == pytest.approx(0.4 * math.sqrt(2 / 50))


def test_a_rate_next_to_one_that_fails_is_worth_less_than_it_seems() -> None:
    found = [each.value for each in smoothed(fine_of(0.8, 0.88, 0.9, 0.0))]
    # what fails counts as FAILED below the best: (0.88 + 2 x 0.9 + 0.8) / 4
    assert FAILED == 0.1
    assert found == pytest.approx([0.82, 0.865, 0.87, 0.825])


def test_the_best_rate_falls_with_the_length_of_a_run_the_more_the_smaller_its_batches(
    load: Callable[..., Config],
) -> None:
    drifts = [drift_of(load(NONE, f"batch_size={n}")) for n in (1, 8, 64, 1024)]
    assert drifts == pytest.approx([0.4, 0.25, 0.1, 0.1])
    assert drift_of(load(NONE, "decay=cosine")) == 0.05


def test_the_choice_is_for_the_runs_length() -> None:
    fine = fine_of(0.80, 0.86, 0.90, 0.86, 0.80)
    coarse = [Candidate(rate, (0.5,), 50) for rate in (0.01, 100.0)]
    assert choose(WHOLE, JUDGE, coarse, fine).best == 4
    # 64 times as many steps: 64 ** -0.1 = 2 ** -0.6 times the rate
    assert choose(SHORT, JUDGE, coarse, fine).best == two_digits(4 * 2**-0.6)


def test_the_interval_ends_where_the_score_has_fallen_so_far() -> None:
    fine = fine_of(0.86, 0.90, 0.885, 0.80)
    assert READ_OFF == {-1: 0.02, 1: 0.015}
    # down half way from 0.90 to 0.86 and up all the way to 0.885
    assert crossing(fine, -1) == (pytest.approx(2**0.5), False)
    assert crossing(fine, 1) == (pytest.approx(4.0), False)
    assert crossing(fine[1:], -1) == (2.0, True)
    choice = choose(WHOLE, JUDGE, [Candidate(0.1, (0.5,), 50), Candidate(9.0, (0.6,), 50)], fine)
    assert (choice.low, choice.high) == (1.4, 4.0)


def test_the_interval_has_the_rates_that_lose_no_more_than_the_seeds_of_the_best_differ() -> None:
    # 0.85 with a standard error of 0.05: half way from 0.82 to 0.78
    scores = (0.8, 0.9), (0.82, 0.82), (0.78, 0.78)
    seeds = [Candidate(2.0**i, each) for i, each in enumerate(scores)]
    assert crossing(seeds, 1) == (pytest.approx(2**1.5), False)


def test_where_the_fine_rates_do_not_reach_the_coarse_ones_tell_the_end_of_the_interval() -> None:
    fine = fine_of(0.895, 0.90, 0.895, 0.70)
    coarse = [Candidate(rate, (v,), 50) for rate, v in ((0.25, 0.46), (1.0, 0.5), (4.0, 0.4))]
    # half way from 0.5 to 0.46 at 50 steps, and for twice as many 2 ** -0.3 times that
    assert choose(WHOLE, JUDGE, coarse, fine).low == two_digits(0.5 * 2**-0.3)


def test_a_best_that_stays_on_the_edge_is_told() -> None:
    coarse = candidates_of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    fine = [Candidate(HIGHEST * f, (0.8, 0.8 + f / 100)) for f in (0.5, 1.5, 2.0)]
    assert choose(WHOLE, JUDGE, coarse, fine).edge == "highest"


def test_the_search_finds_the_rate_by_trainings_of_the_planned_lengths() -> None:
    train = Trainer(best=0.03)
    choice = search(WHOLE, JUDGE, train)
    assert choice.learns
    assert choice.best == pytest.approx(0.03, rel=0.1)
    assert [steps for _, _, steps in train.asked] == [50, 100, 100]
    # 0.015 are lost sqrt 1.5 octaves from it, and 0.02 sqrt 2
    assert choice.high == pytest.approx(0.03 * 2**1.22, rel=0.1)
    assert choice.low == pytest.approx(0.03 / 2**1.41, rel=0.1)


def test_a_search_without_anything_learned_chooses_nothing() -> None:
    choice = search(WHOLE, JUDGE, Trainer(best=0.03, learns_from=1_000))
    assert not choice.learns
    assert {each.steps for each in choice.candidates} == {100}
