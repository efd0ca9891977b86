"""What a network learns by: the loss of each example, by what its target is.

Whole numbers are classes, and what the network puts out for an example are their logits; floats are
standardized values.
"""

from typing import Any

from mlpcli.training.backend import tensorflow as tf


def example_losses(targets: Any, outputs: Any) -> Any:
    """Return the loss of each example, float32 [n], of outputs float32 [n, outputs].

    The cross-entropy in nats of classes int32 [n], or of values float32 [n, outputs] the squared
    error, in the mean over them.
    """
    if targets.dtype.is_floating:
        return tf.reduce_mean(tf.square(outputs - targets), axis=-1)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, outputs)


def number_correct(targets: Any, outputs: Any) -> Any:
    """Return how many examples are classified correctly, int32; 0 of values."""
    if targets.dtype.is_floating:
        return tf.constant(0, tf.int32)
    correct = tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), targets)
    return tf.reduce_sum(tf.cast(correct, tf.int32))
