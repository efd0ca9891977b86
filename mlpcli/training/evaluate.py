"""A network's score on a set of examples."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data import Examples
from mlpcli.runs import Score
from mlpcli.training.backend import tensorflow as tf

BATCH = 1_000  # examples at once: 64 MiB for each hidden layer of the widest network

Predictions = NDArray[Any]


def scaled(features: Any, scale: float) -> Any:
    """Return features as a network sees them: bytes times the scale, floats as they are."""
    tensor = tf.convert_to_tensor(features)
    return tensor if tensor.dtype == tf.float32 else tf.cast(tensor, tf.float32) * scale


class Evaluator:
    """Scores weights of one model on whole sets: compiled once, for sets of any size."""

    def __init__(self, model: Any, scale: float) -> None:
        @tf.function(autograph=False, reduce_retracing=True)  # type: ignore[untyped-decorator]
        def score(weights: Any, features: Any, targets: Any) -> Any:
            logits, _ = model.stateless_call(weights, [], scaled(features, scale))
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
            return losses, tf.argmax(logits, axis=-1, output_type=tf.int32)

        self._score = score
        self._classes = np.min_scalar_type(model.output_shape[-1] - 1)  # a type that holds them

    def __call__(
        self,
        weights: Sequence[Any],
        examples: Examples,
        check: Callable[[], None] = lambda: None,
    ) -> tuple[Score, Predictions]:
        """Return the score and the predicted class of each example, unsigned [n].

        `check` is called between batches, and may raise.
        """
        losses, predictions = [], []
        for start in range(0, len(examples), BATCH):
            part = slice(start, start + BATCH)
            loss, predicted = self._score(weights, examples.features[part], examples.targets[part])
            losses.append(loss.numpy())
            predictions.append(predicted.numpy())
            check()
        predicted = np.concatenate(predictions)
        score = Score(
            loss=float(np.concatenate(losses).mean(dtype=np.float64)),
            correct=int((predicted == examples.targets).sum()),
            examples=len(examples),
        )
        return score, predicted.astype(self._classes)
