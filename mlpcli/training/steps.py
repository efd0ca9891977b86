"""Who takes the steps of a training: a compiled loop of its own, or one that it shares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import Config, learning_rates, longest_stretch
from mlpcli.data import Examples
from mlpcli.training.backend import TRACING
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.batches import batches_of
from mlpcli.training.compiled import CHUNK_STEPS, Program, Weights
from mlpcli.training.losses import class_weights_of

Outcomes = tuple[NDArray[np.float32], NDArray[np.int32]]  # loss and number correct of each step


@dataclass(frozen=True)
class Start:
    """A training that is to go on after `step` steps."""

    config: Config
    program: Program
    examples: Examples
    step: int
    weights: Weights
    state: Weights  # of the optimizer


class Steps(Protocol):
    """Takes the steps of one training, in order, and has its weights as they stand."""

    @property
    def weights(self) -> Weights:
        """The weights after the last step."""

    @property
    def state(self) -> Weights:
        """The optimizer's state after the last step."""

    def prepare(self) -> None:
        """Compile what is to be compiled, or wait for it."""

    def take(self, count: int) -> Outcomes:
        """Take up to `count` steps, one at least; return the outcomes of those that were taken."""

    def end(self) -> None:
        """Note that there are no more steps to take. The weights stay."""


Stepper = Callable[[Start, Callable[[], None]], Steps]  # given a check, which may raise


class Alone:
    """Takes them in a compiled loop of one network."""

    def __init__(self, start: Start, check: Callable[[], None] = lambda: None) -> None:
        self.weights, self.state = start.weights, start.state
        self._step, self._config, self._program = start.step, start.config, start.program
        stretch = min(CHUNK_STEPS, longest_stretch(start.config))
        self._batches = batches_of(start.config, start.examples, stretch)
        self._class_weights = class_weights_of(start.examples)
        numbers = start.config.optimizer.numbers
        self._numbers = tuple(tf.constant(each, tf.float32) for each in numbers)

    def prepare(self) -> None:
        """Compile the loop."""
        with TRACING:
            # a concrete function saves 0.2 ms a call, 4 % of a hundred steps at width 32
            self._chunk = self._program.chunk.get_concrete_function(*self._arguments(0))
        self._run(0)

    def take(self, count: int) -> Outcomes:
        """Take as many steps as can be given together, in one call."""
        return self._run(min(count, self._batches.most(self._step + 1)))

    def end(self) -> None:
        """Do nothing."""

    def _run(self, count: int) -> Outcomes:
        self.weights, self.state, losses, correct = self._chunk(*self._arguments(count))
        self._step += count
        return losses.numpy()[:count], correct.numpy()[:count]

    def _arguments(self, count: int) -> tuple[object, ...]:
        """Return what the compiled chunk takes for the next `count` steps."""
        first = self._step + 1
        features, targets, indices = self._batches.of(first, count)
        rates = np.zeros(len(indices), np.float32)
        if count:
            rates[:count] = learning_rates(self._config, first, count)
        schedule = (tf.constant(each) for each in (indices, rates, np.int32(count)))
        data = features, targets, self._class_weights
        return self.weights, self.state, *data, self._numbers, *schedule
