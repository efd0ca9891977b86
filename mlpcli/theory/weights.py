"""How large initial weights are."""

import math

from mlpcli.config import Config


def weight_stddev(config: Config, fan_in: int, fan_out: int) -> float:
    """Return the standard deviation of a layer's initial weights [fan_in, fan_out].

    Keras's truncated normals are widened by 1 / 0.8796 and its uniform limits are sqrt(3) times
    as wide, so that he_normal and he_uniform both give sqrt(2 / fan_in), Glorot's
    sqrt(2 / (fan_in + fan_out)) and LeCun's sqrt(1 / fan_in).
    """
    if config.init in ("zeros", "normal"):
        return config.init_stddev if config.init == "normal" else 0.0
    if config.init.startswith("glorot"):
        return math.sqrt(2 / (fan_in + fan_out))
    return math.sqrt((2 if config.init.startswith("he") else 1) / fan_in)
