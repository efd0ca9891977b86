"""The batches of a training as the compiled loop takes them: held in memory, or read as they come.

From memory the loop is given the whole training set, with each step's examples by number. Of mapped
data it is given a block: the examples of the next steps. While it takes these a thread reads those
of the steps after.
"""

import weakref
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import Config
from mlpcli.data import ALIGNED, Examples, MappedFeatures, aligned_zeros, batch_indices
from mlpcli.training.backend import GPUS
from mlpcli.training.backend import tensorflow as tf

BLOCK = 64 << 20  # bytes of features at most that are read together, unless two batches have more


def to_tensor(array: NDArray[Any]) -> Any:
    """Return an array as a tensor, where it can in the same memory, which nobody may change then.

    tf.constant takes twice the array's memory besides, and 0.7 s for 260 MB. What a GPU works on is
    to be in its own memory; where an array does not begin at a multiple of ALIGNED, or may not be
    written to, TensorFlow and numpy want a copy.
    """
    shares = not GPUS and array.ctypes.data % ALIGNED == 0 and array.flags.writeable
    if not shares or not array.flags.c_contiguous or not array.size:
        return tf.constant(array)
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())


class Batches(Protocol):
    """Gives the batches of steps that follow one another."""

    capacity: int  # steps at most at once

    def most(self, first: int) -> int:
        """Return how many steps from `first` on can be given together."""

    def of(self, first: int, count: int) -> tuple[Any, Any, NDArray[np.int32]]:
        """Return features, targets, and of those the examples of each step [capacity, batch]."""


def batches_of(config: Config, examples: Examples, capacity: int) -> Batches:
    """Return the batches of a training whose calls take up to `capacity` steps."""
    if isinstance(examples.features, MappedFeatures):
        return MappedBatches(config, examples, capacity)
    return HeldBatches(config, examples, capacity)


_tensors: dict[int, tuple[Any, Any]] = {}
_one_copy = Lock()


def tensors_of(examples: Examples) -> tuple[Any, Any]:
    """Return features and targets in memory: the same for all that train on the same examples."""
    key = id(examples)
    with _one_copy:
        if key not in _tensors:
            _tensors[key] = to_tensor(examples.features[:]), tf.constant(examples.targets)
            weakref.finalize(examples, _tensors.pop, key, None)
        return _tensors[key]


class HeldBatches:
    """All examples in memory."""

    def __init__(self, config: Config, examples: Examples, capacity: int) -> None:
        self.capacity, self._config, self._count = capacity, config, len(examples)
        self._examples = tensors_of(examples)

    def most(self, first: int) -> int:
        """Return the capacity: any steps can be given."""
        return self.capacity

    def of(self, first: int, count: int) -> tuple[Any, Any, NDArray[np.int32]]:
        """Return all examples, and the numbers of each step's."""
        indices = np.zeros((self.capacity, self._config.batch_size), np.int32)
        if count:
            indices[:count] = _indices(self._config, self._count, first, count)
        return *self._examples, indices


def held_for(
    configs: Sequence[Config], examples: Examples, steps: int
) -> tuple[Examples, NDArray[np.int32]]:
    """Return those examples, in memory, that the first steps of configs take, and their numbers."""
    seeds = {config.batches_seed: config for config in configs}.values()
    drawn = [_indices(config, len(examples), 1, steps).ravel() for config in seeds]
    chosen = np.unique(np.concatenate(drawn))
    return examples[chosen], chosen


class _Block(NamedTuple):
    """The examples of some steps, and which of them each takes."""

    first: int
    steps: int
    features: Any
    targets: Any
    indices: NDArray[np.int32]


class MappedBatches:
    """Examples on the disk, of which a block at a time is in memory, and the next on its way."""

    def __init__(self, config: Config, examples: Examples, capacity: int) -> None:
        row = examples.features.dtype.itemsize * examples.features.shape[1]
        # two steps at least: XLA rounds otherwise in a loop that it knows to be of one
        self.capacity = min(capacity, max(2, BLOCK // (row * config.batch_size)))
        self._config, self._examples = config, examples
        self._pool = ThreadPoolExecutor(1)
        shapes = examples.features.shape[1:], examples.targets.shape[1:]
        types = examples.features.dtype, examples.targets.dtype
        length = self.capacity * config.batch_size
        # two blocks' room, by turns: to ask for memory anew takes longer than to read
        self._rooms = [
            [aligned_zeros((length, *shapes[i]), types[i]) for i in range(2)] for _ in range(2)
        ]
        self._block: _Block | None = None
        self._next: Future[_Block] | None = None

    def most(self, first: int) -> int:
        """Return how many steps are left of the block that step `first` is in."""
        block = self._at(first)
        return block.first + block.steps - first

    def of(self, first: int, count: int) -> tuple[Any, Any, NDArray[np.int32]]:
        """Return the block of step `first`, and the numbers in it of each step's examples."""
        block = self._at(first)
        indices = np.zeros_like(block.indices)
        begin = first - block.first
        indices[:count] = block.indices[begin : begin + count]
        return block.features, block.targets, indices

    def _at(self, step: int) -> _Block:
        block = self._block
        if block and block.first <= step < block.first + block.steps:
            return block
        ahead, self._next = self._next, None
        block = ahead.result() if ahead else None
        if block is None or block.first != step:
            block = self._read(step)
        self._block, after = block, block.first + block.steps
        if after <= self._config.steps:
            self._next = self._pool.submit(self._read, after)
        return block

    def _read(self, first: int) -> _Block:
        """Return the examples of the steps from `first` on, as they stand in the file."""
        config, examples = self._config, self._examples
        assert isinstance(examples.features, MappedFeatures)
        steps = max(1, min(self.capacity, config.steps - first + 1))
        chosen = _indices(config, len(examples), first, steps).ravel()
        features, targets = self._rooms[0]
        self._rooms.reverse()
        order = examples.features.read(chosen, features[: len(chosen)])
        targets[: len(order)] = examples.targets[chosen[order]]
        places = np.zeros(len(targets), np.int32)
        places[order] = np.arange(len(order), dtype=np.int32)
        indices = places.reshape(self.capacity, config.batch_size)
        return _Block(first, steps, to_tensor(features), tf.constant(targets), indices)


def _indices(config: Config, examples: int, first: int, count: int) -> NDArray[np.int32]:
    return batch_indices(
        config.order, examples, config.batch_size, config.batches_seed, first, count
    )
