"""From values to places along an axis, linear or logarithmic, and the round numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mlpcli.picture.figures import Axis

TICKS = 5  # about so many at most
ACROSS, ALONG = 25, 40  # units of room that a number has, beside an axis upwards, and below one
MARGIN = 0.04  # of the range, left free at either end of a linear scale
FLAT = 1e-9  # of the largest value: a range that no scale could tell
AROUND = 0.05  # of a value that stands alone
LARGEST = 1e300  # beyond, a range overflows


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` between two places."""

    low: float
    high: float
    log: bool
    start: float
    end: float
    whole: bool = False  # between whole numbers there is none

    def at(self, value: float) -> float:
        """Return the place of a value; one that lies outside stands at the end.

        >>> Scale(1, 100, True, 0, 10).at(10), Scale(0, 4, False, 10, 0).at(1)
        (5.0, 7.5)
        """
        low, high, value = (_log(each) if self.log else each for each in self._bounded(value))
        share = (value - low) / (high - low)
        return self.start + share * (self.end - self.start)

    def _bounded(self, value: float) -> tuple[float, float, float]:
        return self.low, self.high, min(max(value, self.low), self.high)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Round numbers with their texts."""
        length = abs(self.end - self.start) / (ALONG if self.end > self.start else ACROSS)
        about = int(min(TICKS, max(2, length)))
        found = _powers(self.low, self.high, about) if self.log else []
        if len(found) < 2:
            found = round_numbers(self.low, self.high, about)
        if self.whole:
            found = [each for each in found if each.is_integer()]
        texts = [written(each) for each in found]
        if len({*texts}) < len(texts):  # they differ by less than is written
            texts = [f"{each:.12g}" for each in found]
        return [*zip(found, texts, strict=True)]


def scale_of(axis: Axis, values: Iterable[float | None], start: float, end: float) -> Scale:
    """Return the scale that shows an axis's values; without any from 0 to 1.

    Values that are not finite, and on a logarithmic axis those that are not above 0, are left out.
    """
    least = 1 / LARGEST if axis.log else -LARGEST
    there = [v for v in values if v is not None and least < v < LARGEST]
    there += [each for each in (axis.low, axis.high) if each is not None]
    low, high = (min(there), max(there)) if there else (0.0, 1.0)
    log = axis.log and low > 0
    whole = bool(there) and all(isinstance(each, int) for each in there)
    is_share = axis.is_share and low >= 0 and high <= 100
    if high - low <= FLAT * max(abs(low), abs(high), 1e-300):
        around = 0.5 if whole else AROUND * abs(low) or 0.5
        low, high = (low / 2, high * 2) if log else (low - around, high + around)
    elif not log:
        room = MARGIN * (high - low)
        low, high = low - room, high + room
    elif high / low > 1:
        room = (high / low) ** MARGIN
        low, high = low / room, high * room
    if is_share:
        low, high = max(low, 0.0), min(high, 100.0)
    return Scale(
        low if axis.low is None or log else axis.low,
        high if axis.high is None or log else axis.high,
        log, start, end, whole,
    )  # fmt: skip


def round_numbers(low: float, high: float, about: int) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten within a range, about so many.

    >>> round_numbers(0, 1, 5), round_numbers(93, 98.6, 4)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [93.0, 94.0, 95.0, 96.0, 97.0, 98.0])
    """
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return []
    power = 10.0 ** math.floor(math.log10(span / about))
    steps = (power, 2 * power, 5 * power, 10 * power)
    step = min(steps, key=lambda each: abs(math.log(span / each / about)))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{k * step + 0.0:.12g}") for k in range(first, last + 1)]


def _powers(low: float, high: float, about: int) -> list[float]:
    """Return powers of ten within a range, or where there are few 2 and 5 times them, too."""
    first, last = math.ceil(_log(low)), math.floor(_log(high))
    every = max(1, math.ceil((last - first + 1) / about))
    exponents = range(first - 1, last + 1)
    tens = [10.0**each for each in exponents if (each - first) % every == 0]
    between = [factor * 10.0**each for each in exponents for factor in (1, 2, 5)]
    found = [each for each in between if low <= each <= high]
    if last - first < 2 and len(found) <= about + 1:
        return found
    return [each for each in tens if low <= each <= high]


def _log(value: float) -> float:
    return math.log10(value)


def written(value: float) -> str:
    """Write a round number, short.

    >>> [written(x) for x in (0, 0.30000000000000004, 5000, 2e6, 0.00001, -50)]
    ['0', '0.3', '5,000', '2e6', '1e-5', '-50']
    """
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        return f"{value:,.6g}" if abs(value) < 1e5 else f"{value:,.0f}"
    digits, _, exponent = f"{value:.6e}".partition("e")
    return f"{digits.rstrip('0').rstrip('.')}e{int(exponent)}"


def said(value: float | None) -> str:
    """Write a value where one points at it."""
    return "-" if value is None else f"{value:,.5g}"
