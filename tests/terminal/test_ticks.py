"""Round numbers along an axis."""

import pytest

from mlpcli.terminal.ticks import powers_of_ten, round_numbers, ruler, written


@pytest.mark.parametrize(
    ("low", "high", "least", "numbers"),
    [
        (36.6, 87.9, 3, [40, 60, 80]),
        (0, 500, 5, [0, 100, 200, 300, 400, 500]),
        (0, 500, 3, [0, 200, 400]),
        (0.47, 2.1, 3, [0.5, 1, 1.5, 2]),
        (99.1, 99.9, 3, [99.2, 99.4, 99.6, 99.8]),
        (0, 3, 3, [0, 1, 2, 3]),
        (0, 1, 2, [0, 1]),
    ],
)
def test_numbers_are_round_and_as_few_as_will_do(
    low: float, high: float, least: int, numbers: list[float]
) -> None:
    assert round_numbers(low, high, least) == pytest.approx(numbers)


def test_powers_of_ten_are_evenly_spread() -> None:
    assert powers_of_ten(-0.3, 2.5) == [0, 1, 2]
    assert powers_of_ten(-20, 0) == [-20, -16, -12, -8, -4, 0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.1 + 0.2, "0.3"),
        (5000.0, "5,000"),
        (2e6, "2e6"),
        (2.5e6, "2.5e6"),
        (1e-5, "1e-5"),
        (1e-300, "1e-300"),
    ],
)
def test_a_round_number_is_written_short(value: float, text: str) -> None:
    assert written(value) == text


def test_numbers_stand_below_their_places_or_not_at_all() -> None:
    assert ruler([0, 50, 100], 0, 100, 20) == "0        50      100"
    assert ruler([0, 50, 100], 0, 100, 8) == ""
