"""Which settings are better, and how many seeds would settle it where that is not known."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from mlpcli.stats.differences import (
    MIN_SEEDS,
    Difference,
    Scores,
    difference,
    difference_p,
    least_p,
)
from mlpcli.stats.intervals import checked

ALPHA = 0.05  # the share of false alarms among settings that are equally good
POWER = 0.8  # the share of true differences that the advised seeds find
MAX_SEEDS = 10_000  # that one command trains
MANY = 50  # settings; all their pairs take about 20 ms to test, and grow with the square
WORTH_KNOWING = 0.001  # 0.1 points of accuracy: 10 of 10,000 test examples


class Answer(StrEnum):
    """What can be said of setting a beside setting b."""

    BETTER = "better"
    WORSE = "worse"
    NO_EVIDENCE = "no evidence"
    TOO_FEW_SEEDS = "too few seeds"


@dataclass(frozen=True)
class Verdict:
    """An answer, and the seeds in all that would settle it.

    `seeds` is None for "better" and "worse", and where MAX_SEEDS would not do. Of "no evidence"
    it goes with `detects`: if the settings truly differ by so much, so many seeds show it in 4 of
    5 cases. Seeds that are no more than those run say that a difference of `detects` would by now
    have shown in 4 of 5 cases: what is left to find is smaller. Both are None where all results
    are the same.
    """

    answer: Answer
    seeds: int | None = None
    detects: float | None = None


@dataclass(frozen=True)
class Standing:
    """How far a setting lies above the reference, and what that says."""

    difference: Difference
    p_adjusted: float
    verdict: Verdict


@dataclass(frozen=True)
class Standings:
    """The settings beside their reference, whose own row is None, in the order they came in.

    `rows` may be of the first settings alone; `tied` and `too_few` count over all of them.
    """

    reference: int
    rows: tuple[Standing | None, ...]
    tied: int  # settings of which there is no evidence that they differ from the reference
    too_few: int  # settings that have too few seeds to be compared with it


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the [m] p-values adjusted for their number, in their order (Holm 1979).

    The i-th smallest of m becomes max over j <= i of min(1, (m - j + 1) p_j), i and j from 1.
    Calling those below 0.05 significant errs at all in at most 5 % of cases, however the tests
    depend on each other. Raises ValueError for a p-value outside 0 to 1.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError(f"p-values must be from 0 to 1: {p_values}")
    adjusted, least = [1.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = least
    return adjusted


def seeds_needed(
    sd: float, difference: float, power: float = POWER, alpha: float = ALPHA, *, paired: bool
) -> int | None:
    """Return the fewest seeds, MIN_SEEDS at least, that show a true difference with that power.

    Pairs of seeds, from the sd of paired differences; or seeds a setting, from the sd within one.
    Student's t test of level alpha finds the difference with the power

        P(T > t), T noncentral t with v degrees of freedom, t its central 1 - alpha/2 point
        paired:    v = n - 1,   noncentrality sqrt(n) |difference| / sd
        unpaired:  v = 2n - 2,  noncentrality sqrt(n / 2) |difference| / sd

    without the other tail, where the sign would be wrong (Cohen 1988, chapter 2). An sd of 0 tells
    nothing of the spread: then as many as `least_p` asks for. sd and difference have the same
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
    """Say whether a is better than b, from the p-value adjusted for `comparisons` of settings.

    One rule decides: below 3 seeds too few; p_adjusted < 0.05 better or worse, by the sign of the
    mean; else no evidence. The interval beside it belongs to this difference alone. Of several
    comparisons it may exclude 0 without a verdict, since among 20 such intervals of equal settings
    one does so by chance; and from 8 pairs on, where it is the bootstrap's and p is Student's,
    the two part in 1 to 3 % of cases, close to 0.05.

    Seeds are reckoned, at the level ALPHA / comparisons, for the mean that was seen or for
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


def standings(
    settings: Sequence[Scores], reference: int | None = None, first: int | None = None
) -> Standings:
    """Compare settings with the one at `reference`, or else with the one whose mean is best.

    A reference named beforehand takes Holm's correction over its K - 1 comparisons. The best of
    K has been chosen by its luck, too: its lead over the last is the largest of all K (K - 1) / 2
    differences, so these are what Holm corrects for. Over K - 1 alone ten equal settings raise a
    false alarm in 9 to 14 % of cases, over all pairs in 2 to 4 %. (Tukey's range test
    finds more with few seeds, but supposes that all settings spread alike: they seldom do.)

    Above MANY settings each p-value is multiplied by the number of all pairs (Bonferroni): that is
    at least what Holm's way gives, and takes K - 1 tests in place of K (K - 1) / 2.

    With `first` only so many of the settings get a row. Settings of fewer than MIN_SEEDS seeds are
    shown but not tested, and are not chosen as best
    while there are others. Raises ValueError for no settings, a setting without seeds, or a
    result that is not finite; IndexError for a reference that is not there.
    """
    tested = [i for i, each in enumerate(settings) if len(each) >= MIN_SEEDS]
    if reference is None:
        best = max(tested or range(len(settings)), key=lambda i: _mean(settings[i]))
        pairs = list(combinations(tested, 2)) if len(tested) <= MANY else []
        comparisons = len(tested) * (len(tested) - 1) // 2
    else:
        best = range(len(settings))[reference]
        pairs = [(i, best) for i in tested if i != best and best in tested]
        comparisons = len(pairs)
    holms = holm([difference_p(settings[i], settings[j]) for i, j in pairs])
    adjusted = {frozenset(pair): p for pair, p in zip(pairs, holms, strict=True)}
    p_values = {
        i: adjusted[pair] if (pair := frozenset((i, best))) in adjusted
        else min(1.0, comparisons * difference_p(settings[i], settings[best]))
        for i in (tested if best in tested else ())
        if i != best
    }  # fmt: skip

    def standing(index: int) -> Standing:
        apart, p = difference(settings[index], settings[best]), p_values.get(index, 1.0)
        return Standing(apart, p, verdict(apart, p, max(1, comparisons)))

    indices = range(len(settings))[:first]
    return Standings(
        reference=best,
        rows=tuple(None if i == best else standing(i) for i in indices),
        tied=sum(p >= ALPHA for p in p_values.values()),
        too_few=len(settings) - 1 - len(p_values),
    )


def _mean(setting: Scores) -> float:
    return math.fsum(checked(setting.values())) / len(setting)
