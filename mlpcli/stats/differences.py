"""How far one setting lies above another: over the seeds that both have, or over any."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlpcli.stats.intervals import (
    checked,
    mean_interval,
    standard_deviation,
    standard_error,
    t_point,
)

MIN_SEEDS = 3  # fewer leave the spread to chance: a t interval of 2 is 12.7 standard errors wide

# of a setting: the result of each seed, or of each fold, the larger the better
Scores = Mapping[int, float]


@dataclass(frozen=True)
class MeanTest:
    """The mean of setting a minus that of b, in the unit of their results, and its t test.

    `p` is that of Student's t test of no difference, or `least_p` where the seeds show no spread.
    """

    n: int  # pairs of seeds, or the seeds of the setting that has fewer
    mean: float
    error: float | None  # standard error of the mean; None: one seed, or no spread
    freedom: float | None  # its degrees of freedom; None likewise
    p: float


@dataclass(frozen=True)
class Difference(MeanTest):
    """How far setting a lies above setting b, with the mean's 95 % interval.

    `p_better` is the share of cases in which a is above b, ties counted half: an estimate of
    P(A > B) (Bouthillier et al. 2021).
    """

    low: float | None  # None: one seed, or no spread to compute an interval from
    high: float | None
    sd: float | None  # of the paired differences, or within a setting
    p_better: float
    paired: bool


def difference(a: Scores, b: Scores, overlap: float = 0.0) -> Difference:
    """Return how far a lies above b, paired where the seeds that they share allow it.

    They do if they are three, or all that one setting has. `overlap` is that of folds, as
    `standard_error` has it. Raises ValueError for no seeds.
    """
    shared = _shared(a, b)
    if shared:
        return paired([a[seed] for seed in shared], [b[seed] for seed in shared], overlap)
    return unpaired([*a.values()], [*b.values()], overlap)


def mean_test(a: Scores, b: Scores, overlap: float = 0.0) -> MeanTest:
    """Return the test of `difference` without its interval, which takes longer."""
    shared = _shared(a, b)
    if shared:
        d = paired_differences([a[seed] for seed in shared], [b[seed] for seed in shared])
        return _paired_test(d, overlap)
    return _welch(checked(a.values()), checked(b.values()), overlap)


def paired(a: Sequence[float], b: Sequence[float], overlap: float = 0.0) -> Difference:
    """Return how far a [n] lies above b [n], two results a seed, by the differences d = a - b.

    `sd` is that of the d, the interval that of `mean_interval`, and p that of the paired test,

        t = mean(d) / (sd / sqrt(n)), with n - 1 degrees of freedom (Student 1908)

    with the `standard_error` of folds where these `overlap`. Noise that the seed brings to both,
    such as that of the order of the examples, cancels. Raises ValueError for no values, one that is
    not finite, or unequal lengths.
    """
    d = paired_differences(a, b)
    interval, better = mean_interval(d, overlap), [_above(each, 0.0) for each in d]
    return Difference(
        **vars(_paired_test(d, overlap)),
        low=interval.low,
        high=interval.high,
        sd=standard_deviation(d) if len(d) > 1 else None,
        p_better=math.fsum(better) / len(better),
        paired=True,
    )


def unpaired(a: Sequence[float], b: Sequence[float], overlap: float = 0.0) -> Difference:
    """Return how far a [n_a] lies above b [n_b], settings that have no seeds in common.

    With v = sd^2 / n of each setting (of folds, the square of `standard_error`), interval and p are
    those of Welch's t (1947):

        t = (mean(a) - mean(b)) / sqrt(v_a + v_b)
        degrees of freedom = (v_a + v_b)^2 / (v_a^2 / (n_a - 1) + v_b^2 / (n_b - 1))

    `sd` is sqrt((sd_a^2 + sd_b^2) / 2); p_better counts all n_a n_b pairs.
    Raises ValueError for no values, or one that is not finite.
    """
    first, second = checked(a), checked(b)
    test = _welch(first, second, overlap)
    half = None if test.error is None else t_point(test.freedom or 1) * test.error
    better = [_above(x, y) for x in first for y in second]
    sds = [standard_deviation(each) for each in (first, second)] if test.n > 1 else []
    return Difference(
        **vars(test),
        low=None if half is None else test.mean - half,
        high=None if half is None else test.mean + half,
        sd=math.hypot(*sds) / math.sqrt(2) if sds else None,
        p_better=math.fsum(better) / len(better),
        paired=False,
    )


def _shared(a: Scores, b: Scores) -> list[int]:
    """Return the seeds to pair, in order; none where too few are shared."""
    shared = sorted(a.keys() & b.keys())
    return shared if len(shared) >= min(MIN_SEEDS, len(a), len(b)) else []


def paired_differences(a: Sequence[float], b: Sequence[float]) -> tuple[float, ...]:
    """Return a - b; differences that are equal up to their rounding are returned equal."""
    first, second = checked(a), checked(b)
    if len(first) != len(second):
        raise ValueError(f"pairs need equal lengths: {len(first)} and {len(second)} values")
    d = tuple(x - y for x, y in zip(first, second, strict=True))
    rounding = 2 * math.ulp(max(map(abs, first + second)))  # 0.98 - 0.96 is not 0.97 - 0.95
    return d if max(d) - min(d) > rounding else (d[0],) * len(d)


def least_p(n: int, other: int = 0) -> float:
    """Return the p-value of what could not be clearer, by the number of seeds alone.

    Of n pairs that all differ alike it is that of the sign test, 2 / 2^n; of n seeds that are all
    above `other` of another setting that of the permutation test, 2 / (n + other over n). Neither
    assumes anything of the spread (Fisher 1935).

    >>> least_p(3), least_p(6), least_p(4, 4) == 2 / 70
    (0.25, 0.03125, True)
    """
    return 2 / (math.comb(n + other, n) if other else 2**n)


def _paired_test(d: tuple[float, ...], overlap: float) -> MeanTest:
    n, mean = len(d), math.fsum(d) / len(d)
    if min(d) == max(d):
        return MeanTest(n, d[0], None, None, least_p(n) if d[0] else 1.0)
    error = standard_error(d, overlap)
    return MeanTest(n, mean, error, n - 1, _t_test_p(mean, error, n - 1))


def _welch(a: tuple[float, ...], b: tuple[float, ...], overlap: float) -> MeanTest:
    n, mean = min(len(a), len(b)), math.fsum(a) / len(a) - math.fsum(b) / len(b)
    if n == 1:
        return MeanTest(n, mean, None, None, 1.0)
    errors = [standard_error(each, overlap) for each in (a, b)]
    error = math.hypot(*errors)
    if error == 0:
        p = least_p(len(a), len(b)) if a[0] != b[0] else 1.0
        return MeanTest(n, a[0] - b[0], None, None, p)
    shares = [(each / error) ** 2 for each in errors]
    freedom = 1 / sum(v**2 / (len(x) - 1) for v, x in zip(shares, (a, b), strict=True))
    return MeanTest(n, mean, error, freedom, _t_test_p(mean, error, freedom))


def _t_test_p(mean: float, error: float, freedom: float) -> float:
    """Return P(|T| >= |mean| / error), T of Student's distribution."""
    from scipy.special import stdtr

    return float(2 * stdtr(freedom, -abs(mean) / error))


def _above(x: float, y: float) -> float:
    return 0.5 if x == y else float(x > y)
