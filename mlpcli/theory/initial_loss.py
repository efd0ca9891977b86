"""The cross-entropy of random logits: its mean over seeds, and how far seeds differ."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpcli.data import Dataset
from mlpcli.theory.gaussian import expected_cross_entropy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.theory.gaussian import Floats

IMAGINED_SEEDS = 1_000  # imagined for the range, so that its bounds are known to a few percent
IMAGINED_EXAMPLES = 100  # at most of an imagined batch; by then seeds differ far more than batches
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


def loss_range(logits: Logits, data: Dataset, batch_size: int) -> tuple[float, float]:
    """Return the 2.5 and 97.5 % points, over seeds, of the first batch's mean cross-entropy.

    Taken from seeds that are imagined, with a fixed generator. Deep in a network examples are
    nearly parallel, so that a seed's logits are about the same for all of them, and averaging
    over a batch leaves most of the spread.
    """
    import numpy as np
    from scipy.special import logsumexp

    rng = np.random.default_rng(0)
    labels = rng.integers(0, data.outputs, (IMAGINED_SEEDS, min(batch_size, IMAGINED_EXAMPLES), 1))
    z = _directions(logits, labels, data.outputs, rng) * _scales(logits, labels.shape, data, rng)
    correct = np.take_along_axis(z, labels, axis=2)[:, :, 0]
    losses = (logsumexp(z, axis=2) - correct).mean(axis=1)
    low, high = np.quantile(losses, (0.025, 0.975))
    return float(low), float(high)


def _directions(
    logits: Logits, labels: NDArray[np.int64], classes: int, rng: np.random.Generator
) -> Floats:
    """Return logits of unit variance, [seeds, examples, classes], that correlate as the network's.

    With c the cosine of any two examples' logits and c_y of two of one class, those of example e of
    class y and seed s are sqrt(c) u_s + sqrt(c_y - c) v_sy + sqrt(1 - c_y) w_se, all N(0, I).
    """
    import numpy as np

    seeds, examples, _ = labels.shape
    shares = logits.cosine, logits.class_cosine - logits.cosine, 1 - logits.class_cosine
    of_all, of_class, own = (math.sqrt(max(share, 0.0)) for share in shares)
    by_class = of_class * rng.standard_normal((seeds, classes, classes))
    z: Floats = own * rng.standard_normal((seeds, examples, classes))
    z += of_all * rng.standard_normal((seeds, 1, classes))
    z += np.take_along_axis(by_class, labels, axis=1)
    return z


def _scales(
    logits: Logits, shape: tuple[int, int, int], data: Dataset, rng: np.random.Generator
) -> Floats:
    """Return the logits' standard deviations, [seeds, examples, 1]: of the seed, and the norm."""
    import numpy as np

    of_seed = math.sqrt(logits.variance) / 2 * rng.standard_normal((shape[0], 1, 1))
    of_norm = logits.exponent * math.sqrt(data.geometry.log_norm_variance)
    scales: Floats = np.exp(logits.mean / 2 + of_seed + of_norm * rng.standard_normal(shape))
    return scales
