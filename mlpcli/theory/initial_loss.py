"""The cross-entropy of random logits: its mean over seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlpcli.data import Dataset
from mlpcli.theory.gaussian import expected_cross_entropy

# the points and weights that integrate polynomials of degree 9 over N(0, 1) exactly
HERMITE = (
    (0.0, 8 / 15),
    *((sign * 1.3556261799742659, 0.2220759220056127) for sign in (-1, 1)),
    *((sign * 2.8569700138728056, 0.0112574113277207) for sign in (-1, 1)),
)


@dataclass(frozen=True)
class Logits:
    """An untrained network's logits z, which are N(0, q) over classes.

    Over seeds log q is normal, with `mean` and `variance` for an example of the median norm.
    """

    mean: float
    variance: float
    exponent: float  # d log q / d log of the example's squared norm
    cosine: float  # of two examples' logits, over seeds
    class_cosine: float  # of two examples of one class


def mean_loss(logits: Logits, data: Dataset) -> float:
    """Return the mean cross-entropy over seeds and examples, in nats.

    It is that of `expected_cross_entropy` where the logarithm of the logits' standard deviation
    is normal: its variance is that over seeds, variance / 4, and exponent^2 times that of log norm.
    """
    of_norm = logits.exponent**2 * data.geometry.log_norm_variance
    deviation = math.sqrt(logits.variance / 4 + of_norm)
    return sum(
        weight * expected_cross_entropy(math.exp(logits.mean / 2 + deviation * node), data.outputs)
        for node, weight in HERMITE
    )


# of a network whose weights are all 0
NO_LOGITS = Logits(mean=-math.inf, variance=0.0, exponent=1.0, cosine=1.0, class_cosine=1.0)
