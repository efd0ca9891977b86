"""What the learning rate is chosen from: short trainings, and the sharpness they begin with."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from mlpcli.config import Config
from mlpcli.data import Examples, Regression
from mlpcli.training import (
    Stack,
    build_mlp,
    initial_weights,
    measure_sharpness,
    scaled,
)
from mlpcli.tune.rate_search import (
    MOST_ROUNDS,
    NETWORKS,
    SEEDS,
    Candidate,
    Curvature,
    RateResult,
    choose,
    fine_rates,
    first_rates,
    further_rates,
    learned_score,
    round_steps,
)

SHARPNESS_SAMPLE = 250  # examples of each of the samples that sharpness is measured on
SEED_VALUES = 2**32


def find_rate(
    config: Config, examples: Examples, check: Callable[[], None], report: Callable[[str], None]
) -> RateResult:
    """Search in rounds and measure the sharpness. `check` may raise; `report` prints progress."""
    began = time.perf_counter()
    with ThreadPoolExecutor(1) as pool:
        # beside the first round, whose compilation leaves a core idle
        curvature = pool.submit(measure_curvature, config, examples, check)
        steps, coarse = round_steps(config.steps, config.batch_size), list[Candidate]()
        rates, learned = first_rates(), learned_score(config.data.facts, config.class_weights)
        while rates and len(coarse) < MOST_ROUNDS * NETWORKS:
            report(f"{steps} steps at {len(rates)} rates from {rates[0]:.2g} to {rates[-1]:.2g}")
            coarse += train_round(config, rates, 1, steps, examples, check)
            rates = further_rates(coarse, learned)
        rates = fine_rates(coarse)
        report(f"{steps} steps at {len(rates)} rates from {rates[0]:.2g} to {rates[-1]:.2g}, twice")
        fine = train_round(config, rates, SEEDS, steps, examples, check)
        choice, rounds = choose(coarse, fine, learned), len(coarse) // NETWORKS + 1
        measured = curvature.result()
    return RateResult(choice, measured, steps, rounds, time.perf_counter() - began)


def train_round(
    config: Config,
    rates: Sequence[float],
    seeds: int,
    steps: int,
    examples: Examples,
    check: Callable[[], None],
) -> list[Candidate]:
    """Train a network for each rate and seed, all as one stack at constant rates.

    Every rate has the same initial weights and batches, so that rates differ by nothing else.
    """
    constant = {"decay": "constant", "warmup_steps": 0}
    configs = [
        config.model_copy(
            update={**constant, "learning_rate": rate, "seed": (config.seed + k) % SEED_VALUES}
        )
        for rate in rates
        for k in range(seeds)
    ]
    losses, correct = Stack(configs, examples, check, steps).take(steps)
    judged = correct[steps // 2 :].mean(axis=0) / config.batch_size
    if isinstance(config.data.task, Regression):  # of standardized targets, whose variance is 1
        judged = np.maximum(0.0, 1 - losses[steps // 2 :].mean(axis=0))
    worst = losses.max(axis=0)  # NaN where one of them is
    found = [float(a) if np.isfinite(w) else None for a, w in zip(judged, worst, strict=True)]
    return [
        Candidate(rate, tuple(found[i * seeds : (i + 1) * seeds])) for i, rate in enumerate(rates)
    ]


def measure_curvature(config: Config, examples: Examples, check: Callable[[], None]) -> Curvature:
    """Measure the sharpness of two initial networks on two disjoint samples, where there are two.

    A sharpness that is the same for all four is the network's; one that is not is its sample's.
    """
    model = build_mlp(config)
    values, scales, of_values = [], [], isinstance(config.data.task, Regression)
    for k in range(2):
        seeded = config.model_copy(update={"seed": (config.seed + k) % SEED_VALUES})
        weights = tuple(initial_weights(seeded))
        for sample in examples.samples(2, SHARPNESS_SAMPLE):
            values.append(measure_sharpness(model, weights, sample))
            check()
        outputs, _ = model.stateless_call(weights, [], scaled(sample.features, sample.scale))
        spread = np.square(outputs.numpy()) if of_values else np.var(outputs.numpy(), axis=1)
        scales.append(float(np.sqrt(spread.mean())))
    limits = tuple(config.optimizer.stability_limit(value) for value in values)
    return Curvature(tuple(values), limits, max(scales), of_values)
