"""A config trained by NumPy: the same weights, batches and updates as mlpcli's, without compiling.

To compile a network takes a second or more and to train a small one a tenth of that: where each of
thousands of runs has another structure, NumPy on one core is the faster one. On seven configs the
scores were those of mlpcli to 6 in 5,000 examples, for float32 rounds otherwise in another order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from mlpcli.config.schedule import learning_rates
from mlpcli.config.schema import Config
from mlpcli.data import Examples, Regression, Splits, batch_indices

Floats = NDArray[np.float32]
CHUNK = 100  # steps whose batches and rates are drawn at once
SQRT_2, SQRT_2PI = np.float32(np.sqrt(2)), np.float32(np.sqrt(2 * np.pi))


@dataclass(frozen=True)
class Trained:
    """What a run came to: accuracy, or R squared not below 0, and chance's where it diverged."""

    validation: float
    test: float | None  # where it is asked for
    diverged: bool


@dataclass
class Training:
    """A training under way: the weights as they are, and those of the best validation."""

    config: Config
    data: Splits
    weights: list[Floats]
    best: float = -1.0
    kept: list[Floats] | None = None
    losses: list[float] = field(default_factory=list)

    def steps(self) -> Iterator[int]:
        """Take the steps, one after another; end early at a loss that is not finite."""
        config, data = self.config, self.data
        velocity = [np.zeros_like(w) for w in self.weights]
        weighing = np.array(data.train.class_weights or (1.0,), np.float32)
        for first in range(1, config.steps + 1, CHUNK):
            count = min(CHUNK, config.steps + 1 - first)
            plan = (
                config.order,
                len(data.train),
                config.batch_size,
                config.batches_seed,
                first,
                count,
            )
            rates = learning_rates(config, first, count).astype(np.float32)
            for nth, (rows, rate) in enumerate(zip(batch_indices(*plan), rates, strict=True)):
                batch = inputs_of(data.train, rows), data.train.targets[rows], weighing
                self.losses.append(_step(config, self.weights, velocity, batch, rate))
                if not np.isfinite(self.losses[-1]):
                    return
                yield first + nth

    @property
    def diverged(self) -> bool:
        """Whether the last loss is not finite."""
        return not np.isfinite(self.losses[-1])


def train(config: Config, test: bool = False) -> Trained:
    """Train a config and score the weights that it keeps, on the test set too if asked."""
    data = config.data.load()
    training = Training(config, data, starting_weights(config))
    with np.errstate(all="ignore"):
        for step in training.steps():
            if config.keep == "best" and (step % config.eval_every == 0 or step == config.steps):
                found = score(config, training.weights, data.validation)
                if found > training.best:
                    training.best = found
                    training.kept = [w.copy() for w in training.weights]
        if training.diverged:
            chance = chance_score(config)
            return Trained(chance, chance, True)
        kept = training.kept or training.weights
        found = score(config, kept, data.validation)
        return Trained(found, score(config, kept, data.test) if test else None, False)


def chance_score(config: Config) -> float:
    """Return the score of who knows nothing: the largest class's share, or 0 of R squared."""
    if isinstance(config.data.task, Regression):
        return 0.0
    return float(config.data.facts.largest_class)


def starting_weights(config: Config) -> list[Floats]:
    """Return the weights that mlpcli's run begins with."""
    return [w.copy() for w in _starting(Start(config.sizes, *(getattr(config, k) for k in KEYS)))]


KEYS = ("init", "init_stddev", "weights_seed")


class Start(NamedTuple):
    """What `initial_weights` reads of a config."""

    sizes: tuple[int, ...]
    init: str
    init_stddev: float
    weights_seed: int


@lru_cache(maxsize=32)
def _starting(start: Start) -> list[Floats]:
    from mlpcli.training.model import initial_weights

    return [np.array(each, np.float32) for each in initial_weights(start)]  # type: ignore[arg-type]


def inputs_of(examples: Examples, rows: Any) -> Floats:
    """Return features as a network sees them, float32 [n, inputs]."""
    features = examples.features[rows]
    if features.dtype == np.uint8:
        scaled: Floats = features.astype(np.float32) * np.float32(examples.scale)
        return scaled
    return features


