"""Narrow networks, drawn by the hundred: theory is of wide ones, and fails where units are few."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from mlpcli.config import Config
from mlpcli.theory.gaussian import activated
from mlpcli.theory.weights import weight_stddev

if TYPE_CHECKING:
    import numpy as np

    from mlpcli.theory.gaussian import Floats

EXAMPLES = 40  # that the networks are drawn on
SECONDS = 0.3  # that all of them take, about
FEWEST, MOST = 200, 6_000  # networks
AT_ONCE = 2**21  # numbers of a layer, of all networks that are drawn together
TRUNCATED = 0.87962566103423978  # standard deviation of N(0, 1) that is cut at -2 and 2
ALIKE = 1e-4  # of the largest output: two that differ by less are the same
# nanoseconds on one core: to draw a number, to multiply two, and to activate one
DRAW, MULTIPLY, ACTIVATE = 8.0, 0.3, 10.0


def simulated_outputs(config: Config, features: Floats) -> Floats:
    """Return what untrained networks put out for examples [n, inputs]: [networks, n, outputs].

    As many networks as SECONDS allow, with a fixed generator. A layer of more inputs than there
    are examples is not drawn weight by weight: with a the inputs [n, fan_in], the sums of a unit
    are N(0, s^2 a a^T) over weights, which is n numbers to draw.
    """
    import numpy as np

    rng, count = np.random.default_rng(0), _affordable(config, len(features))
    widest = max(len(features), *config.sizes[1:])
    together = max(1, AT_ONCE // (len(features) * widest))
    parts = []
    for start in range(0, count, together):
        values: Floats = features[None]
        for layer, (fan_in, units) in enumerate(pairwise(config.sizes)):
            if layer:
                values, _ = activated(config.activation, values)
            networks = min(together, count - start)
            values = _sums(config, values, (networks, fan_in, units), rng)
        parts.append(values)
    return np.concatenate(parts)


def share_constant(outputs: Floats) -> float:
    """Return the share of networks that say the same of all examples: [networks, n, outputs]."""
    import numpy as np

    spread = np.ptp(outputs, axis=1).max(axis=1)
    return float((spread <= ALIKE * np.abs(outputs).max(axis=(1, 2))).mean())


def _affordable(config: Config, examples: int) -> int:
    """Return how many networks can be drawn in about SECONDS."""
    spent = 0.0
    for layer, (fan_in, units) in enumerate(pairwise(config.sizes)):
        rows = min(fan_in, examples)
        spent += DRAW * rows * units + (MULTIPLY * rows + ACTIVATE) * examples * units
        if layer and fan_in > examples:  # the first layer's are the same for all networks
            spent += MULTIPLY * examples**2 * (fan_in + examples)
    return int(min(max(SECONDS * 1e9 / spent, FEWEST), MOST))


def _sums(
    config: Config, values: Floats, shape: tuple[int, int, int], rng: np.random.Generator
) -> Floats:
    """Return a layer's sums [networks, n, units] of its inputs [networks or 1, n, fan_in]."""
    import numpy as np

    networks, fan_in, units = shape
    examples, stddev = values.shape[1], weight_stddev(config, fan_in, units)
    if fan_in <= examples:
        sums: Floats = values @ (stddev * _drawn(config.init, shape, rng))
        return sums
    products = values @ np.swapaxes(values, 1, 2)
    mean = np.trace(products, axis1=1, axis2=2) / examples
    tiny = 1e-9 * mean[:, None, None] + 1e-250  # examples may be alike, or all units dead
    root = np.linalg.cholesky(products + tiny * np.eye(examples)) * (mean > 0)[:, None, None]
    by_products: Floats = stddev * root @ rng.standard_normal((networks, examples, units))
    return by_products


def _drawn(init: str, shape: tuple[int, int, int], rng: np.random.Generator) -> Floats:
    """Return numbers of variance 1, distributed as Keras's initializer has them."""
    import numpy as np

    if init.endswith("uniform"):
        return rng.uniform(-np.sqrt(3), np.sqrt(3), shape)
    found: Floats = rng.standard_normal(shape)
    if init == "normal":
        return found
    while (beyond := np.abs(found) > 2).any():
        found[beyond] = rng.standard_normal(int(beyond.sum()))
    return found / TRUNCATED
