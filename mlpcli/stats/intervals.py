"""How sure a number is: intervals and exact tests of one network, or of one setting's seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Z95 = 1.959963984540054  # the 97.5 % point of the standard normal distribution
BOOTSTRAP_FROM = 8  # values; fewer have too few resamples that differ
RESAMPLES = 9_999  # the standard error of a bound is then about 1 % of the interval's width


def import_distributions() -> None:
    """Import the distributions that intervals and tests are made of: 0.2 s.

    For a thread beside what waits for files; else they are imported when they are asked for.
    """
    import scipy.special  # noqa: F401


@lru_cache(maxsize=10_000)  # many runs have few different counts
def wilson_interval(correct: int, examples: int, z: float = Z95) -> tuple[float, float]:
    """Return the score interval of a proportion, two shares from 0 to 1.

    (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), with p = correct / n (Wilson 1927).

    >>> [round(share, 4) for share in wilson_interval(9_800, 10_000)]
    [0.9771, 0.9826]
    """
    p, n = correct / examples, examples
    center = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (center - half) / scale), min(1.0, (center + half) / scale)


@dataclass(frozen=True)
class Interval:
    """The mean of a sample and its 95 % interval, which takes two values that differ."""

    mean: float
    low: float | None
    high: float | None

    def within(self, low: float, high: float) -> Interval:
        """Return the interval without what lies beyond limits that the mean cannot pass."""
        if self.low is None or self.high is None:
            return self
        return Interval(self.mean, max(low, self.low), min(high, self.high))


@dataclass(frozen=True)
class Mean:
    """A mean over n seeds or folds, their sample standard deviation, and the mean's 95 % interval.

    One has neither, and values without a spread have no interval.
    """

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    n: int

    @classmethod
    def of(
        cls,
        values: Sequence[float],
        most: float = math.inf,
        least: float = 0.0,
        overlap: float = 0.0,
    ) -> Self:
        """Return the mean of results from `least` to `most`; its interval ends there.

        `overlap` is that of folds, as `mean_interval` has it.
        """
        interval = mean_interval(values, overlap).within(least, most)
        sd = standard_deviation(tuple(values)) if len(values) > 1 else None
        return cls(interval.mean, sd, interval.low, interval.high, len(values))


def mean_interval(values: Iterable[float], overlap: float = 0.0) -> Interval:
    """Return the mean of [n] values, one a seed or fold, and its 95 % interval, in their unit.

    From 2 to 7 values Student's: mean +- t sd / sqrt(n), t the 97.5 % point of n - 1 degrees of
    freedom. From 8 on the BCa bootstrap (Efron 1987), whose bounds follow the skewness of the
    values, at the expanded tails of Hesterberg (2015)

        Phi(-sqrt(n / (n - 1)) t)     0.6 % for 8 values, 1.6 % for 20, 2.5 % for very many

    Resampling sees the spread with a divisor of n and knows nothing of t's tails, so that plain
    BCa holds the mean of 8 normal values 89 times in 100, of 20 values 93 times; expanded, 94 to
    95 times. The resamples are the same in each call. Values that are all equal give no
    estimate of the spread, and have no interval.
    Folds are not independent, for their training rows overlap: theirs is Student's of any n with
    the `standard_error` of their `overlap`.
    The bounds have no limits: those of a mean accuracy may lie beyond 1.
    Raises ValueError for no values, or one that is not finite.
    """
    sample = checked(values)
    n, mean = len(sample), math.fsum(sample) / len(sample)
    if min(sample) == max(sample):
        return Interval(sample[0], None, None)
    if overlap or n < BOOTSTRAP_FROM:
        half = t_point(n - 1) * standard_error(sample, overlap)
        return Interval(mean, mean - half, mean + half)
    return Interval(mean, *_bca_bounds(sample))


def checked(values: Iterable[float]) -> tuple[float, ...]:
    """Return the values as they are; raise ValueError for none, or one that is not finite."""
    sample = tuple(map(float, values))
    if not sample:
        raise ValueError("no values")
    if not all(map(math.isfinite, sample)):
        raise ValueError(f"values must be finite: {sample}")
    return sample


def standard_error(sample: tuple[float, ...], overlap: float = 0.0) -> float:
    """Return the standard error of the mean of [n] values, n > 1: sd * sqrt(1 / n + overlap).

    `overlap` is 0 of seeds, which are independent. Of the results of k folds it is scored rows /
    training rows of a fold: sd^2 / k alone would take results for independent whose training rows
    are mostly the same (Nadeau and Bengio 2003, "Inference for the generalization error").
    """
    if not overlap:
        return standard_deviation(sample) / math.sqrt(len(sample))
    return standard_deviation(sample) * math.sqrt(1 / len(sample) + overlap)


def standard_deviation(sample: tuple[float, ...]) -> float:
    """Return the standard deviation of [n] values, n > 1: sqrt(sum (x - mean)^2 / (n - 1))."""
    if min(sample) == max(sample):
        return 0.0  # and no rounding error
    mean = math.fsum(sample) / len(sample)
    return math.hypot(*(x - mean for x in sample)) / math.sqrt(len(sample) - 1)


def t_point(freedom: float) -> float:
    """Return the 97.5 % point of Student's t with so many degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def _bca_bounds(values: tuple[float, ...]) -> tuple[float, float]:
    """Return the BCa bounds of the mean of [n] values at the expanded tails.

    The quantiles of the resampled means at Phi(z0 + (z0 + z) / (1 - a (z0 + z))), with z the
    normal points of both tails, Phi(z0) the share of resampled means below the mean (ties count
    half), and a = sum d^3 / (6 (sum d^2)^1.5) of the deviations d from the mean (Efron 1987).
    What scipy.stats.bootstrap returns, without the 0.4 s that importing it takes.
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    sample, n = np.array(values), len(values)
    means = sample[_resamples(n)].mean(axis=1)
    d, beyond = ((each - sample.mean()) / np.ptp(sample) for each in (sample, means))
    tie = 1e-9  # of the range: equal sums differ by the order of their terms
    z0 = ndtri((np.mean(beyond < -tie) + np.mean(beyond <= tie)) / 2)
    a = np.sum(d**3) / (6 * np.sum(d**2) ** 1.5)
    point = math.sqrt(n / (n - 1)) * t_point(n - 1)
    z = z0 + np.array([-point, point])
    low, high = np.quantile(means, ndtr(z0 + z / (1 - a * z)))
    return float(low), float(high)


@lru_cache(maxsize=4)
def _resamples(n: int) -> NDArray[np.int64]:
    """Return the positions that make up each resample of n values: int64 [RESAMPLES, n]."""
    import numpy as np

    return np.random.default_rng(0).integers(0, n, (RESAMPLES, n))


@dataclass(frozen=True)
class Accuracy:
    """The share of the examples classified correctly, and its 95 % Wilson interval, 0 to 1."""

    correct: int
    examples: int
    accuracy: float
    low: float
    high: float

    @classmethod
    def of(cls, correct: int, examples: int) -> Self:
        """Return the accuracy of so many correct, of at least one example."""
        return cls(correct, examples, correct / examples, *wilson_interval(correct, examples))