def _step(
    config: Config, weights: list[Floats], velocity: list[Floats], batch: Any, rate: np.float32
) -> float:
    """Take a step in place, as SGD.update has it; return the loss before it."""
    inputs, targets, weighing = batch
    act, slope = ACTIVATIONS[config.activation]
    kernels, biases = weights[::2], weights[1::2]
    signals, sums = [inputs], []
    for kernel, bias in zip(kernels, biases, strict=True):
        sums.append(signals[-1] @ kernel + bias)
        if len(sums) < len(kernels):
            signals.append(act(sums[-1]))
    loss, delta = _loss(sums[-1], targets, weighing)
    m, d = np.float32(config.momentum), np.float32(config.weight_decay)
    for layer in range(len(kernels) - 1, -1, -1):
        gradients = signals[layer].T @ delta, delta.sum(axis=0)
        if layer:
            delta = (delta @ kernels[layer].T) * slope(sums[layer - 1], signals[layer])
        for at, gradient in zip((2 * layer, 2 * layer + 1), gradients, strict=True):
            move = -rate * gradient
            if m:
                velocity[at] = m * velocity[at] + move
                move = m * velocity[at] + move if config.nesterov else velocity[at]
            if d:
                weights[at] *= 1 - rate * d
            weights[at] += move
    return loss


def _loss(outputs: Floats, targets: Any, weighing: Floats) -> tuple[float, Floats]:
    """Return a batch's loss and its derivative by the outputs [n, outputs]."""
    n = len(targets)
    if targets.dtype != np.int32:
        errors = outputs - targets.reshape(outputs.shape)
        return float(np.mean(errors**2)), errors * np.float32(2 / errors.size)
    rows = np.arange(n)
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    shares = np.exp(shifted)
    totals = shares.sum(axis=1, keepdims=True)
    losses = np.log(totals[:, 0]) - shifted[rows, targets]
    delta = shares / totals
    delta[rows, targets] -= 1
    if len(weighing) > 1:
        losses, delta = losses * weighing[targets], delta * weighing[targets][:, None]
    return float(losses.mean()), delta / np.float32(n)


def score(config: Config, weights: Sequence[Floats], examples: Examples) -> float:
    """Return the accuracy, or R squared, not below 0."""
    return max(0.0, score_and_loss(config, weights, examples)[0])


def score_and_loss(
    config: Config, weights: Sequence[Floats], examples: Examples
) -> tuple[float, float]:
    """Return the accuracy, or R squared, and the mean loss without class weights."""
    act, signal = ACTIVATIONS[config.activation][0], inputs_of(examples, slice(None))
    for at in range(0, len(weights), 2):
        signal = signal @ weights[at] + weights[at + 1]
        signal = act(signal) if at + 2 < len(weights) else signal
    targets = examples.targets
    loss = _loss(signal, targets, np.ones(1, np.float32))[0]
    if targets.dtype == np.int32:
        return float((signal.argmax(axis=1) == targets).mean()), loss
    errors = np.square(signal.astype(np.float64) - targets.reshape(signal.shape)).sum()
    total = np.square(targets - targets.mean(axis=0, dtype=np.float64)).sum()
    found = 1 - errors / total
    return float(found) if np.isfinite(found) else 0.0, loss


def _gelu_slope(z: Floats, a: Floats) -> Floats:
    found: Floats = (1 + erf(z / SQRT_2)) / 2 + z * np.exp(-z * z / 2) / SQRT_2PI
    return found


def _sigmoid(z: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-z))
    return found


Act = Callable[[Floats], Floats]
Slope = Callable[[Floats, Floats], Floats]  # of sums, and of what the activation makes of them
ACTIVATIONS: dict[str, tuple[Act, Slope]] = {
    "relu": (lambda z: np.maximum(z, 0), lambda _, a: (a > 0).astype(np.float32)),
    "tanh": (np.tanh, lambda _, a: 1 - a * a),
    "sigmoid": (_sigmoid, lambda _, a: a * (1 - a)),
    "gelu": (lambda z: z * (1 + erf(z / SQRT_2)) / 2, _gelu_slope),
    "elu": (
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z, a: np.where(z > 0, np.float32(1), a + 1),
    ),
    "linear": (lambda z: z, lambda _, a: np.ones_like(a)),
}
