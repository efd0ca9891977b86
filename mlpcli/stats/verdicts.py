"""Whether one setting is better than another, and how many seeds would settle it."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum

from mlpcli.stats.differences import (
    MIN_SEEDS,
    Difference,
    MeanTest,
    least_p,
)

ALPHA = 0.05  # the share of false alarms among settings that are equally good
POWER = 0.8  # the share of true differences that the advised seeds find
MAX_SEEDS = 10_000  # that one command trains
LIKELY = 0.8  # of true spreads lie in the interval that a range of seeds is computed from


class Answer(StrEnum):
    """What is known of setting a compared with setting b."""

    BETTER = "better"
    WORSE = "worse"
    EQUIVALENT = "equivalent"  # the true difference is smaller than the margin
    UNDECIDED = "undecided"
    TOO_FEW_SEEDS = "too few seeds"


@dataclass(frozen=True)
class Verdict:
    """An answer, and the range of seeds in all that would settle it.

    The range is None where it is settled, and `seeds_high` also where MAX_SEEDS would not do. Of
    "undecided" it goes with `detects`: if the settings truly differ by so much, so many seeds show
    it in 4 of 5 cases, by the least and the largest spread that is likely. Where no more seeds are
    needed than were run, such a difference would have shown in 4 of 5 cases.
    """

    answer: Answer
    seeds_low: int | None = None
    seeds_high: int | None = None
    detects: float | None = None


def seeds_needed(
    sd: float, difference: float, power: float = POWER, alpha: float = ALPHA, *, paired: bool
) -> int | None:
    """Return the fewest seeds, MIN_SEEDS at least, that show a true difference with that power.

    Pairs of seeds, from the sd of paired differences; or seeds a setting, from the sd within one.
    Student's t test of level alpha finds the difference with the power

        P(T > t), T noncentral t with v degrees of freedom, t its central 1 - alpha/2 point
        paired:    v = n - 1,   noncentrality sqrt(n) |difference| / sd
        unpaired:  v = 2n - 2,  noncentrality sqrt(n / 2) |difference| / sd

    without the other tail, where the sign would be wrong (Cohen 1988, chapter 2). An sd of 0 is
    no estimate of the spread: then as many as `least_p` asks for. sd and difference have the same
    unit. None for no difference, or more than MAX_SEEDS.
    Raises ValueError for a number that is not finite, a negative sd, or no share.

    >>> seeds_needed(0.12, 0.1, paired=False)
    24
    """
    if not (math.isfinite(difference) and 0 <= sd < math.inf and 0 < power < 1 and 0 < alpha < 1):
        raise ValueError(f"not to be planned: {sd=}, {difference=}, {power=}, {alpha=}")
    if difference == 0:
        return None
    counts = range(MIN_SEEDS, MAX_SEEDS + 1)
    if sd == 0:
        return next(n for n in counts if least_p(n, 0 if paired else n) < alpha)
    ratio = abs(difference) / sd
    enough = bisect_left(counts, power, key=lambda n: _power(n, ratio, alpha, paired))
    return counts[enough] if enough < len(counts) else None


def _power(n: int, ratio: float, alpha: float, paired: bool) -> float:
    from scipy.special import nctdtr, stdtrit

    freedom = n - 1 if paired else 2 * n - 2
    noncentrality = ratio * math.sqrt(n if paired else n / 2)
    missed = float(nctdtr(freedom, noncentrality, stdtrit(freedom, 1 - alpha / 2)))
    return 1.0 if math.isnan(missed) else 1 - missed  # NaN: so small that it underflows


def seeds_range(difference: Difference, detects: float, alpha: float) -> tuple[int, int | None]:
    """Return the fewest and the most seeds that a true difference is likely to take.

    The spread of a few seeds is known poorly: its LIKELY interval is sd sqrt(v / chi^2), with v
    degrees of freedom and the points of chi^2 that leave (1 - LIKELY) / 2 on each side. Both ends
    go through `seeds_needed`. The low one is MAX_SEEDS and the high one None where more would be
    needed. (The mean is uncertain too; but ranges over its interval were two to five times as wide
    in the benchmark, and their ends settled no more of what was undecided.)
    """
    from scipy.special import chdtri

    sd, freedom, tail = difference.sd or 0.0, difference.freedom or 1.0, (1 - LIKELY) / 2
    least, most = (sd * math.sqrt(freedom / chdtri(freedom, q)) for q in (tail, 1 - tail))
    low = seeds_needed(least, detects, alpha=alpha, paired=difference.paired)
    high = seeds_needed(most, detects, alpha=alpha, paired=difference.paired)
    return low or MAX_SEEDS, high


def equivalence_p(test: MeanTest, margin: float) -> float:
    """Return the p-value of a true difference of the margin or more, either way.

    The larger of those of two one-sided t tests (Schuirmann 1987): that the mean is above -margin,
    and that it is below margin,

        P(T >= (margin - |mean|) / error), T of Student's distribution

    Results that are all the same are equal: 0. Of those that all differ alike, by less than the
    margin, it is half of `least_p`, as of one side.
    """
    from scipy.special import stdtr

    inside = margin - abs(test.mean)
    if test.error is None or test.freedom is None:
        return 0.0 if test.mean == 0 else test.p / 2 if inside > 0 else 1.0
    return float(stdtr(test.freedom, -inside / test.error))


def verdict(
    difference: Difference,
    p_adjusted: float,
    comparisons: int = 1,
    margin: float = 0.0,
    p_equivalent: float | None = None,
) -> Verdict:
    """Return what is known of a beside b, from p-values adjusted for `comparisons` of settings.

    Below 3 seeds too few. Equivalent where `p_equivalent`, that of `equivalence_p` if it is left
    out, is below 0.05: also where there is a difference beyond chance, for it is smaller than the
    margin, and so than what is worth knowing. Then, where p_adjusted < 0.05, better or worse, by
    the sign of the mean; else undecided. The interval beside it belongs to this difference alone.
    Of several comparisons it may exclude 0 without a verdict, since among 20 such intervals of
    equal settings one does so by chance; and from 8 pairs on, where it is the bootstrap's and p is
    Student's, the two part in 1 to 3 % of cases, close to 0.05.

    Seeds are computed, at the level ALPHA / comparisons, for the mean that was seen or for the
    margin, whichever is larger. The mean, since whether it is real is what is asked; yet a mean
    near 0 would ask for any number of seeds to settle what nobody would act on. The number is to
    be settled once: equal settings raise a false alarm in 5 % of cases, but in 10 to 12 % if 3 or
    5 seeds are followed by a second test with all the seeds that it advised.
    Raises ValueError for a p-value outside 0 to 1, or a margin that is no number from 0 on.
    """
    if not (0 <= p_adjusted <= 1 and 0 <= (p_equivalent or 0.0) <= 1):
        raise ValueError(f"a p-value must be from 0 to 1: {p_adjusted}, {p_equivalent}")
    if not 0 <= margin < math.inf:
        raise ValueError(f"a margin must be a number from 0 on: {margin}")
    if difference.n < MIN_SEEDS or difference.sd is None:
        return Verdict(Answer.TOO_FEW_SEEDS, MIN_SEEDS, MIN_SEEDS)
    if p_equivalent is None:
        p_equivalent = equivalence_p(difference, margin)
    if p_equivalent < ALPHA:
        return Verdict(Answer.EQUIVALENT)
    if p_adjusted < ALPHA:
        return Verdict(Answer.BETTER if difference.mean > 0 else Answer.WORSE)
    detects = max(abs(difference.mean), margin)
    low, high = seeds_range(difference, detects, ALPHA / comparisons)
    return Verdict(Answer.UNDECIDED, low, high, detects)
