"""A checkpoint: all that the rest of a run depends on, as bytes that cannot pass for others.

A line with the SHA-256 of the rest, a line of JSON, then the arrays' bytes, one after the other, in
an order, with types and shapes that the config alone decides; nothing in a file can ask for more.
The JSON says the config's own SHA-256: another run's checkpoint is not taken for this one's.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import Config, checkpoint_digests
from mlpcli.errors import RunError
from mlpcli.runs.validate import finite, whole
from mlpcli.runs.version import SCHEMA_VERSION, check_version

HEAD = 65_536  # bytes at most before the arrays; a hundred layers' names and shapes take 10,000


DIGEST = 65  # bytes: a SHA-256 in hexadecimal digits, and the end of the line


class DamagedError(Exception):
    """Bytes that are not a whole checkpoint of this config."""


@dataclass(frozen=True)
class Checkpoint:
    """Where a training stands after `step` steps.

    `losses` (float32) and `correct` (int32) are those of the steps after `row`, the last metrics
    row that ends where the config's intervals say; `row_seconds` is what they took. Weights are
    float32, kernels [inputs, units] and biases [units], layer by layer; the optimizer's state has
    as many such arrays for each of its slots. `best` is the weights of the best validation, where
    the config keeps them and there was one.
    """

    step: int
    row: int
    step_seconds: float
    row_seconds: float
    losses: NDArray[np.float32]
    correct: NDArray[np.int32]
    weights: Sequence[NDArray[np.float32]]
    state: Sequence[NDArray[np.float32]]
    best: Sequence[NDArray[np.float32]] = ()

    def to_bytes(self, config: Config) -> bytes:
        """Return the content of a checkpoint's file."""
        arrays = (self.losses, self.correct, *self.weights, *self.state, *self.best)
        head = {
            "schema_version": SCHEMA_VERSION,
            "config": checkpoint_digests(config)[0],
            "step": self.step,
            "row": self.row,
            "seconds": [self.step_seconds, self.row_seconds],
            "arrays": [[array.dtype.str, *array.shape] for array in arrays],
        }
        rest = [json.dumps(head).encode() + b"\n", *(array.tobytes() for array in arrays)]
        digest = hashlib.sha256()
        for part in rest:
            digest.update(part)
        return b"".join([digest.hexdigest().encode() + b"\n", *rest])


def size_limit(config: Config) -> int:
    """Return how many bytes a checkpoint of this config can have."""
    losses = min(config.log_every, config.steps) * 8
    kept = 1 + config.optimizer.slots + config.stopping.keeps_best
    return HEAD + losses + 4 * config.parameters * kept


def from_bytes(content: bytes, config: Config) -> Checkpoint:
    """Read a checkpoint's file. Raises DamagedError unless all of it is as the config has it."""
    head, start = read_head(content)
    try:
        check_version("its head", head)
        step, row, step_seconds, row_seconds = _counts(head, config)
        layout = _layout(config, step, row)
        arrays = head["arrays"]
    except RunError as error:
        raise DamagedError(str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedError("its head is not a checkpoint's") from error
    if head.get("config") not in checkpoint_digests(config):
        raise DamagedError("it is of another config")
    if arrays != [[dtype, *shape] for dtype, shape in layout]:
        raise DamagedError("its arrays are not those of this config")
    losses, correct, *weights = _split(content, start, layout)
    count = 2 * config.layers
    of_state = count * (1 + config.optimizer.slots)
    return Checkpoint(
        *(step, row, step_seconds, row_seconds, losses, correct),
        weights=weights[:count],
        state=weights[count:of_state],
        best=weights[of_state:],
    )


def read_head(content: bytes) -> tuple[Any, int]:
    """Return the JSON of a checkpoint, and where its arrays start. Raises DamagedError."""
    body = memoryview(content)[DIGEST:]
    if hashlib.sha256(body).hexdigest().encode() + b"\n" != content[:DIGEST]:
        raise DamagedError("its SHA-256 is not what it should be")
    start = content.find(b"\n", DIGEST) + 1
    try:
        return json.loads(content[DIGEST:start]), start
    except (ValueError, RecursionError) as error:
        raise DamagedError("its head is not a checkpoint's") from error


def _counts(head: Mapping[str, Any], config: Config) -> tuple[int, int, float, float]:
    """Return step, row and the seconds of each. Raises ValueError where they cannot be true."""
    step, row = whole(head["step"], 0, config.steps), whole(head["row"], 0, config.steps)
    step_seconds, row_seconds = (finite(value, 0) for value in head["seconds"])
    if step is None or row is None or step_seconds is None or row_seconds is None:
        raise ValueError(head)
    if row > step or bool(step) > bool(step_seconds) or bool(step - row) > bool(row_seconds):
        raise ValueError(head)  # steps take time
    return step, row, step_seconds, row_seconds


def _layout(config: Config, step: int, row: int) -> list[tuple[str, tuple[int, ...]]]:
    """Return each array's type and shape, in order.

    The first row that is validated ends at step `eval_every`.
    """
    pending = step - row
    weights = weight_layout(config.sizes)
    state = weights * config.optimizer.slots
    best = weights if config.stopping.keeps_best and row >= config.eval_every else []
    return [("<f4", (pending,)), ("<i4", (pending,)), *weights, *state, *best]


def weight_layout(sizes: Sequence[int]) -> list[tuple[str, tuple[int, ...]]]:
    """Return the type and shape of each layer's kernel and biases, in order."""
    shapes = (shape for ins, outs in pairwise(sizes) for shape in ((ins, outs), (outs,)))
    return [("<f4", shape) for shape in shapes]


def _split(content: bytes, start: int, layout: list[tuple[str, tuple[int, ...]]]) -> Any:
    """Yield the arrays; raise DamagedError unless they are all of the content from `start` on."""
    for dtype, shape in layout:
        count = math.prod(shape)
        if start + 4 * count > len(content):
            raise DamagedError("it is cut short")
        yield np.frombuffer(content, dtype, count, start).reshape(shape)
        start += 4 * count
    if start != len(content):
        raise DamagedError("it is longer than it should be")
