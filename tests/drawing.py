"""Weights as Keras draws them, without TensorFlow."""

import math

import numpy as np
from numpy.typing import NDArray

from mlpcli.config.schema import Config
from mlpcli.theory.weights import weight_stddev

TRUNCATED = 0.87962566103423978  # the standard deviation of a normal cut at two of its own


def drawn(config: Config, shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Weights as Keras's initializer draws them."""
    stddev = np.float32(weight_stddev(config, *shape))
    if config.init.endswith("uniform"):
        return rng.uniform(-1, 1, shape).astype(np.float32) * stddev * math.sqrt(3)
    w = rng.standard_normal(shape, dtype=np.float32)
    if config.init == "normal":
        return w * stddev
    flat = w.reshape(-1)
    beyond = np.flatnonzero(np.abs(flat) > 2)
    while len(beyond):
        flat[beyond] = rng.standard_normal(len(beyond), dtype=np.float32)
        beyond = beyond[np.abs(flat[beyond]) > 2]
    return w * stddev / np.float32(TRUNCATED)
