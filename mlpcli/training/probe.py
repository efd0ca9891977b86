"""What a network does on a sample of examples, layer by layer: signal, gradient, dead units, noise.

One forward and one backward pass, without any gradient of a single example.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import Config
from mlpcli.data import Examples
from mlpcli.runs import LayerState
from mlpcli.training.backend import keras
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.evaluate import scaled
from mlpcli.training.losses import class_weights_of, trained_losses

SAMPLE = 1_000  # examples: fewer call units dead that are only rarely awake
MAX_VALUES = 2**26  # of all layers and examples together: 256 MiB for each array of a pass
FLAT = 0.0025  # of a slope: a hundredth of the sigmoid's steepest

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Measures:
    """A network on n examples. Arrays are float64 [layers], the output layer last.

    With z_l a layer's values before its activation, a_l after it, and delta_l the derivative of an
    example's loss by z_l, as it is trained: with its class's weight where there are any:
    """

    examples: int
    loss: float  # mean cross-entropy in nats, or mean squared error
    # RMS over examples of the standard deviation over classes of the logits; of values, their RMS
    logit_scale: float
    signal: Numbers  # mean over examples and units of z_l^2
    delta: Numbers  # RMS over examples of the norm of delta_l
    weight_norm: Numbers  # Frobenius norm of the weights, biases left out
    gradient_norm: Numbers  # of the mean loss's gradient by the weights, biases left out
    dead: Numbers  # share of units with a slope below FLAT on every example; 0 for the output
    gradient_square: float  # of the norm of the mean loss's gradient by all parameters
    example_square: float  # mean over examples of the same for each one's own gradient

    @property
    def signal_gains(self) -> Numbers:
        """Mean z_l^2 / mean z_(l-1)^2, [layers - 1]: 1 keeps the signal's size."""
        with np.errstate(all="ignore"):  # none of none is not a number
            return self.signal[1:] / self.signal[:-1]

    @property
    def gradient_gains(self) -> Numbers:
        """Norm of delta_l / norm of delta_(l+1), [layers - 1]: 1 keeps the gradient's size."""
        with np.errstate(all="ignore"):
            return self.delta[:-1] / self.delta[1:]

    @property
    def noise_scale(self) -> float:
        """The batch size at which noise and signal of a gradient are equal, in examples.

        B_simple = tr(Sigma) / |G|^2 (McCandlish et al. 2018), both without bias: with n examples,
        tr(Sigma) = (mean |g_i|^2 - |g|^2) n / (n - 1) and |G|^2 = |g|^2 - tr(Sigma) / n, g_i an
        example's gradient and g their mean. Infinite where the sample shows no |G|.
        """
        n = self.examples
        trace = (self.example_square - self.gradient_square) * n / (n - 1)
        signal = self.gradient_square - trace / n
        return trace / signal if signal > 0 else float("inf")

    def of_row(self, learning_rate: float) -> dict[str, Any]:
        """Return the fields of a metrics row that are measured on the sample."""
        gradient_norm = _rounded(math.sqrt(self.gradient_square))
        return {"gradient_norm": gradient_norm, "layers": self.states(learning_rate)}

    def states(self, learning_rate: float) -> tuple[LayerState, ...]:
        """Return what a metrics row says of each layer, to four digits."""
        norms = zip(self.weight_norm, self.gradient_norm, self.dead, strict=True)
        signal = [None, *map(_rounded, self.signal_gains)]
        gradient = [*map(_rounded, self.gradient_gains), None]
        return tuple(
            LayerState(
                weight_norm=_rounded(weight),
                gradient_norm=_rounded(norm),
                update_to_weight=_rounded(learning_rate * norm / weight if weight else np.inf),
                dead=_rounded(dead),
                signal_gain=forward,
                gradient_gain=backward,
            )
            for (weight, norm, dead), forward, backward in zip(norms, signal, gradient, strict=True)
        )


