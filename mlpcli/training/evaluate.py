"""A network's score on a set of examples."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data import Examples
from mlpcli.runs import Score
from mlpcli.stats import r_squared
from mlpcli.training.backend import TRACING
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.losses import example_losses

BATCH = 1_000  # examples at once: 64 MiB for each hidden layer of the widest network

# classes, unsigned [n], or values, float32 [n, targets], standardized
Predictions = NDArray[Any]


def scaled(features: Any, scale: float) -> Any:
    """Return features as a network sees them: bytes times the scale, floats as they are."""
    tensor = tf.convert_to_tensor(features)
    return tensor if tensor.dtype == tf.float32 else tf.cast(tensor, tf.float32) * scale


class Evaluator:
    """Scores weights of one model on whole sets: traced once, for sets of any size."""

    def __init__(self, model: Any, scale: float) -> None:
        @tf.function(autograph=False)  # type: ignore[untyped-decorator]
        def score(weights: Any, features: Any, targets: Any) -> Any:
            outputs, _ = model.stateless_call(weights, [], scaled(features, scale))
            of_values = targets.dtype.is_floating
            predicted = outputs if of_values else tf.argmax(outputs, -1, output_type=tf.int32)
            return example_losses(targets, outputs), predicted, outputs

        self._score, self._traced = score, dict[Hashable, Callable[..., Any]]()
        self._classes = np.min_scalar_type(model.output_shape[-1] - 1)  # a type that holds them

    def prepare(self, weights: Sequence[Any], examples: Examples) -> Callable[..., Any]:
        """Return the function that scores examples of this kind: traced the first time, 0.1 s."""
        arrays = examples.features, examples.targets
        key = tuple((each.dtype, each.shape[1:]) for each in arrays)
        if key not in self._traced:
            # a concrete function, for any number: it saves 0.2 ms a call, a sixth at width 32
            specs = [tf.TensorSpec((None, *each.shape[1:]), each.dtype) for each in arrays]
            with TRACING:
                self._traced[key] = self._score.get_concrete_function(tuple(weights), *specs)
        return self._traced[key]

    def __call__(
        self,
        weights: Sequence[Any],
        examples: Examples,
        check: Callable[[], None] = lambda: None,
        see: Callable[[NDArray[np.float32]], None] | None = None,
    ) -> tuple[Score, Predictions]:
        """Return the score, and what is predicted of each example.

        `check` is called between batches, and may raise; `see` with each batch's outputs.
        """
        losses, predictions = [], []
        score, weights = self.prepare(weights, examples), tuple(weights)
        for start in range(0, len(examples), BATCH):
            part = slice(start, start + BATCH)
            seen, targets = examples.features[part], examples.targets[part]
            loss, predicted, outputs = score(weights, tf.constant(seen), tf.constant(targets))
            losses.append(loss.numpy())
            predictions.append(predicted.numpy())
            if see:
                see(outputs.numpy())
            check()
        found, count = np.concatenate(predictions), len(examples)
        loss = float(np.concatenate(losses).mean(dtype=np.float64))
        if examples.targets.dtype.kind == "f":
            return Score(loss, count, r2=r_squared(found, examples.targets)), found
        correct = int((found == examples.targets).sum())
        return Score(loss, count, correct), found.astype(self._classes)
