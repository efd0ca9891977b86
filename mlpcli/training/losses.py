"""What a network learns by: the loss of each example, by what its target is.

Whole numbers are classes, and what the network puts out for an example are their logits; floats are
standardized values.
"""

from typing import Any

from mlpcli.data import Examples
from mlpcli.training.backend import tensorflow as tf


def example_losses(targets: Any, outputs: Any) -> Any:
    """Return the loss of each example, float32 [n], of outputs float32 [n, outputs].

    The cross-entropy in nats of classes int32 [n], or of values float32 [n, outputs] the squared
    error, in the mean over them.
    """
    if targets.dtype.is_floating:
        return tf.reduce_mean(tf.square(outputs - targets), axis=-1)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(targets, outputs)


def class_weights_of(examples: Examples) -> tuple[Any, ...]:
    """Return the class weights of examples as `trained_losses` takes them, float32 [classes]."""
    weights = examples.class_weights
    return (tf.constant(weights, tf.float32),) if weights else ()


def trained_losses(targets: Any, outputs: Any, class_weights: Any = ()) -> Any:
    """Return the loss of each example as it is trained, float32 [n]: times its class's weight.

    Its mean over a batch is divided by the number of examples and not by the sum of their weights,
    as Keras's class_weight has it: a batch of rare examples takes the larger step.
    """
    losses = example_losses(targets, outputs)
    return losses * tf.gather(class_weights[0], targets) if class_weights else losses


def number_correct(targets: Any, outputs: Any) -> Any:
    """Return how many examples are classified correctly, int32; 0 of values."""
    if targets.dtype.is_floating:
        return tf.constant(0, tf.int32)
    correct = tf.equal(tf.argmax(outputs, axis=-1, output_type=tf.int32), targets)
    return tf.reduce_sum(tf.cast(correct, tf.int32))
