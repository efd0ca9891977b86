"""The values of one key that a sweep tries: some, or a range; each a point from 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Value = Any  # of a config's key: a number, a word, or a tuple of widths
LEAST_DIGITS = 3  # of a value drawn from a range, so that people can type it
PARTS = 1_000  # of a range, that rounding keeps apart


@dataclass(frozen=True)
class Choices:
    """Some values. Two or more numbers that rise are ordered: the next one is nearer than others.

    `unit` 0 to 1 is cut into as many equal parts.
    """

    values: tuple[Value, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.values)

    @property
    def is_ordered(self) -> bool:
        """Whether they are numbers that rise."""
        numbers = all(type(each) in (int, float) for each in self.values)
        return numbers and all(a < b for a, b in pairwise(self.values))

    def at(self, unit: float) -> Value:
        """Return the value at a point from 0 to below 1."""
        return self.values[min(self.count - 1, int(unit * self.count))]

    def __contains__(self, value: Value) -> bool:
        return value in self.values


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included, in equal parts of the number or of its log."""

    low: float
    high: float
    log: bool = False
    step: float | None = None  # from one to the next, of a linear range
    whole: bool = False
    measured: bool = False  # in multiples of the rate that each network's measurement gives

    @property
    def count(self) -> int | None:
        """How many values there are; None of a continuous range."""
        if self.step is None:
            return int(self.high - self.low) + 1 if self.whole and not self.log else None
        return int((self.high - self.low) / self.step + 1e-9) + 1

    def at(self, unit: float) -> Value:
        """Return the value at a point from 0 to below 1, rounded to what people can type."""
        if (count := self.count) is not None:
            return self.stepped(min(count - 1, int(unit * count)))
        if self.log:
            bottom, top = math.log(self.low), math.log(self.high)
            return self.rounded(math.exp(bottom + unit * (top - bottom)))
        return self.rounded(self.low + unit * (self.high - self.low))

    def values(self) -> Iterator[Value]:
        """Yield all of the values, of which a small step makes many; none of a continuous range."""
        return map(self.stepped, range(self.count or 0))

    def rounded(self, value: float) -> Value:
        """Return a value of the range near one, with no more digits than tell PARTS of it apart."""
        if self.whole:
            return int(min(self.high, max(self.low, round(value))))
        if self.count is not None:
            return self.stepped(round((value - self.low) / (self.step or 1)))
        size = max(abs(self.low), abs(self.high))
        part = math.log(self.high / self.low) if self.log else (self.high - self.low) / size
        digits = min(15, LEAST_DIGITS + max(0, math.ceil(-math.log10(part))))
        return min(self.high, max(self.low, float(f"{value:.{digits}g}")))

    def stepped(self, place: int) -> Value:
        """Return the value so many steps above the lowest."""
        value = self.low + place * (self.step or 1)
        return round(value) if self.whole else float(f"{value:.12g}")

    def unit(self, value: float) -> float:
        """Return where in the range a value lies, from 0 to 1.

        >>> round(Range(0.01, 1.0, log=True).unit(0.1), 3)
        0.5
        """
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def __contains__(self, value: Value) -> bool:
        return type(value) in (int, float) and self.low <= value <= self.high


Domain = Choices | Range