def sample_of(config: Config, examples: Examples) -> Examples:
    """Return the first examples, SAMPLE of them, or as many as a very large network's memory has.

    Always the same ones, so that what is measured on them can be compared.
    """
    units = sum(config.hidden_widths) + config.data.outputs
    some = slice(max(2, min(SAMPLE, MAX_VALUES // units)))
    return examples[some]


class Probe:
    """Measures weights of one shape: compiled once."""

    def __init__(self, activation: str) -> None:
        # without XLA: it takes 0.1 s to build where XLA takes 1 s, and is called ten times a run
        self._passes = tf.function(_passes(activation), autograph=False)

    def __call__(self, weights: Sequence[Any], examples: Examples) -> Measures:
        """Measure kernels [inputs, units] and biases [units], layer by layer, on the examples."""
        features = scaled(examples.features, examples.scale)
        class_weights = class_weights_of(examples)
        found = self._passes(tuple(weights), features, examples.targets, class_weights)
        numbers: dict[str, Any] = {k: np.asarray(v, np.float64)[()] for k, v in found.items()}
        return Measures(examples=len(examples), **numbers)


def _passes(activation: str) -> Callable[..., dict[str, Any]]:
    """Return the two passes over a network with that activation, as a pure function."""
    act = keras.activations.get(activation)

    def passes(weights: Any, features: Any, targets: Any, class_weights: Any) -> dict[str, Any]:
        kernels, biases = weights[::2], weights[1::2]
        inputs, values = [features], []
        with tf.GradientTape() as tape:
            tape.watch(weights)
            for kernel, bias in zip(kernels, biases, strict=True):
                values.append(tf.matmul(inputs[-1], kernel) + bias)
                if len(values) < len(kernels):
                    inputs.append(act(values[-1]))
            losses = trained_losses(targets, values[-1], class_weights)
            total = tf.reduce_sum(losses)
        *deltas, by_weights = tape.gradient(total, (*values, kernels))
        n = tf.cast(tf.shape(features)[0], tf.float32)
        dead = [_dead_share(act, value) for value in values[:-1]]
        by_kernel = [_square(each) / n**2 for each in by_weights]
        by_bias = [_square(tf.reduce_mean(each, axis=0)) for each in deltas]
        of_delta = [tf.reduce_sum(tf.square(each), axis=1) for each in deltas]
        # |g_i|^2 of a dense layer is (|a_i|^2 + 1) |delta_i|^2: a_i delta_i^T, and the bias
        of_examples = [
            (tf.reduce_sum(tf.square(a), axis=1) + 1.0) * d
            for a, d in zip(inputs, of_delta, strict=True)
        ]
        of_values = targets.dtype.is_floating  # of which there may be one alone, without a spread
        mean_square = tf.reduce_mean(tf.square(values[-1]), axis=1)
        spread = mean_square if of_values else tf.math.reduce_variance(values[-1], axis=1)
        return {
            "loss": total / n,
            "logit_scale": tf.sqrt(tf.reduce_mean(spread)),
            "signal": [tf.reduce_mean(tf.square(value)) for value in values],
            "delta": [tf.sqrt(tf.reduce_mean(each)) for each in of_delta],
            "weight_norm": [tf.norm(kernel) for kernel in kernels],
            "gradient_norm": tf.sqrt(tf.stack(by_kernel)),
            "dead": [*dead, tf.zeros_like(n)],
            "gradient_square": tf.add_n([*by_kernel, *by_bias]),
            "example_square": tf.add_n([tf.reduce_mean(each) for each in of_examples]),
        }

    return passes


def _dead_share(act: Callable[[Any], Any], values: Any) -> Any:
    """Return the share of units whose activation is flat on every example, [examples, units]."""
    with tf.autodiff.ForwardAccumulator(values, tf.ones_like(values)) as along:
        slopes = along.jvp(act(values), tf.UnconnectedGradients.ZERO)
    flat = tf.reduce_all(tf.abs(slopes) < FLAT, axis=0)
    return tf.reduce_mean(tf.cast(flat, tf.float32))


def movement(start: Sequence[Any], end: Sequence[Any]) -> float:
    """Return how far all parameters moved from where they started, relative to where that was.

    norm(theta_t - theta_0) / norm(theta_0) over kernels and biases together; infinite from zero.
    """
    moved = sum(float(_square(b - a)) for a, b in zip(start, end, strict=True))
    size = sum(float(_square(tf.convert_to_tensor(a))) for a in start)
    return float(np.sqrt(moved / size)) if size else float("inf")


def _square(tensor: Any) -> Any:
    """Return the squared norm of a tensor of any shape."""
    return tf.reduce_sum(tf.square(tensor))


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
