"""The network that a run left, as it predicts: read back from its model.keras.

Only numbers are read from the file, into a network that is built here: what Keras builds of a
model that a stranger wrote may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.runs import trained_weights
from mlpcli.training.backend import keras, memory_errors
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.evaluate import BATCH, scaled
from mlpcli.training.model import network

Outputs = Callable[[NDArray[Any], float], NDArray[np.float32]]


def load_trained(run: Path, sizes: Sequence[int], activation: str) -> Outputs:
    """Return a run's network: from features [n, inputs] and their scale to outputs [n, outputs].

    `sizes` are the numbers that go into it, into each layer after the first, and out. Features are
    float32, or uint8 which it sees times the scale; outputs are logits, or standardized values.
    Raises RunError for a model.keras that is missing, damaged or of another network.
    """
    weights = trained_weights(run, sizes)
    with memory_errors():
        layers = len(sizes) - 1
        model = network(sizes, activation, [keras.initializers.Zeros()] * layers)
        model.set_weights(weights)

    @tf.function(autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def outputs(features: Any, scale: Any) -> Any:
        found, _ = model.stateless_call(model.trainable_variables, [], scaled(features, scale))
        return found

    def predict(features: NDArray[Any], scale: float) -> NDArray[np.float32]:
        with memory_errors():
            parts = [
                outputs(features[start : start + BATCH], tf.constant(scale, tf.float32)).numpy()
                for start in range(0, len(features), BATCH)
            ]
        return np.concatenate(parts) if parts else np.zeros((0, sizes[-1]), np.float32)

    return predict
