"""Values predicted: R squared, and whether two networks' squared errors differ by chance alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from mlpcli.stats.differences import paired
from mlpcli.stats.intervals import Z95

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RESAMPLES = 10_000
FEW = 8  # examples; fewer have too few resamples that differ
SKEWED = 50  # examples from which the skewness is known well enough for BCa's bounds
MANY = 10_000  # examples beyond which the mean is normal to within the resamples' own noise
FAST = 2_000  # resamples of R squared, which looks at each example more than once
AT_ONCE = 2**22  # positions of resamples in memory: 32 MiB


@dataclass(frozen=True)
class MeanError:
    """A mean over examples with its 95 % interval, and the p-value of a mean of 0."""

    mean: float
    low: float | None  # None where all examples have the same, or there is one alone
    high: float | None
    p: float


@dataclass(frozen=True)
class RSquared:
    """R squared on examples, and half its 95 % interval by the spread of their squared errors."""

    r2: float
    examples: int
    half: float

    @classmethod
    def of(cls, predicted: NDArray[Any], targets: NDArray[Any]) -> Self:
        """Return R squared of values [n, targets].

        Half the interval is Z95 sd(e) / sqrt(n), of each example's squared error e in units of the
        targets' variances: the variances themselves are taken as known.
        """
        import numpy as np

        spread = targets.var(axis=0, dtype=np.float64)
        errors = np.square(predicted - targets, dtype=np.float64) / np.where(spread > 0, spread, 1)
        half = Z95 * float(errors.mean(axis=1).std()) / math.sqrt(len(targets))
        return cls(r_squared(predicted, targets), len(targets), half)


def r_squared(predicted: NDArray[Any], targets: NDArray[Any]) -> float:
    """Return R squared of values [n, targets], in the mean over the targets.

    1 - mean squared error / variance, the variance of these examples. Of a target that is the same
    in all of them it is 1 where it is met to the bit, and else 0, as scikit-learn has it.
    """
    import numpy as np

    errors = np.square(np.subtract(predicted, targets, dtype=np.float64)).mean(axis=0)
    spread = np.where(np.ptp(targets, axis=0) > 0, targets.var(axis=0, dtype=np.float64), 0)
    ratio = np.where(spread > 0, errors / np.where(spread > 0, spread, 1), errors > 0)
    return float(1 - ratio.mean())


def r_squared_interval(
    predicted: NDArray[Any], targets: NDArray[Any]
) -> tuple[float, float] | None:
    """Return the 95 % interval of R squared by its examples: percentiles of 2,000 resamples.

    predicted and targets are [n, targets]. None below 8 examples or beyond 10,000 numbers, where
    it would take seconds, and of a target that a resample may have all alike.
    """
    import numpy as np

    n = len(targets)
    if n < FEW or targets.size > MANY or not np.all(np.ptp(targets, axis=0) > 0):
        return None
    centered = targets - targets.mean(axis=0)
    parts = np.stack([np.square(predicted - targets), centered, np.square(centered)])
    generator, found = np.random.default_rng(0), []
    for _ in range(FAST):
        errors, mean, square = parts[:, generator.integers(0, n, n)].mean(axis=1)
        spread = square - mean**2
        if not np.all(spread > 0):
            return None
        found.append(1 - float((errors / spread).mean()))
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)


def paired_errors(differences: NDArray[np.float64]) -> MeanError:
    """Return the mean of paired differences of squared errors [n], one an example.

    Its interval is that of the paired bootstrap over examples, 10,000 resamples: percentiles, and
    from 50 examples on BCa's (Efron 1987), which follow the skewness that squared errors have.
    p is the level at which that interval just excludes 0, so that both say the same. Below 8
    examples both are Student's; beyond 10,000 they are the normal distribution's, to which the
    bootstrap's tend. The resamples are the same in each call.
    Raises ValueError for none, or one that is not finite.
    """
    n = len(differences)
    if n < FEW or differences.min() == differences.max():
        few = paired([*map(float, differences)], [0.0] * n)
        return MeanError(few.mean, few.low, few.high, few.p)
    mean = float(differences.mean())
    if not math.isfinite(mean):
        raise ValueError("differences must be finite")
    if n > MANY:
        return _normal(mean, float(differences.std(ddof=1)) / math.sqrt(n))
    return _bootstrapped(differences, mean)


def _normal(mean: float, error: float) -> MeanError:
    from scipy.special import ndtr, ndtri

    half = float(ndtri(0.975)) * error
    return MeanError(mean, mean - half, mean + half, float(2 * ndtr(-abs(mean) / error)))


def _bootstrapped(differences: NDArray[np.float64], mean: float) -> MeanError:
    """Return the mean with the bounds that the resampled means give, and p.

    The bounds are the quantiles of the resampled means at Phi of

        z0 + (z0 + z) / (1 - a (z0 + z))

    with z the normal points of both tails, Phi(z0) the share of resampled means below the mean
    (ties count half), and a = sum d^3 / (6 (sum d^2)^1.5) of the deviations d from the mean. Both
    are 0 for percentiles. p comes of the same formula, solved for z at the share below 0.
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    n, means, z0, a = len(differences), _resampled_means(differences), 0.0, 0.0
    if n >= SKEWED:
        d = (differences - mean) / np.ptp(differences)
        z0 = float(ndtri(_share_below(means, mean)))
        a = float(np.sum(d**3) / (6 * np.sum(d**2) ** 1.5))
    z = z0 + np.array([-1, 1]) * ndtri(0.975)
    low, high = np.quantile(means, ndtr(z0 + z / (1 - a * z)))
    beyond = float(ndtri(_share_below(means, 0.0))) - z0
    tail = float(ndtr(-abs(beyond / (1 + a * beyond) - z0)))
    return MeanError(mean, float(low), float(high), min(1.0, 2 * tail))


def _share_below(means: NDArray[np.float64], value: float) -> float:
    """Return the share of resampled means below a value, which is never 0 or 1 of so few."""
    below = float((means < value).sum() + (means == value).sum() / 2)
    return (below + 0.5) / (len(means) + 1)


def _resampled_means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    generator, n = np.random.default_rng(0), len(values)
    part = max(1, AT_ONCE // n)
    counts = [min(part, RESAMPLES - start) for start in range(0, RESAMPLES, part)]
    return np.concatenate(
        [values[generator.integers(0, n, (some, n))].mean(axis=1) for some in counts]
    )
