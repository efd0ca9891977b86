"""Round numbers along an axis: which, how they are written, and where they stand."""

import math
from collections.abc import Sequence

SPACING = 2  # columns at least between two numbers in a line


def round_numbers(low: float, high: float, least: int = 3) -> list[float]:
    """Return the multiples within a range of the widest step that gives `least` of them.

    A step is 1, 2 or 5 times a power of ten.

    >>> round_numbers(36.6, 87.9), round_numbers(0, 500, 5)
    ([40.0, 60.0, 80.0], [0.0, 100.0, 200.0, 300.0, 400.0, 500.0])
    """
    power = math.floor(math.log10(high - low))
    steps = [factor * 10.0**exponent for exponent in (power, power - 1) for factor in (5, 2, 1)]
    for step in steps:
        first, last = math.ceil(low / step), math.floor(high / step)
        if last - first + 1 >= least:
            return [k * step for k in range(first, last + 1)]
    return []


def powers_of_ten(low: float, high: float, most: int = 6) -> list[int]:
    """Return whole exponents within a range of them, `most` at most, evenly spread.

    >>> powers_of_ten(-0.3, 2.5), powers_of_ten(-20, 0)
    ([0, 1, 2], [-20, -16, -12, -8, -4, 0])
    """
    first, last = math.ceil(low), math.floor(high)
    return list(range(first, last + 1, max(1, math.ceil((last - first + 1) / most))))


def written(value: float) -> str:
    """Write a round number, short.

    >>> [written(x) for x in (0, 0.30000000000000004, 5000, 2e6, 0.00001)]
    ['0', '0.3', '5,000', '2e6', '1e-5']
    """
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        return f"{value:,.10g}"
    digits, _, exponent = f"{value:.6e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"


def ruler(numbers: Sequence[float], low: float, high: float, columns: int) -> str:
    """Return a line with the numbers below their places on an axis; "" if they do not fit.

    >>> ruler([0, 50, 100], 0, 100, 20)
    '0        50      100'
    """
    line = ""
    for number in numbers:
        text = written(number)
        place = round((number - low) / (high - low) * (columns - 1)) - len(text) // 2
        place = max(0, min(place, columns - len(text)))
        if line and place < len(line) + SPACING:
            return ""
        line = line.ljust(place) + text
    return line
