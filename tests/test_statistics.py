"""Wilson's interval against numbers worked elsewhere, and its ends."""

from statistics import NormalDist

import pytest

from mlpcli.statistics import Z95, wilson_interval


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
