"""Interleaved rounds, what is made of them, and how that is printed."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

Value = TypeVar("Value")


def interleave(
    contenders: Mapping[str, Callable[[], Value]], rounds: int
) -> dict[str, list[Value]]:
    """Measure each contender once a round, so that a change of the clock meets them all."""
    measured: dict[str, list[Value]] = {name: [] for name in contenders}
    for number in range(1, rounds + 1):
        for name, measure in contenders.items():
            print(f"round {number} of {rounds}: {name}", file=sys.stderr)
            measured[name].append(measure())
    return measured


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """Return the median of the rounds' ratios."""
    return median(a / b for a, b in zip(over, under, strict=True))


def spread(values: Sequence[float], digits: int) -> list[str]:
    """Write the median, the least and the most."""
    return [f"{value:,.{digits}f}" for value in (median(values), min(values), max(values))]


@dataclass(frozen=True)
class Target:
    """A number that was measured, or None, and the least or else the most that it should be."""

    name: str
    limit: float
    measured: float | None
    unit: str
    least: bool = True

    def row(self) -> tuple[str, str, str]:
        goal = f"{self.name}: {'at least' if self.least else 'at most'} {self.limit:g}{self.unit}"
        if self.measured is None:
            return goal, "-", "not measured"
        met = self.measured >= self.limit if self.least else self.measured <= self.limit
        return goal, f"{self.measured:.2f}{self.unit}", "met" if met else "MISSED"


def print_targets(targets: Sequence[Target]) -> None:
    print_table(("target", "measured", ""), [target.row() for target in targets])


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, its first column to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * width for width in widths], *rows):
        cells = [f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)]
        print("  ".join([f"{row[0]:<{widths[0]}}", *cells[1:]]).rstrip())
    print()
