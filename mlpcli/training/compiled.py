"""What is compiled: a pure step on the mean loss of a batch, in a loop, and the scores."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import Config, compiled_once
from mlpcli.training.backend import TRACING
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.evaluate import Evaluator, scaled
from mlpcli.training.losses import number_correct, trained_losses
from mlpcli.training.probe import Probe

CHUNK_STEPS = 500  # at most, in one call: at width 32 it saves 5 % over 100, more saves nothing
CHUNK_SECONDS = 0.5  # about, so that a signal is soon heard whatever the network's size
KEPT_PROGRAMS = 8  # of the structures that one process trains in turn

Weights = tuple[Any, ...]  # kernels [inputs, units] and biases [units], layer by layer


def to_tensors(arrays: Sequence[NDArray[np.float32]]) -> Weights:
    """Return weights as a compiled program takes them."""
    return tuple(tf.constant(array) for array in arrays)


def training_step(
    model: Any, weights: Weights, state: Weights, batch: Any, update: Callable[..., Any]
) -> tuple[Weights, Weights, Any, Any]:
    """Return weights and optimizer state after one update, the batch's loss and number correct.

    `batch` is (features float32 [n, inputs], targets, class weights as in losses.py). The loss is
    the one that is trained (float32); it and the number correct (int32) are scalars, of the
    weights before the update. `update` is SGD's, of weights, state and the gradients of the
    batch's mean loss.
    """
    features, targets, class_weights = batch
    with tf.GradientTape() as tape:
        tape.watch(weights)
        outputs, _ = model.stateless_call(weights, [], features)
        loss = tf.reduce_mean(trained_losses(targets, outputs, class_weights))
    gradients = tape.gradient(loss, weights)
    weights, state = update(weights, state, gradients)
    return weights, state, loss, number_correct(targets, outputs)


def steps_in_a_loop(step: Any, weights: Weights, state: Weights, rates: Any, count: Any) -> Any:
    """Return weights, state, losses and numbers correct after the first `count` steps.

    `step(i, weights, state)` is step i, from 0: it returns what training_step does. Losses and
    numbers correct are shaped as `rates`, [capacity, ...], and zero beyond the steps taken.
    """

    def body(i: Any, weights: Any, state: Any, losses: Any, correct: Any) -> Any:
        weights, state, loss, number_correct = step(i, weights, state)
        losses = tf.tensor_scatter_nd_update(losses, [[i]], [loss])
        correct = tf.tensor_scatter_nd_update(correct, [[i]], [number_correct])
        return i + 1, weights, state, losses, correct

    losses, correct = tf.zeros_like(rates), tf.zeros_like(rates, tf.int32)
    start = (tf.constant(0), weights, state, losses, correct)
    return tf.while_loop(lambda i, *_: i < count, body, start)[1:]


def compile_chunk(config: Config, model: Any) -> Any:
    """Return a function of any number of steps, compiled once.

    It takes weights, optimizer state, the training features [N, inputs] and targets [N],
    class weights, the optimizer's numbers, the batches' indices int32 [capacity, batch_size],
    learning rates [capacity], and how many of those steps to take; it gives weights, state, losses
    [capacity] and numbers correct [capacity], zero beyond the steps taken. Weights are values
    carried by the loop and batches are gathered inside it: variables, or data captured as
    constants, halve the speed.
    """
    optimizer, scale = config.optimizer, config.data.scale

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def chunk(
        weights: Any,
        state: Any,
        features: Any,
        targets: Any,
        class_weights: Any,
        numbers: Any,
        indices: Any,
        rates: Any,
        count: Any,
    ) -> Any:
        def step(i: Any, weights: Any, state: Any) -> Any:
            seen = scaled(tf.gather(features, indices[i]), scale)
            batch = seen, tf.gather(targets, indices[i]), class_weights
            update = partial(optimizer.at(numbers).update, rate=rates[i])
            return training_step(model, weights, state, batch, update)

        return steps_in_a_loop(step, weights, state, rates, count)

    return chunk


class Program:
    """What is compiled for a network and its training: the chunk of steps, scores and measures."""

    def __init__(self, config: Config, model: Any) -> None:
        self.model = model  # the first of the structure
        self.chunk = compile_chunk(config, model)
        self.evaluate = Evaluator(model, config.data.scale)
        self.probe = Probe(config.activation)


_programs: dict[Hashable, Program] = {}


def program(config: Config, model: Any) -> Program:
    """Return what is compiled for a config: another that shares its structure takes the same."""
    key = compiled_once(config)
    with TRACING:
        if key not in _programs:
            while len(_programs) >= KEPT_PROGRAMS:
                del _programs[next(iter(_programs))]
            _programs[key] = Program(config, model)
        return _programs[key]
