"""What the learning rate is chosen from: short trainings, and the sharpness they begin with."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import Config, reseeded
from mlpcli.data import Examples, MappedFeatures, Regression, Splits
from mlpcli.runs import Score
from mlpcli.stats import balanced_accuracy, class_tally
from mlpcli.training import (
    Evaluator,
    Stack,
    build_mlp,
    initial_weights,
    measure_sharpness,
    scaled,
)
from mlpcli.tune.choosing import Judge, drift_of, learned_score
from mlpcli.tune.plan import TOGETHER, plan_search, scaled_schedule
from mlpcli.tune.rate_search import search
from mlpcli.tune.records import Curvature, RateResult

SHARPNESS_SAMPLE = 250  # examples of each of the samples that sharpness is measured on
SCORED = 2_000  # validation examples at most
CAPACITY = 500  # steps of one call
# A network alone takes longer a step than one of those trained side by side: twice at width 500,
# 1.6 times at 32
RUN_TO_STACK = 1.8


def find_rate(
    config: Config,
    data: Splits,
    check: Callable[[], None],
    report: Callable[[str], None],
    curvature: bool,
) -> RateResult:
    """Search, and measure the sharpness if asked. `check` may raise; `report` prints progress."""
    began, plan = time.perf_counter(), plan_search(config)
    trainings = Trainings(config, data, min(CAPACITY, plan.fine), check)
    judge = judge_of(config, trainings.scored)

    def train(rates: Sequence[float], seed: int, steps: int) -> list[float | None]:
        again = ", with another seed" if seed else ""
        span = f"{rates[0]:.2g} to {rates[-1]:.2g}"
        report(f"{steps:,} steps at {len(rates)} rates from {span}{again}")
        return trainings.scores(rates, seed, steps)

    choice = search(plan, judge, train)
    seconds = time.perf_counter() - began
    measured = measure_curvature(config, data.train, check) if curvature else None
    run_seconds = RUN_TO_STACK * trainings.step_seconds * config.steps
    return RateResult(choice, plan, judge.examples, judge.drift, seconds, run_seconds, measured)


class Trainings:
    """Short trainings of a config's network, and the scores that they end with."""

    def __init__(
        self, config: Config, data: Splits, capacity: int, check: Callable[[], None]
    ) -> None:
        self._config, self._train, self._check = config, data.train, check
        self.scored = data.validation[:SCORED]
        self._evaluate = Evaluator(build_mlp(config), config.data.scale)
        self._capacity = capacity
        self._taken, self._seconds = 0, 0.0

    @property
    def step_seconds(self) -> float:
        """What a step of one network took in the mean, of those trained side by side."""
        return self._seconds / self._taken

    def scores(self, rates: Sequence[float], seed: int, steps: int) -> list[float | None]:
        """Return the score of each rate after so many steps, None where the loss was not finite.

        Every rate has the same initial weights and batches, so that rates differ by nothing else.
        """
        update = scaled_schedule(self._config, steps)
        config = reseeded(self._config, seed).model_copy(update=update)
        configs = [config.model_copy(update={"learning_rate": rate}) for rate in rates]
        some = range(0, len(rates), TOGETHER)
        return [score for i in some for score in self._together(configs[i : i + TOGETHER])]

    def _together(self, configs: Sequence[Config]) -> list[float | None]:
        steps = configs[0].steps
        # of mapped data a stack takes no more steps than its capacity
        mapped = isinstance(self._train.features, MappedFeatures)
        stack = Stack(configs, self._train, self._check, steps if mapped else self._capacity)
        began = time.perf_counter()
        losses, _ = stack.take(steps)
        self._seconds += time.perf_counter() - began
        self._taken += steps * len(configs)
        sound = np.isfinite(losses.sum(axis=0, dtype=np.float64))  # NaN where one of them is
        return [self._score(stack.weights(k)) if sound[k] else None for k in range(len(configs))]

    def _score(self, weights: Sequence[NDArray[np.float32]]) -> float | None:
        found, predicted = self._evaluate(tuple(weights), self.scored, self._check)
        return score_of(self._config, found, predicted, self.scored.targets)


def score_of(
    config: Config, found: Score, predicted: NDArray[Any], targets: NDArray[Any]
) -> float | None:
    """Return what rates are judged by, of predictions: from 0 to 1, None where none is finite.

    The accuracy, with class weights its mean over the classes; or R squared, 0 where it is less.
    """
    if not np.isfinite(found.loss):
        return None
    if found.r2 is not None:
        return max(0.0, found.r2)
    if config.class_weights == "none":
        return found.accuracy
    return balanced_accuracy(class_tally(predicted, targets, config.data.outputs))


def is_dead(config: Config, examples: Examples) -> bool:
    """Say whether the untrained network puts out the same for all of some examples, to the bit.

    A layer is dead then: no gradient says how the examples differ, and no training revives it.
    Zeros begin so, and need not stay so.
    """
    if config.layers == 1 or config.init == "zeros":
        return False
    some = examples[:SHARPNESS_SAMPLE]
    outputs, _ = build_mlp(config).stateless_call(
        initial_weights(config), [], scaled(some.features, some.scale)
    )
    return bool((np.ptp(outputs.numpy(), axis=0) == 0).all())


def judge_of(config: Config, scored: Examples) -> Judge:
    """Return what the scores of a config's trainings are held against."""
    return Judge(
        learned=learned_score(config.data.facts, config.class_weights),
        examples=len(scored),
        of_values=isinstance(config.data.task, Regression),
        drift=drift_of(config),
    )


def measure_curvature(config: Config, examples: Examples, check: Callable[[], None]) -> Curvature:
    """Measure the sharpness of two initial networks on two disjoint samples, where there are two.

    A sharpness that is the same for all four is the network's; one that is not is its sample's.
    """
    model = build_mlp(config)
    values, scales, of_values = [], [], isinstance(config.data.task, Regression)
    for k in range(2):
        weights = tuple(initial_weights(reseeded(config, k)))
        for sample in examples.samples(2, SHARPNESS_SAMPLE):
            values.append(measure_sharpness(model, weights, sample))
            check()
        outputs, _ = model.stateless_call(weights, [], scaled(sample.features, sample.scale))
        spread = np.square(outputs.numpy()) if of_values else np.var(outputs.numpy(), axis=1)
        scales.append(float(np.sqrt(spread.mean())))
    limits = tuple(config.optimizer.stability_limit(value) for value in values)
    return Curvature(tuple(values), limits, max(scales), of_values)
