"""The squared error of an untrained network's outputs: how far seeds differ."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mlpcli.theory.initial_loss import IMAGINED_SEEDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpcli.theory.gaussian import Floats


def value_loss_range(
    covariance: Floats, targets: NDArray[Any], variance: float, batch_size: int
) -> tuple[float, float]:
    """Return the 2.5 and 97.5 % points, over seeds, of the first batch's mean squared error.

    An untrained network's outputs at some training examples are normal over seeds, with that
    `covariance` [examples, examples] and no two of them alike (Neal 1996); all of a seed's are
    larger or smaller by a factor whose square is log-normal with mean 1 and `variance` of the
    logarithm. Held against these examples' own standardized `targets` [examples, targets], for
    seeds and batches that are imagined with a fixed generator.
    """
    import numpy as np

    rng, (examples, outputs) = np.random.default_rng(0), targets.shape
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    z = rng.standard_normal((outputs, IMAGINED_SEEDS, examples)) @ root.T
    z *= np.exp(math.sqrt(variance) / 2 * rng.standard_normal((IMAGINED_SEEDS, 1)) - variance / 4)
    losses = np.square(z - targets.T[:, None, :]).mean(axis=0)
    batches = rng.integers(0, examples, (IMAGINED_SEEDS, min(batch_size, examples)))
    of_batches = np.take_along_axis(losses, batches, axis=1).mean(axis=1)
    low, high = np.quantile(of_batches, (0.025, 0.975))
    return float(low), float(high)
