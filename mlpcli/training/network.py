"""A config's network measured: where a run begins and ends, and as it would begin if mended."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mlpcli.config import Config
from mlpcli.data import Examples, Splits
from mlpcli.stats import Accuracy, RSquared
from mlpcli.theory import Mended, Snapshot, best_init, repair
from mlpcli.training.compiled import Weights, program, to_tensors
from mlpcli.training.model import build_mlp
from mlpcli.training.probe import sample_of
from mlpcli.training.sharpness import measure_sharpness

SAMPLES = 2  # disjoint, to see whether sharpness is a guide


class Network:
    """A config's network and what it is measured on.

    `check` is called within the measurements, and may raise.
    """

    def __init__(self, config: Config, data: Splits, check: Callable[[], None]) -> None:
        model = build_mlp(config)
        self._program = program(config, model)
        self._check, self._validation = check, len(data.validation)
        self._sample = sample_of(config, data.train)
        self._samples = data.train.samples(SAMPLES, len(self._sample))
        self.initial: Weights = to_tensors([each.numpy() for each in model.trainable_variables])

    @property
    def examples(self) -> int:
        """How many training examples a snapshot is measured on."""
        return len(self._sample)

    def snapshot(self, weights: Weights) -> Snapshot:
        """Measure the network with those weights."""
        found = self._program.probe(weights, self._sample)
        return Snapshot(
            loss=found.loss,
            logit_scale=found.logit_scale,
            signal_gain=_product(found.signal_gains),
            gradient_gain=_product(found.gradient_gains),
            dead=tuple(map(float, found.dead)),
            noise_scale=found.noise_scale,
            sharpness=tuple(self.sharpness(weights, nth) for nth in range(SAMPLES)),
        )

    def noise_scale(self, weights: Weights) -> float:
        """Return the gradient's noise scale, in examples."""
        return self._program.probe(weights, self._sample).noise_scale

    def sharpness(self, weights: Weights, nth: int) -> float:
        """Return the sharpness on the n-th of disjoint samples."""
        # of the structure's first model, for which the product is compiled already
        model = self._program.model
        return measure_sharpness(model, weights, self._samples[nth], check=self._check)

    def score(self, weights: Weights, examples: Examples) -> Accuracy | RSquared:
        """Score as many examples as there are for validation."""
        self._check()
        some = examples[: self._validation]
        score, predicted = self._program.evaluate(weights, some)
        if score.correct is None:
            return RSquared.of(predicted, some.targets)
        return Accuracy.of(score.correct, score.examples)


def _product(gains: Any) -> float:
    return float(np.prod(np.nan_to_num(gains, nan=0.0, posinf=np.inf)))


def measure_mended(
    config: Config, data: Splits, start: Snapshot, check: Callable[[], None]
) -> Mended:
    """Return the keys that mend a config's initial network, and what its rate has to go by.

    Sharpness and noise scale are those of the mended network, or of the best init's where that is
    sharper: sharpness is small where signals shrink from layer to layer, and grows as training
    restores them. `start` is the initial network as it is.
    """
    keys = repair(config, start.logit_scale)
    own = None if keys else start.agreed_sharpness
    best = {"init_stddev": 1.0, **(keys or {"init": best_init(config)})}
    other = config.model_copy(update=best)
    if own and other == config:
        return Mended(keys, own, start.noise_scale)
    network = Network(other, data, check)
    sharp = network.sharpness(network.initial, 0)
    if own and own > sharp:
        return Mended(keys, own, start.noise_scale)
    return Mended(keys, sharp, network.noise_scale(network.initial))
