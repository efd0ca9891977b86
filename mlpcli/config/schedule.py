"""When: the learning rate of each step, and the steps that end a metrics row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

MOST_RATES = 1_000_000  # learning rates that are held at once

if TYPE_CHECKING:  # compare counts rows without pydantic, which takes 60 ms to load
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.config.schema import Config


def learning_rates(config: Config, first: int, count: int) -> NDArray[np.float64]:
    r"""Return the learning rates of steps first, first + 1, ...: float64 [count].

    With W warm-up steps, T steps and u = max(W, 1), step t has learning_rate times

        t / W                         for t <= W
        1 - p, or (1 + cos(pi p)) / 2 for linear and cosine decay, p = (t - u) / (T - u)

    so the rate is whole at step u and zero at step T (whole where u = T). From step 1 on this is
    Keras's PolynomialDecay and CosineDecay with T - 1 decay steps.
    """
    import numpy as np

    t = np.arange(first, first + count, dtype=np.float64)
    top = max(config.warmup_steps, 1)
    progress = np.clip((t - top) / max(config.steps - top, 1), 0.0, 1.0)
    falling = {
        "constant": np.ones_like(t),
        "linear": 1.0 - progress,
        "cosine": (1.0 + np.cos(np.pi * progress)) / 2.0,
    }[config.decay]
    rising = np.minimum(t / top, 1.0)
    rates: NDArray[np.float64] = config.learning_rate * rising * falling
    return rates


def mean_factor(config: Config) -> float:
    """Return the learning rate in the mean over a run's steps, as a share of the config's."""
    firsts = range(1, config.steps + 1, MOST_RATES)
    counts = (min(MOST_RATES, config.steps + 1 - first) for first in firsts)
    parts = (learning_rates(config, *part).sum() for part in zip(firsts, counts, strict=True))
    return float(sum(parts)) / config.steps / config.learning_rate


def validates(config: Config, step: int) -> bool:
    """Say whether the network is validated after `step`."""
    return step % config.eval_every == 0 or step == config.steps


def next_row(config: Config, step: int) -> int:
    """Return the first step after `step` that ends a metrics row.

    Rows end at step 1, where log_every or eval_every says so, and at the last step.
    """
    if step == 0:
        return 1
    due = (every * (step // every + 1) for every in (config.log_every, config.eval_every))
    return min(*due, config.steps)


def keeps_row(config: Config, step: int) -> bool:
    """Say whether the row that ends at `step` would be the same if the run had more steps.

    The last one is validated whatever eval_every says, which a longer run's would not be.
    """
    if step == config.steps and step % config.eval_every:
        return False
    return step == 1 or step % config.log_every == 0 or step % config.eval_every == 0


def saves(config: Config, step: int) -> bool:
    """Say whether a checkpoint is due after `step`."""
    return step % config.checkpoint_every == 0 or step == config.steps


def next_stop(config: Config, step: int) -> int:
    """Return the first step after `step` that ends a row or is due for a checkpoint."""
    save = config.checkpoint_every * (step // config.checkpoint_every + 1)
    return min(next_row(config, step), save)


def count_rows(config: Config) -> int:
    """Return how many metrics rows a whole run has.

    The multiples of log_every or eval_every, and steps 1 and `steps` where they are none.
    """
    steps, log, evals = config.steps, config.log_every, config.eval_every
    inside = steps // log + steps // evals - steps // math.lcm(log, evals)
    first = 1 not in (log, evals, steps)
    return inside + first + (steps % log != 0 and steps % evals != 0)


def count_validations(config: Config) -> int:
    """Return how many times a whole run validates."""
    return math.ceil(config.steps / config.eval_every)


def count_checkpoints(config: Config) -> int:
    """Return how many checkpoints a whole run saves."""
    return math.ceil(config.steps / config.checkpoint_every)


def longest_stretch(config: Config) -> int:
    """Return the most steps between two stops."""
    return min(config.log_every, config.eval_every, config.checkpoint_every, config.steps)
