"""A run explained: what its directory has, what is measured on its network, and what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mlpcli.config import Config, tenth
from mlpcli.data import Examples, Splits
from mlpcli.explain.cause import Cause
from mlpcli.explain.evidence import Evidence, Snapshot
from mlpcli.explain.rules import explain
from mlpcli.runs import Run, newest_whole
from mlpcli.stats import Accuracy
from mlpcli.theory import best_init, repair
from mlpcli.training import (
    Weights,
    build_mlp,
    measure_sharpness,
    movement,
    program,
    sample_of,
    to_tensors,
)

SAMPLES = 2  # disjoint, to see whether sharpness is a guide


@dataclass(frozen=True)
class Explanation:
    """A run, what is known of it, and why it came out as it did: the headline first."""

    path: Path
    evidence: Evidence
    causes: tuple[Cause, ...]

    @property
    def advised(self) -> Config | None:
        """The config with the headline's advice; None where there is none.

        Intervals that are a tenth of the steps by default are those of the advised steps.
        """
        config, advice = self.evidence.config, self.causes[0].advice
        if "steps" in advice and config.eval_every == tenth(config.steps):
            every = {"eval_every": tenth(advice["steps"])}
            if config.checkpoint_every == config.eval_every:
                every["checkpoint_every"] = every["eval_every"]
            advice = {**advice, **every}
        return config.model_copy(update=advice) if advice else None


def explain_run(
    run: Run, config: Config, data: Splits, check: Callable[[], None], warn: Callable[[str], None]
) -> Explanation:
    """Measure a run's first and last network, and say why it came out as it did.

    `check` is called between the measurements, and may raise.
    """
    evidence = _evidence(run, config, data, check, warn)
    return Explanation(run.path, evidence, explain(evidence))


def _evidence(
    run: Run, config: Config, data: Splits, check: Callable[[], None], warn: Callable[[str], None]
) -> Evidence:
    network = _Network(config, data, check)
    saved = newest_whole(run.path, config, run.rows[-1].step, warn)
    weights = to_tensors(saved.checkpoint.weights) if saved else None
    start = network.snapshot(network.initial)
    repaired = repair(config, start.logit_scale)
    sharp, noise = _guides(config, repaired, data, start, check)
    return Evidence(
        config=config,
        status=run.status,
        rows=run.rows,
        start=start,
        end=network.snapshot(weights) if weights else None,
        movement=movement(network.initial, weights) if weights else None,
        train=network.accuracy(weights, data.train) if weights else None,
        validation=network.accuracy(weights, data.validation) if weights else None,
        repaired=repaired,
        repaired_sharpness=sharp,
        repaired_noise_scale=noise,
    )


def _guides(
    config: Config,
    repaired: dict[str, Any],
    data: Splits,
    start: Snapshot,
    check: Callable[[], None],
) -> tuple[float, float]:
    """Return the sharpness and the noise scale that a learning rate has to go by.

    Those of the mended initial network, or of the best init's where that is sharper: sharpness is
    small where signals shrink from layer to layer, and grows as training restores them.
    """
    own = None if repaired else start.agreed_sharpness
    best = {"init_stddev": 1.0, **(repaired or {"init": best_init(config)})}
    other = config.model_copy(update=best)
    if own and other == config:
        return own, start.noise_scale
    network = _Network(other, data, check)
    sharp = network.sharpness(network.initial, 0)
    if own and own > sharp:
        return own, start.noise_scale
    return sharp, network.noise_scale(network.initial)


class _Network:
    """A config's network and what it is measured on."""

    def __init__(self, config: Config, data: Splits, check: Callable[[], None]) -> None:
        self._model = build_mlp(config)
        self._program = program(config, self._model)
        self._check, self._validation = check, len(data.validation)
        self._sample = sample_of(config, data.train)
        self._samples = data.train.samples(SAMPLES, len(self._sample))
        self.initial: Weights = to_tensors(
            [each.numpy() for each in self._model.trainable_variables]
        )

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
        self._check()
        return measure_sharpness(self._model, weights, self._samples[nth])

    def accuracy(self, weights: Weights, examples: Examples) -> Accuracy:
        """Score as many examples as there are for validation."""
        self._check()
        score, _ = self._program.evaluate(weights, examples[: self._validation])
        return Accuracy.of(score.correct, score.examples)


def _product(gains: Any) -> float:
    return float(np.prod(np.nan_to_num(gains, nan=0.0, posinf=np.inf)))
