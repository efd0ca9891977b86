"""The loss of the first batch: how far seeds differ, by networks' outputs for some examples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlpcli.theory.gaussian import Floats
    from mlpcli.theory.rows import Rows

SEEDS, FEWEST = 1_000, 100  # imagined; the bounds of the range are then known to a few percent
NUMBERS = 4_000_000  # of all their outputs together, about
BATCH = 1_000  # examples at most of an imagined batch: of more than that all are alike


def gaussian_outputs(covariance: Floats, variance: float, outputs: int) -> Floats:
    """Return what wide networks put out for n examples, [seeds, n, outputs].

    Normal over seeds, with that `covariance` [n, n] and no two outputs alike (Neal 1996); all of a
    seed's are larger or smaller by a factor whose square is log-normal with mean 1 and `variance`
    of the logarithm. With a fixed generator.
    """
    import numpy as np

    rng, examples = np.random.default_rng(0), len(covariance)
    seeds = max(FEWEST, min(SEEDS, NUMBERS // (examples * outputs)))
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    z = (root @ rng.standard_normal((examples, seeds * outputs))).reshape(examples, seeds, outputs)
    factors = np.exp(math.sqrt(variance) / 2 * rng.standard_normal((seeds, 1)) - variance / 4)
    return np.swapaxes(z * factors, 0, 1)


def losses_of(outputs: Floats, rows: Rows) -> Floats:
    """Return the loss of each example as it is trained, [seeds, n], of outputs [seeds, n, outputs].

    The cross-entropy in nats or the squared error, times the example's weight.
    """
    import numpy as np

    if rows.targets.dtype.kind == "f":
        errors: Floats = np.square(outputs - rows.targets).mean(axis=2)
        return errors
    largest = outputs.max(axis=2)
    sums = np.log(np.exp(outputs - largest[:, :, None]).sum(axis=2)) + largest
    correct = np.take_along_axis(outputs, rows.targets[None, :, None], axis=2)[:, :, 0]
    losses: Floats = rows.weights * (sums - correct)
    return losses


def mean_loss_of(outputs: Floats, rows: Rows) -> float:
    """Return the mean loss over seeds and training examples, of outputs [seeds, n, outputs]."""
    return float((losses_of(outputs, rows) @ rows.odds).mean())


def first_batch_range(outputs: Floats, rows: Rows, batch_size: int) -> tuple[float, float]:
    """Return the 2.5 and 97.5 % points, over seeds, of the first batch's mean loss.

    Of outputs [seeds, n, outputs] for the examples in `rows`; each seed's batch is imagined, with a
    fixed generator.
    """
    import numpy as np

    losses, rng = losses_of(outputs, rows), np.random.default_rng(1)
    batches = rows.batches(len(losses), min(batch_size, BATCH), rng)
    of_batches = np.take_along_axis(losses, batches, axis=1).mean(axis=1)
    low, high = np.quantile(of_batches, (0.025, 0.975))
    return float(low), float(high)
