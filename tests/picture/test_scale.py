"""Scales: where values stand, and which numbers stand beside them."""

import pytest

from mlpcli.picture.figures import Axis
from mlpcli.picture.scale import round_numbers, scale_of, written

STEP = Axis("step")


def ticks(axis: Axis, *values: float) -> list[str]:
    return [text for _, text in scale_of(axis, values, 0, 300).ticks]


def test_a_range_of_decades_is_marked_by_powers_of_ten() -> None:
    assert "0.01" in ticks(Axis("", log=True), 1e-4, 10)
    assert "20" not in ticks(Axis("", log=True), 1e-4, 100)


def test_a_range_within_a_decade_has_numbers_between() -> None:
    assert ticks(Axis("", log=True), 0.9, 6) == ["1", "2", "5"]


def test_a_range_of_many_decades_has_a_few_numbers() -> None:
    assert 2 <= len(ticks(Axis("", log=True), 1e-30, 1e30)) <= 6


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_what_is_not_above_zero_has_no_place_on_a_logarithmic_scale(low: float) -> None:
    scale = scale_of(Axis("", log=True), [low, 1.0, 10.0], 0, 100)
    assert 0 < scale.low <= 1


@pytest.mark.parametrize("value", [0.0, 1e-12, 5.0, -3.0, 1e200])
def test_equal_values_stand_in_the_middle(value: float) -> None:
    assert scale_of(Axis(""), [value, value], 0, 100).at(value) == pytest.approx(50)


def test_a_short_axis_has_few_numbers() -> None:
    for axis, low, high in ((Axis(""), 0, 16), (Axis("", log=True), 0.015, 2.0)):
        assert 2 <= len(scale_of(axis, [low, high], 76, 0).ticks) <= 4


def test_between_steps_there_are_no_numbers() -> None:
    assert ticks(STEP, 1) == ["1"]
    assert ticks(STEP, 1, 2) == ["1", "2"]


def test_no_share_lies_beyond_all() -> None:
    scale = scale_of(Axis("accuracy, %"), [100.0, 100.0], 0, 100)
    assert 90 < scale.low < scale.high == 100
    assert scale_of(Axis("change, %"), [-5.0, 120.0], 0, 1).high > 120


def test_numbers_that_differ_are_not_written_alike() -> None:
    found = ticks(Axis(""), 99.99999991, 100.0)
    assert len({*found}) == len(found) > 1


def test_a_value_outside_stands_at_the_end() -> None:
    scale = scale_of(Axis("", low=0, high=1), (), 0, 100)
    assert (scale.at(-5), scale.at(7)) == (0, 100)


def test_bounds_that_are_said_are_kept() -> None:
    scale = scale_of(Axis("", low=0, high=100), [3, 40], 0, 1)
    assert (scale.low, scale.high) == (0, 100)


@pytest.mark.parametrize(("low", "high"), [(0, 7), (0, 1), (-1, 1), (93.2, 98.1), (0, 3e-9)])
def test_there_are_a_few_round_numbers(low: float, high: float) -> None:
    found = round_numbers(low, high, 5)
    assert 3 <= len(found) <= 8
    assert all(low - 1e-9 <= each <= high + 1e-9 for each in found)


def test_large_numbers_are_written_short() -> None:
    assert [written(x) for x in (123456.0, 1.5e7, 1e-30)] == ["123,456", "1.5e7", "1e-30"]
