"""Which training examples each step takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

FEW = 100_000  # examples: 400 kB a permutation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.int32]


def batch_indices(
    order: str, examples: int, batch_size: int, seed: int, first: int, count: int
) -> Indices:
    """Return the training examples of steps first, first + 1, ...: int32 [count, batch_size].

    sequential: step t takes batch_size examples from ((t - 1) * batch_size) mod
    (examples - batch_size) on, or from 0 where the batch is the whole set.
    shuffle: the epochs' permutations stand end to end, and step t takes the next batch_size of
    them; no example is left out of an epoch, and a batch may span two.
    """
    import numpy as np

    starts = np.arange(first - 1, first - 1 + count, dtype=np.int64) * batch_size
    if order == "sequential":
        starts %= max(examples - batch_size, 1)
        return (starts[:, None] + np.arange(batch_size)).astype(np.int32)
    begin, end = int(starts[0]), int(starts[-1]) + batch_size
    epochs = range(begin // examples, (end - 1) // examples + 1)
    of = _permutation if examples > FEW else _permutation_of_few
    permutations = [of(examples, seed, number) for number in epochs]
    stream = permutations[0] if len(epochs) == 1 else np.concatenate(permutations)
    offset = begin - epochs[0] * examples
    return stream[offset : offset + count * batch_size].reshape(count, batch_size).copy()


@lru_cache(maxsize=64)
def _permutation_of_few(examples: int, seed: int, number: int) -> Indices:
    """Return the same; more are kept, as many runs side by side have each its own."""
    return _permutation(examples, seed, number)


@lru_cache(maxsize=2)
def _permutation(examples: int, seed: int, number: int) -> Indices:
    """Return the order of epoch `number` (from 0), from (seed, epoch) alone; it takes 1 ms."""
    import numpy as np

    return np.random.default_rng([seed, number]).permutation(examples).astype(np.int32)
