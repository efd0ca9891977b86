"""Verdicts on two settings that may be asked for after every seed, and hold over all looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from mlpcli.stats.differences import MIN_SEEDS, Scores, paired_differences
from mlpcli.stats.intervals import standard_deviation
from mlpcli.stats.verdicts import ALPHA

# g: the variance that the mixture expects of (mean / sd). Of 0.25 to 16, 0.5 to 2 find differences
# of 0.5 to 2 sd with the fewest seeds
EXPECTED = 1.0
CLEAR = 500  # seeds on one side: more prove no more, and would overflow

LookAnswer = Literal["better", "worse", "equivalent", "undecided"]


@dataclass(frozen=True)
class Look:
    """What is known of a less b after n seeds that both have, in the unit of their results.

    The interval holds the true difference at all looks together with 95 % at least, or more where
    it is one of several comparisons. `low` and `high` are None while there is none: of too few
    seeds, or of such as all differ by the same.
    """

    n: int
    mean: float
    low: float | None
    high: float | None
    answer: LookAnswer


def look(a: Scores, b: Scores, margin: float, comparisons: int = 1) -> Look:
    """Return whether a is better than b, worse, or as good within the margin, by the seeds so far.

    Equivalent where the anytime-valid interval of the mean difference lies within -margin to
    margin, else better or worse where it excludes 0. All that one such interval says is true at
    every look at once but for 5 % of cases, so seeds may be added until there is an answer. Of
    several comparisons each takes its share of these 5 % (Bonferroni).

    Differences that are all the same have no interval. They are better, worse or, at 0,
    equivalent, once `all_alike` says that chance would not have it. Raises ValueError for no
    shared seed, or a result that is not finite.
    """
    shared = sorted(a.keys() & b.keys())
    d = paired_differences([a[seed] for seed in shared], [b[seed] for seed in shared])
    n, alpha = len(d), ALPHA / comparisons
    mean = d[0] if min(d) == max(d) else math.fsum(d) / n
    half = anytime_half_width(d, alpha)
    if half is None:
        alike = min(d) == max(d) and all_alike(n) >= 1 / alpha
        return Look(n, mean, None, None, _answer(mean, 0.0, margin) if alike else "undecided")
    return Look(n, mean, mean - half, mean + half, _answer(mean, half, margin))


def _answer(mean: float, half: float, margin: float) -> LookAnswer:
    if abs(mean) + half <= margin:
        return "equivalent"
    if abs(mean) > half:
        return "better" if mean > 0 else "worse"
    return "undecided"


def anytime_half_width(
    d: Sequence[float], alpha: float, expected: float = EXPECTED
) -> float | None:
    """Return how far the anytime-valid interval reaches from the mean of n differences.

    With t the statistic of Student's test of a mean, v = n - 1 and r = 1 + n g, the e-value

        e = r^(-1/2) ((1 + t^2 / v) / (1 + t^2 / (v r)))^((v + 1) / 2)

    is the likelihood of t with (mean / sd) drawn from N(0, g) over that at the true mean (Lai 1976;
    Gonen et al. 2005). Of Gaussian differences of any unknown spread it is a martingale from 1, so
    with probability alpha at most it ever reaches 1 / alpha, over all n (Ville's inequality;
    Perez-Ortiz et al. 2022; Wang and Ramdas 2024, "Anytime-valid t-tests and confidence sequences
    for Gaussian means with unknown variance"). The interval is of the means at which it is below;
    solved for t, with c = (r^(1/2) / alpha)^(2 / n), it reaches

        sd / sqrt(n) * sqrt(v (c - 1) / (1 - c / r))

    None where c >= r, for no t of so few seeds reaches 1 / alpha; and where the differences are
    all equal, for they tell nothing of the spread.
    """
    n, r = len(d), 1 + len(d) * expected
    if n < least_seeds(alpha, expected) or min(d) == max(d):
        return None
    c = _bar(n, alpha, expected)
    error = standard_deviation(tuple(d)) / math.sqrt(n)
    return error * math.sqrt((n - 1) * (c - 1) / (1 - c / r))


def least_seeds(alpha: float = ALPHA, expected: float = EXPECTED) -> int:
    """Return the fewest seeds that can have an interval at level alpha, however clear they are.

    >>> least_seeds(), least_seeds(ALPHA / 4)
    (5, 6)
    """
    return next(n for n in count(MIN_SEEDS) if _bar(n, alpha, expected) < 1 + n * expected)


def _bar(n: int, alpha: float, expected: float) -> float:
    """Return c: what (1 + t^2 / v) / (1 + t^2 / (v r)) must reach for an e-value of 1 / alpha."""
    return float((math.sqrt(1 + n * expected) / alpha) ** (2 / n))


def all_alike(n: int) -> float:
    """Return the evidence in n seeds that all fell on one side: its e-value.

    That of the sign test, with the side's probability drawn from Beta(1/2, 1/2): 2^n times the
    mean of p^n, which is (2n over n) / 2^n. It assumes nothing of the spread, and reaches 20 with
    seven seeds.

    >>> all_alike(6), all_alike(7)
    (14.4375, 26.8125)
    """
    n = min(n, CLEAR)
    return float(math.comb(2 * n, n) / 2**n)
