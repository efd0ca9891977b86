"""How much of the noise between runs is of one source, of another, or of both together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TAIL = 0.025  # on each side of a 95 % interval
LEAST = 2  # levels of each source

Cells = Mapping[tuple[int, int], float]  # a result for each level of the one source and the other


@dataclass(frozen=True)
class Part:
    """A variance component: its estimate, not below 0, its 95 % interval, its share of all."""

    variance: float
    low: float
    high: float
    share: float
    negative: bool  # whether the estimate was below 0, which is taken for 0

    @property
    def sd(self) -> float:
        """The standard deviation."""
        return math.sqrt(self.variance)


@dataclass(frozen=True)
class NoiseParts:
    """The components of a crossed design: of its rows, its columns, and what is left."""

    rows: int
    columns: int
    mean: float
    of_rows: Part
    of_columns: Part
    rest: Part  # interaction of the two, and anything else that differs from run to run


def complete(cells: Cells) -> tuple[list[int], list[int]]:
    """Return the rows and columns of a design that has all their cells.

    Of the rows and columns that miss cells the one that misses most of its own is left out, until
    none is missing.
    """
    rows, columns = (sorted({key[side] for key in cells}) for side in (0, 1))
    while rows and columns:
        gaps: list[tuple[float, int, int]] = [
            *((sum((r, c) not in cells for c in columns) / len(columns), 0, r) for r in rows),
            *((sum((r, c) not in cells for r in rows) / len(rows), 1, c) for c in columns),
        ]
        worst, side, level = max(gaps)
        if not worst:
            break
        (columns if side else rows).remove(level)
    return rows, columns


def noise_parts(cells: Cells) -> NoiseParts | None:
    """Return the variance components of the largest complete part of a crossed design.

    Two-way random effects with one result a cell, y_ij = m + a_i + b_j + e_ij, by the analysis of
    variance: with r rows, c columns and mean squares MS_a (r - 1 degrees of freedom), MS_b (c - 1)
    and MS_e ((r - 1)(c - 1)),

        var(a) = (MS_a - MS_e) / c,  var(b) = (MS_b - MS_e) / r,  var(e) = MS_e

    (Searle, Casella and McCulloch 1992, chapter 4). The intervals of var(a) and var(b) are the
    modified large-sample ones (Ting et al. 1990; Burdick and Graybill 1992, section 3.2), that of
    var(e) is chi square's. None where there are not two rows and two columns.
    """
    rows, columns = complete(cells)
    r, c = len(rows), len(columns)
    if min(r, c) < LEAST:
        return None
    mean = math.fsum(cells[i, j] for i in rows for j in columns) / (r * c)
    of_row = {i: math.fsum(cells[i, j] for j in columns) / c for i in rows}
    of_column = {j: math.fsum(cells[i, j] for i in rows) / r for j in columns}
    ms_a = c * _square(of_row[i] - mean for i in rows) / (r - 1)
    ms_b = r * _square(of_column[j] - mean for j in columns) / (c - 1)
    left = (cells[i, j] - of_row[i] - of_column[j] + mean for i in rows for j in columns)
    freedom = (r - 1) * (c - 1)
    ms_e = _square(left) / freedom
    parts = [
        _part((ms_a, r - 1), (ms_e, freedom), c),
        _part((ms_b, c - 1), (ms_e, freedom), r),
        (ms_e, *_chi_square(ms_e, freedom)),
    ]
    total = math.fsum(max(0.0, each[0]) for each in parts)
    made = [
        Part(max(0.0, v), max(0.0, low), max(0.0, high), max(0.0, v) / total if total else 0.0,
             v < 0)
        for v, low, high in parts
    ]  # fmt: skip
    return NoiseParts(r, c, mean, *made)


MeanSquare = tuple[float, int]  # and its degrees of freedom


def _part(of: MeanSquare, rest: MeanSquare, times: int) -> tuple[float, float, float]:
    """Return (MS - MS_e) / times with its modified large-sample interval."""
    from scipy.special import chdtri, fdtri

    (a, n), (e, m) = of, rest

    def upper(n: int, tail: float) -> float:  # F's point that leaves `tail` above it
        return float(chdtri(n, tail)) / n

    def both(tail: float) -> float:
        return float(fdtri(n, m, 1 - tail))

    g1, h2, f = 1 - 1 / upper(n, TAIL), 1 / upper(m, 1 - TAIL) - 1, both(TAIL)
    cross = ((f - 1) ** 2 - (g1 * f) ** 2 - h2**2) / f
    below = (g1 * a) ** 2 + (h2 * e) ** 2 + cross * a * e
    g2, h1, f = 1 - 1 / upper(m, TAIL), 1 / upper(n, 1 - TAIL) - 1, both(1 - TAIL)
    cross = ((1 - f) ** 2 - (h1 * f) ** 2 - g2**2) / f
    above = (h1 * a) ** 2 + (g2 * e) ** 2 + cross * a * e
    middle = a - e
    low, high = middle - math.sqrt(max(0.0, below)), middle + math.sqrt(max(0.0, above))
    return middle / times, low / times, high / times


def _chi_square(ms: float, freedom: int) -> tuple[float, float]:
    from scipy.special import chdtri

    points = (float(chdtri(freedom, tail)) for tail in (TAIL, 1 - TAIL))
    low, high = (ms * freedom / each for each in points)
    return low, high


def _square(values: Iterable[float]) -> float:
    return math.fsum(each * each for each in values)
