"""Several settings beside the best of them, or beside one that is named."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from mlpcli.stats.differences import MIN_SEEDS, Difference, Scores, difference, mean_test
from mlpcli.stats.intervals import checked
from mlpcli.stats.verdicts import ALPHA, Answer, Verdict, equivalence_p, verdict

MANY = 50  # settings; all their pairs take about 20 ms to test, and grow with the square


@dataclass(frozen=True)
class Standing:
    """How far a setting lies above the reference, and the verdict."""

    difference: Difference
    p_adjusted: float
    p_equivalent: float  # of a true difference of the margin or more, adjusted likewise
    verdict: Verdict


@dataclass(frozen=True)
class Standings:
    """The settings beside their reference, whose own row is None, in the order they came in.

    `rows` may be of the first settings alone; `tied` and `too_few` count over all of them.
    """

    reference: int
    rows: tuple[Standing | None, ...]
    tied: int  # settings that no test calls better or worse than the reference
    equivalent: int  # of these, those that are equivalent to it
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


def standings(
    settings: Sequence[Scores],
    reference: int | None = None,
    first: int | None = None,
    overlap: float = 0.0,
    margin: float = 0.0,
) -> Standings:
    """Compare settings with the one at `reference`, or else with the one whose mean is best.

    A reference named beforehand takes Holm's correction over its K - 1 comparisons. The best of
    K has been chosen by its luck, too: its lead over the last is the largest of all K (K - 1) / 2
    differences, so these are what Holm corrects for. Over K - 1 alone ten equal settings raise a
    false alarm in 9 to 14 % of cases, over all pairs in 2 to 4 %. (Tukey's range test finds more
    with few seeds, but assumes that all settings have the same spread, which they seldom have.)

    Equivalence within the `margin` takes Holm's correction over the K - 1 others: the luck of the
    best makes its lead larger, which is on the safe side.

    `overlap` is that of folds, as `standard_error` has it, and 0 of seeds. More folds are no more
    rows, so no number of them is advised. With `first` only so many of the settings get a row.
    Settings of fewer than MIN_SEEDS seeds are shown but not tested, and are not chosen as best
    while there are others. Raises ValueError for no settings, a setting without seeds, or a result
    that is not finite; IndexError for a reference that is not there.
    """
    tested = [i for i, each in enumerate(settings) if len(each) >= MIN_SEEDS]
    if reference is None:
        best = max(tested or range(len(settings)), key=lambda i: _mean(settings[i]))
        comparisons = len(tested) * (len(tested) - 1) // 2
    else:
        best = range(len(settings))[reference]
        comparisons = max(0, len(tested) - 1) if best in tested else 0
    others = [i for i in tested if i != best and best in tested]

    def p_value(i: int, j: int) -> float:
        return mean_test(settings[i], settings[j], overlap).p

    p_values = _adjusted(p_value, best, others, all_pairs=reference is None)
    beside_best = (mean_test(settings[i], settings[best], overlap) for i in others)
    alike = holm([equivalence_p(each, margin) for each in beside_best])
    same = dict(zip(others, alike, strict=True))

    def standing(index: int) -> Standing:
        apart = difference(settings[index], settings[best], overlap)
        p, equivalent = p_values.get(index, 1.0), same.get(index, 1.0)
        found = verdict(apart, p, max(1, comparisons), margin, equivalent)
        return Standing(apart, p, equivalent, _of_folds(found) if overlap else found)

    indices = range(len(settings))[:first]
    equivalent = sum(p < ALPHA for p in alike)
    return Standings(
        reference=best,
        rows=tuple(None if i == best else standing(i) for i in indices),
        tied=equivalent + sum(p_values[i] >= ALPHA and same[i] >= ALPHA for i in others),
        equivalent=equivalent,
        too_few=len(settings) - 1 - len(p_values),
    )


def _adjusted(
    p_value: Callable[[int, int], float], best: int, others: Sequence[int], *, all_pairs: bool
) -> dict[int, float]:
    """Return the adjusted p-value of each of the others beside the best.

    Above MANY settings each p-value is multiplied by the number of all pairs (Bonferroni): that is
    at least what Holm's way gives, and takes K - 1 tests in place of K (K - 1) / 2.
    """
    if not all_pairs:
        return dict(zip(others, holm([p_value(i, best) for i in others]), strict=True))
    tested = sorted([*others, best])
    if len(tested) > MANY:
        number = len(tested) * (len(tested) - 1) // 2
        return {i: min(1.0, number * p_value(i, best)) for i in others}
    pairs = list(combinations(tested, 2))
    adjusted = dict(zip(pairs, holm([p_value(i, j) for i, j in pairs]), strict=True))
    return {i: adjusted[min(i, best), max(i, best)] for i in others}


def _of_folds(found: Verdict) -> Verdict:
    """Return a verdict that advises no number of seeds, but how many a verdict takes at all."""
    few = MIN_SEEDS if found.answer is Answer.TOO_FEW_SEEDS else None
    return Verdict(found.answer, few, few)


def _mean(setting: Scores) -> float:
    return math.fsum(checked(setting.values())) / len(setting)
