"""Which initial weights suit a network: how far its own are from it, and what to try."""

import math
from collections.abc import Sequence

from mlpcli.config import Config
from mlpcli.prediction import Layer, initial_layers

FADED, EXPLODED = 0.01, 100.0  # a signal's or gradient's product of gains over the layers
INITS = ("he_normal", "lecun_normal", "glorot_normal")  # to choose from


def factor(ratio: float) -> str:
    """Write how many times one number is another.

    >>> [factor(r) for r in (15.81, 1.0, 0.02236)]
    ['15.8', '1.00', '0.0224']
    """
    return f"{ratio:.3g}" if not 0.1 <= ratio < 100 else f"{ratio:#.3g}".rstrip(".")


def he_range(layers: Sequence[Layer]) -> str:
    """Write how many times He's the first weights are, over the layers.

    >>> he_range([Layer(784, 10, 1.0, 19.8, None, None)])
    '19.8'
    """
    low, high = (factor(pick(each.he_ratio for each in layers)) for pick in (min, max))
    return low if low == high else f"{low} to {high}"


def gains(layers: Sequence[Layer]) -> tuple[float, float]:
    """Return the products over the layers of the signal's gains, and of the gradient's."""
    signal = math.prod(each.signal_gain for each in layers if each.signal_gain is not None)
    gradient = math.prod(each.gradient_gain for each in layers if each.gradient_gain is not None)
    return signal, gradient


def best_init(config: Config) -> str:
    """Return the init that best keeps signal and gradient as they are on their way."""

    def strain(init: str) -> float:
        layers = initial_layers(config.model_copy(update={"init": init}))
        signal, gradient = gains(layers)
        return abs(math.log(max(signal, 1e-300))) + abs(math.log(max(gradient, 1e-300) ** 2))

    return min(INITS, key=strain)


def advised_init(config: Config) -> str:
    """Return which init to try, and with which activation if none keeps this one's signal."""
    best = best_init(config)
    products = gains(initial_layers(config.model_copy(update={"init": best})))
    if all(FADED <= product <= EXPLODED for product in products):
        return f"try init: {best}"
    return "try activation: relu with init: he_normal"
