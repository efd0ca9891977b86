"""Networks of one structure trained side by side: all of their steps in one loop.

A stack of K has weights [K, inputs, units] and biases [K, units]. Its members share no number: the
loss of each is the mean over its own batch, so a learning rate means what it means alone, and one
that becomes NaN leaves the others' bits as they are.
"""

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import SGD, Config, Structure, covering, learning_rates, structure
from mlpcli.data import Examples, MappedFeatures, batch_indices
from mlpcli.errors import MlpcliError
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.batches import held_for, to_tensor
from mlpcli.training.compiled import (
    CHUNK_SECONDS,
    CHUNK_STEPS,
    KEPT_PROGRAMS,
    Weights,
    steps_in_a_loop,
    training_step,
)
from mlpcli.training.evaluate import scaled
from mlpcli.training.losses import class_weights_of
from mlpcli.training.model import initial_weights, network

# At most, in one call. More are slower: the weights of 16 networks of width 500 are 42 MB, which no
# cache holds. The calls run at once, one a core, so that what one thread does alone costs nothing.
MEMBERS = 4

Outcomes = tuple[NDArray[np.float32], NDArray[np.int32]]  # of each step and member: [steps, K]


class StackError(MlpcliError):
    """Configs that cannot be trained as one."""


def stackable(configs: Sequence[Config]) -> list[list[int]]:
    """Return the positions of the configs that can be trained as one, stack by stack."""
    groups: dict[Structure, list[int]] = {}
    for position, config in enumerate(configs):
        groups.setdefault(structure(config), []).append(position)
    return list(groups.values())


class Stack:
    """The training of K networks at once; `take` goes on with all of them.

    Nothing ends the training of a member whose loss is no longer finite: it costs what it did. A
    schedule goes by the steps of its own config. `check` is called between calls and may raise. Of
    mapped data the examples of the first `capacity` steps are held: it takes no more.
    """

    def __init__(
        self,
        configs: Sequence[Config],
        examples: Examples,
        check: Callable[[], None] = lambda: None,
        capacity: int = CHUNK_STEPS,
    ) -> None:
        _require_one_structure(configs)
        self.step, self._check, self._capacity = 0, check, capacity
        self._count, held, self._chosen = len(examples), examples, None
        if isinstance(examples.features, MappedFeatures):
            held, self._chosen = held_for(configs, examples, capacity)
        self._examples = (
            *(to_tensor(held.features[:]), tf.constant(held.targets)),
            class_weights_of(held),
        )
        optimizer = covering(config.optimizer for config in configs)
        self._parts = [_Part(each, optimizer.slots) for each in _split(configs)]
        self._members = len(configs)
        self._speed = 1.0  # steps a second, as last seen
        chunk = stacked_chunk(structure(configs[0]), optimizer)
        self._chunk = chunk.get_concrete_function(*self._arguments(self._parts[0], 0))
        self._run(self._parts[0], 0)  # compiles

    def take(self, count: int) -> Outcomes:
        """Take `count` steps; return the loss and number correct of each, both [count, K].

        Both are of the batch before the update, as a run's are.
        """
        taken = list(self._calls(count))
        losses, correct = (np.concatenate(each) for each in zip(*taken, strict=True))
        return losses, correct

    def weights(self, member: int) -> list[NDArray[np.float32]]:
        """Return the weights of one member as they stand, as its own network has them."""
        part, place = divmod(member, len(self._parts[0].configs))
        return [w.numpy()[place] for w in self._parts[part].weights]

    def _calls(self, count: int) -> Iterator[Outcomes]:
        """Yield the outcomes of `count` steps, call by call."""
        end = self.step + count
        with ThreadPoolExecutor(min(len(self._parts), _cores())) as pool:
            while self.step < end:
                affordable = max(1, int(self._speed * CHUNK_SECONDS))
                some = min(end - self.step, self._capacity, affordable)
                start = time.perf_counter()
                done = list(pool.map(lambda part, n=some: self._run(part, n), self._parts))
                self._speed = some / max(time.perf_counter() - start, 1e-9)
                self.step += some
                losses, correct = (np.concatenate(each, axis=1) for each in zip(*done, strict=True))
                yield losses[:, : self._members], correct[:, : self._members]
                self._check()

    def _run(self, part: "_Part", count: int) -> Outcomes:
        arguments = self._arguments(part, count)
        part.weights, part.state, losses, correct = self._chunk(*arguments)
        return losses.numpy()[:count], correct.numpy()[:count]

    def _arguments(self, part: "_Part", count: int) -> tuple[Any, ...]:
        """Return what the compiled loop takes for the next `count` steps of a part."""
        members, batch = len(part.configs), part.configs[0].batch_size
        indices = np.zeros((self._capacity, members, batch), np.int32)
        rates = np.zeros((self._capacity, members), np.float32)
        first = self.step + 1
        for k, config in enumerate(part.configs if count else ()):
            rates[:count, k] = learning_rates(config, first, count)
            drawn = batch_indices(
                config.order, self._count, batch, config.batches_seed, first, count
            )
            held = drawn if self._chosen is None else np.searchsorted(self._chosen, drawn)
            indices[:count, k] = held
        schedule = (tf.constant(each) for each in (indices, rates, np.int32(count)))
        return part.weights, part.state, *self._examples, part.constants, *schedule


