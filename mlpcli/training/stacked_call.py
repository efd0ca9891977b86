"""Several networks of one structure in one compiled call: what it computes, without who asks."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mlpcli.config import Config, covering, learning_rates, longest_stretch, structure
from mlpcli.data import batch_indices
from mlpcli.training.backend import TRACING
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.batches import tensors_of
from mlpcli.training.compiled import CHUNK_STEPS, Weights
from mlpcli.training.losses import class_weights_of
from mlpcli.training.stack import stacked_chunk
from mlpcli.training.steps import Outcomes, Start


class StackedCall:
    """The weights of up to `size` networks, each in a place; `take` goes on with all of them.

    A place without a network computes what nobody reads: zeros, so that its numbers stay ordinary.
    The networks share no number, and whoever comes or goes leaves the others' bits as they are.
    """

    def __init__(self, starts: Sequence[Start], size: int) -> None:
        first = starts[0].config
        self.size = size
        self._structure = structure(first)
        self._optimizer = covering(each.config.optimizer for each in starts)
        stretch = max(longest_stretch(each.config) for each in starts)
        # two at least: XLA rounds otherwise in a loop that it knows to be of one
        self._capacity = max(2, min(CHUNK_STEPS, stretch))
        examples = starts[0].examples
        self._count = len(examples)
        self._examples = *tensors_of(examples), class_weights_of(examples)
        self._weights: Weights = tuple(tf.zeros((size, *w.shape)) for w in starts[0].weights)
        self._state: Weights = tuple(map(tf.zeros_like, self._weights)) * self._optimizer.slots
        self._numbers = [np.zeros(size, np.float32) for _ in self._optimizer.numbers]

    def suits(self, start: Start) -> bool:
        """Say whether the update that is compiled has all that a training's needs."""
        return covering([self._optimizer, start.config.optimizer]) == self._optimizer

    def compile(self) -> None:
        """Compile the loop, or find it compiled."""
        with TRACING:
            chunk = stacked_chunk(self._structure, self._optimizer)
            self._chunk = chunk.get_concrete_function(*self._arguments({}, 0))
        self._chunk(*self._arguments({}, 0))

    def put(self, place: int, start: Start) -> None:
        """Put a network where it stands into a place."""
        self._weights = _with(self._weights, place, start.weights)
        # one whose update keeps no state shares the loop of those that do
        self._state = _with(self._state, place, start.state or [0.0] * len(self._state))
        for values, number in zip(self._numbers, start.config.optimizer.numbers, strict=True):
            values[place] = number

    def clear(self, place: int) -> None:
        """Put zeros into a place."""
        self._weights = _with(self._weights, place, [0.0] * len(self._weights))
        self._state = _with(self._state, place, [0.0] * len(self._state))
        for values in self._numbers:
            values[place] = 0.0

    def at(self, place: int, config: Config) -> tuple[Weights, Weights]:
        """Return the weights, and the optimizer's state, of the network in a place."""
        weights = tuple(w[place] for w in self._weights)
        kept = len(weights) * config.optimizer.slots
        return weights, tuple(s[place] for s in self._state[:kept])

    def take(self, steps: Mapping[int, tuple[Config, int]], count: int) -> dict[int, Outcomes]:
        """Take up to `count` steps in each place, of a config from the step after one on."""
        count = min(count, self._capacity)
        arguments = self._arguments(steps, count)
        self._weights, self._state, losses, correct = self._chunk(*arguments)
        found = losses.numpy()[:count], correct.numpy()[:count]
        return {place: (found[0][:, place], found[1][:, place]) for place in steps}

    def _arguments(self, steps: Mapping[int, tuple[Config, int]], count: int) -> tuple[Any, ...]:
        """Return what the compiled loop takes."""
        batch = self._structure.batch_size
        indices = np.zeros((self._capacity, self.size, batch), np.int32)
        rates = np.zeros((self._capacity, self.size), np.float32)
        for place, (config, step) in steps.items():
            rates[:count, place] = learning_rates(config, step + 1, count)
            indices[:count, place] = batch_indices(
                config.order, self._count, batch, config.batches_seed, step + 1, count
            )
        numbers = tuple(map(tf.constant, self._numbers))
        schedule = (tf.constant(each) for each in (indices, rates, np.int32(count)))
        return self._weights, self._state, *self._examples, numbers, *schedule


def _with(arrays: Weights, place: int, values: Sequence[Any]) -> Weights:
    """Return stacked arrays with other values in one place; a number is of all elements."""
    pairs = zip(arrays, values, strict=True)
    return tuple(
        tf.tensor_scatter_nd_update(each, [[place]], [tf.broadcast_to(value, each.shape[1:])])
        for each, value in pairs
    )
