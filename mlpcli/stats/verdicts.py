"""Whether one setting is better than another, and how many seeds would settle it."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum

from mlpcli.stats.differences import (
    MIN_SEEDS,
    Difference,
    least_p,
)

ALPHA = 0.05  # the share of false alarms among settings that are equally good
POWER = 0.8  # the share of true differences that the advised seeds find
MAX_SEEDS = 10_000  # that one command trains
WORTH_KNOWING = 0.001  # 0.1 points of accuracy: 10 of 10,000 test examples


class Answer(StrEnum):
    """What is known of setting a compared with setting b."""

    BETTER = "better"
    WORSE = "worse"
    NO_EVIDENCE = "no evidence"
    TOO_FEW_SEEDS = "too few seeds"


@dataclass(frozen=True)
class Verdict:
    """An answer, and the seeds in all that would settle it.

    `seeds` is None for "better" and "worse", and where MAX_SEEDS would not do. Of "no evidence"
    it goes with `detects`: if the settings truly differ by so much, so many seeds show it in 4 of
    5 cases. Where no more seeds are needed than were run, such a difference would have shown in 4
    of 5 cases: a true difference is probably smaller. Both are None where all results are the
    same.
    """

    answer: Answer
    seeds: int | None = None
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


def verdict(difference: Difference, p_adjusted: float, comparisons: int = 1) -> Verdict:
    """Return whether a is better than b, from the p-value adjusted for `comparisons` of settings.

    One rule decides: below 3 seeds too few; p_adjusted < 0.05 better or worse, by the sign of the
    mean; else no evidence. The interval beside it belongs to this difference alone. Of several
    comparisons it may exclude 0 without a verdict, since among 20 such intervals of equal settings
    one does so by chance; and from 8 pairs on, where it is the bootstrap's and p is Student's,
    the two part in 1 to 3 % of cases, close to 0.05.

    Seeds are computed, at the level ALPHA / comparisons, for the mean that was seen or for
    WORTH_KNOWING, whichever is larger. The mean, since whether it is real is what is asked; yet a
    mean near 0 would ask for any number of seeds to settle what nobody would act on, and a
    difference of 0.1 points is below what two networks on 10,000 examples show (0.16 points).
    The number is to be settled once: equal settings raise a false alarm in 5 % of cases, but in
    10 to 12 % if 3 or 5 seeds are followed by a second test with all the seeds that it advised.
    Raises ValueError for a p-value outside 0 to 1.
    """
    if not 0 <= p_adjusted <= 1:
        raise ValueError(f"a p-value must be from 0 to 1: {p_adjusted}")
    if difference.n < MIN_SEEDS or difference.sd is None:
        return Verdict(Answer.TOO_FEW_SEEDS, MIN_SEEDS)
    if p_adjusted < ALPHA:
        return Verdict(Answer.BETTER if difference.mean > 0 else Answer.WORSE)
    if difference.mean == difference.sd == 0:
        return Verdict(Answer.NO_EVIDENCE)  # more seeds would give the same again
    detects = max(abs(difference.mean), WORTH_KNOWING)
    seeds = seeds_needed(
        difference.sd, detects, alpha=ALPHA / comparisons, paired=difference.paired
    )
    return Verdict(Answer.NO_EVIDENCE, seeds, detects)