class _Part:
    """The members that one call trains, and where they stand."""

    def __init__(self, configs: Sequence[Config], slots: int) -> None:
        self.configs = configs
        members = [initial_weights(config) for config in configs]
        self.weights: Weights = tuple(tf.stack(each) for each in zip(*members, strict=True))
        self.state: Weights = tuple(map(tf.zeros_like, self.weights)) * slots
        numbers = zip(*(config.optimizer.numbers for config in configs), strict=True)
        self.constants = tuple(tf.constant(each, tf.float32) for each in numbers)  # [members]


def _split(configs: Sequence[Config]) -> list[Sequence[Config]]:
    """Part the configs into equal calls; the last config fills the last one up."""
    calls = max(math.ceil(len(configs) / MEMBERS), min(len(configs), _cores()))
    size = math.ceil(len(configs) / calls)
    filled = [*configs, *[configs[-1]] * (-len(configs) % size)]
    return [filled[i : i + size] for i in range(0, len(configs), size)]


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _require_one_structure(configs: Sequence[Config]) -> None:
    """Raise StackError where configs differ in what a stack has in common."""
    groups = stackable(configs)
    if len(groups) == 1:
        return
    one, other = (structure(configs[group[0]]) for group in groups[:2])
    keys = [key for key in Structure._fields if getattr(one, key) != getattr(other, key)]
    raise StackError(
        f"these configs cannot be trained as one: they differ in {' and '.join(keys)}",
        "train each structure as a stack of its own",
    )


def _network(of: Structure) -> Any:
    """Return a model of a structure: of its weights none is used."""
    sizes = (of.inputs, *of.hidden_widths, of.outputs)
    return network(sizes, of.activation, ["zeros"] * (len(sizes) - 1))


@lru_cache(maxsize=KEPT_PROGRAMS)
def stacked_chunk(of: Structure, optimizer: SGD) -> Any:
    """Return a function of any number of steps of M members, compiled once for each M.

    As compile_chunk's, with weights, state, batches [capacity, M, batch_size], learning rates,
    losses and numbers correct [capacity, M] of all members, and with the optimizer's numbers [M]
    besides.
    """
    model, scale = _network(of), of.scale

    def member_step(member: Any, class_weights: Any) -> Any:
        weights, state, features, targets, rate, *numbers = member
        update = partial(optimizer.at(numbers).update, rate=rate)
        batch = scaled(features, scale), targets, class_weights
        return training_step(model, weights, state, batch, update)

    @tf.function(jit_compile=True, autograph=False)  # type: ignore[untyped-decorator]
    def chunk(
        weights: Any,
        state: Any,
        features: Any,
        targets: Any,
        class_weights: Any,
        constants: Any,
        indices: Any,
        rates: Any,
        count: Any,
    ) -> Any:
        def step(i: Any, weights: Any, state: Any) -> Any:
            batch = tf.gather(features, indices[i]), tf.gather(targets, indices[i])
            members = weights, state, *batch, rates[i], *constants
            return tf.vectorized_map(lambda each: member_step(each, class_weights), members)

        return steps_in_a_loop(step, weights, state, rates, count)

    return chunk
