"""What mlpcli is measured against, each contender in a process of its own.

    python contenders.py NAME WIDTH BATCH NPZ

It warms up, prints a line, and answers each line on stdin with one measurement: training steps a
second, or for `matmul` float32 operations a second. All train 784-WIDTH-WIDTH-10 on the examples
that mlpcli trains on, and know each step's loss and how many examples were right. mlpcli is not
imported here, so that the interpreter may be one of another environment.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

SECONDS = 2.0  # about, that one measurement takes
RATE = 0.05
CHUNK = 100  # steps between two looks at the results, as in mlpcli's default log_every

Measure = Callable[[], float]
Take = Callable[[int], object]  # takes that many steps


@dataclass(frozen=True)
class Job:
    """A network's hidden width, the batch size, images float32 [n, 784] and labels int32 [n]."""

    width: int
    batch: int
    images: NDArray[np.float32]
    labels: NDArray[np.int32]

    @property
    def sizes(self) -> tuple[int, ...]:
        return self.features.shape[1], self.width, self.width, 10

    def chunks(self) -> Iterator[NDArray[np.int64]]:
        """Yield shuffled indices [CHUNK, batch] for ever."""
        rng, size = np.random.default_rng(0), CHUNK * self.batch
        while True:
            order = rng.permutation(len(self.targets))
            for start in range(0, len(order) - size + 1, size):
                yield order[start : start + size].reshape(CHUNK, self.batch)


def load(width: int, batch: int, path: str) -> Job:
    """Read mlpcli's training examples from its MNIST file."""
    with np.load(path) as arrays:
        images, labels = arrays["x_train"][5_000:], arrays["y_train"][5_000:]
    scaled = np.multiply(images.reshape(len(images), -1), 1 / 255, dtype=np.float32)
    return Job(width, batch, scaled, labels.astype(np.int32))


def warmed_up(take: Take, unit: int) -> Measure:
    """Warm up, and return what measures steps a second over a multiple of `unit` steps."""
    for _ in range(2):
        take(unit)  # Keras compiles in its first fit, and again in its second
    units = max(1, round(SECONDS / _seconds(take, unit)))
    return lambda: units * unit / _seconds(take, units * unit)


def _seconds(take: Take, steps: int) -> float:
    start = time.perf_counter()
    take(steps)
    return time.perf_counter() - start


def keras_fit(job: Job, steps_per_execution: int) -> Measure:
    model = keras_mlp(job.sizes, "he_normal", RATE, steps_per_execution)
    epoch = len(job.targets) // (job.batch * CHUNK) * CHUNK
    images, labels = job.features[: epoch * job.batch], job.targets[: epoch * job.batch]

    def take(steps: int) -> None:
        model.fit(images, labels, batch_size=job.batch, epochs=steps // epoch, verbose=0)

    return warmed_up(take, epoch)


def keras_mlp(sizes: tuple[int, ...], init: Any, rate: float, steps_per_execution: int) -> Any:
    """Return a compiled Keras model."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    dense = partial(keras.layers.Dense, kernel_initializer=init)
    hidden = [dense(width, activation="relu") for width in sizes[1:-1]]
    model = keras.Sequential([keras.Input(sizes[:1]), *hidden, dense(sizes[-1])])
    model.compile(
        optimizer=keras.optimizers.SGD(rate),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=steps_per_execution,
    )
    return model


def torch_eager(job: Job) -> Measure:
    import torch
    from torch import nn

    images, labels = torch.from_numpy(job.features), torch.from_numpy(job.targets).long()
    a, b, c, d = job.sizes
    layers = nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c), nn.ReLU(), nn.Linear(c, d)
    for layer in layers[::2]:
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
    model = nn.Sequential(*layers)
    optimizer = torch.optim.SGD(model.parameters(), RATE)
    chunks = job.chunks()

    def take(steps: int) -> None:
        for _ in range(steps // CHUNK):
            losses, correct = [], []
            for rows in torch.from_numpy(next(chunks)):
                logits, wanted = model(images[rows]), labels[rows]
                loss = nn.functional.cross_entropy(logits, wanted)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss.detach())
                correct.append((logits.argmax(1) == wanted).sum())
            torch.stack(losses).mean().item(), torch.stack(correct).sum().item()

    return warmed_up(take, CHUNK)


def jax_scan(job: Job) -> Measure:
    import jax

    @partial(jax.jit, donate_argnums=0)
    def chunk(weights: Any, images: Any, labels: Any, indices: Any) -> Any:
        def step(weights: Any, rows: Any) -> Any:
            gradient = jax.value_and_grad(_jax_loss, has_aux=True)
            seen, slopes = gradient(weights, images[rows], labels[rows])
            return jax.tree.map(lambda w, g: w - RATE * g, weights, slopes), seen

        return jax.lax.scan(step, weights, indices)

    init = jax.nn.initializers.he_normal()
    shapes = list(pairwise(job.sizes))
    keys = jax.random.split(jax.random.key(0), len(shapes))
    weights = [(init(k, s), jax.numpy.zeros(s[1])) for k, s in zip(keys, shapes, strict=True)]
    images, labels = jax.device_put((job.features, job.targets))
    chunks = job.chunks()

    def take(steps: int) -> None:
        nonlocal weights
        for _ in range(steps // CHUNK):
            indices = next(chunks).astype(np.int32)
            weights, seen = chunk(weights, images, labels, indices)
            jax.device_get(seen)

    return warmed_up(take, CHUNK)


def _jax_loss(weights: Any, images: Any, labels: Any) -> Any:
    """Return the batch's mean cross-entropy, and how many of its examples are right."""
    import jax

    for kernel, bias in weights[:-1]:
        images = jax.nn.relu(images @ kernel + bias)
    logits = images @ weights[-1][0] + weights[-1][1]
    chosen = jax.numpy.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
    return -chosen.mean(), (logits.argmax(1) == labels).sum()


def matmul(job: Job) -> Measure:
    """Measure the largest rate of three sizes, whatever the job's own are."""
    import tensorflow as tf

    sides = (1024, 2048, 4096)
    squares = {side: tf.random.normal((side, side)) for side in sides}
    products = {side: partial(_multiply, tf, square) for side, square in squares.items()}
    units = {side: max(1, (2048 // side) ** 3) for side in sides}
    rates = {side: warmed_up(products[side], units[side]) for side in sides}
    return lambda: max(2 * side**3 * rates[side]() for side in sides)


def _multiply(tf: Any, square: Any, times: int) -> None:
    for _ in range(times):
        tf.linalg.matmul(square, square)


CONTENDERS: dict[str, Callable[[Job], Measure]] = {
    "keras": partial(keras_fit, steps_per_execution=1),
    "keras-tuned": partial(keras_fit, steps_per_execution=CHUNK),
    "torch": torch_eager,
    "jax": jax_scan,
    "matmul": matmul,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=CONTENDERS)
    parser.add_argument("width", type=int)
    parser.add_argument("batch", type=int)
    parser.add_argument("npz")
    given = parser.parse_args()
    measure = CONTENDERS[given.name](load(given.width, given.batch, given.npz))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(measure(), flush=True)
