"""What the end of `tune` asks: is one more layer worth it, and what would more time give."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from mlpcli.config import Config
from mlpcli.search import RateOf, Spec, with_validations
from mlpcli.stats import (
    Curve,
    CurveError,
    CurvePoint,
    Forecast,
    Standing,
    learning_curve,
    standings,
)
from mlpcli.sweep import (
    Finalist,
    Folder,
    Found,
    Rates,
    Trainer,
    Trial,
    fresh_seeds,
    margin,
    measured_in,
    score_of,
    train_more,
    work_of,
)

PARTS = 27, 9, 3  # the winner is trained with so many times fewer steps, to see how time pays
FIRST_WIDTH = 64  # of the hidden layer, where the winner has none
MOST_LAYERS = 100
COMPILING = 2.0  # seconds of a structure that is new, with its measurement
LESS, MORE = 0.1, 10.0  # of the time


@dataclass(frozen=True)
class OneMore:
    """The winner with one more layer, at equal steps, parameters or seconds."""

    at: str
    config: Config
    standing: Standing | None  # to the winner; None: not trained


@dataclass(frozen=True)
class Answers:
    """What the questions came to."""

    one_more: tuple[OneMore, ...]
    seconds_left_out: float  # about what the deeper networks take that were not trained
    curve: Curve | None  # of the winner's error over its steps
    less: Forecast | None  # a tenth of the steps


def ask(winner: Finalist, spec: Spec, folder: Folder, trainer: Trainer, until: float) -> Answers:
    """Train what the questions need, as far as the time goes, and answer them."""
    config = winner.trial.config
    if not winner.scores:  # nothing to hold others against
        return Answers((), 0.0, None, None)
    seeds = fresh_seeds(config, spec.seeds)
    own = train_more(_seeded([config], seeds), folder, trainer, until)
    for (_, seed), run in own.items():
        winner.note(seed, run, spec.metric)
    shorter = [_shorter(config, part, spec) for part in PARTS if config.steps >= 2 * part]
    found = train_more(_seeded(shorter, seeds), folder, trainer, until)
    rates = Rates(folder.path, measured_in(trainer.session.data, trainer.session.stop.check))
    deeper = _deeper(winner.trial, spec, rates)
    took = sum(winner.seconds.values()) / max(1, len(winner.seconds))
    larger = sum(max(1.0, work_of(each) / winner.trial.work) for _, each in deeper)
    price = took * larger * len(seeds) / winner.trial.at_once + COMPILING * len(deeper)
    asked = time.monotonic() + price <= until
    if asked:
        found |= train_more(_seeded([each for _, each in deeper], seeds), folder, trainer)
    curve, less = _curve(winner, shorter, found, spec)
    return Answers(
        one_more=tuple(_standings(winner, deeper, found, spec)),
        seconds_left_out=0.0 if asked else price,
        curve=curve,
        less=less,
    )


def _seeded(configs: Sequence[Config], seeds: Sequence[int]) -> list[Config]:
    return [each.model_copy(update={"seed": seed}) for seed in seeds for each in configs]


def _shorter(config: Config, part: int, spec: Spec) -> Config:
    return _with_steps(config, config.steps // part, f"of{part}", spec)


def _with_steps(config: Config, steps: int, name: str, spec: Spec) -> Config:
    changed = {"steps": steps, "epochs": None, "name": f"{config.name[:56]}-{name}"}
    warm = min(config.warmup_steps, steps)
    changed_config = config.model_copy(update={**changed, "warmup_steps": warm})
    return with_validations(changed_config, min(steps, spec.validations or steps))


def _deeper(winner: Trial, spec: Spec, rate: RateOf) -> list[tuple[str, Config]]:
    """Return the winner with one more layer: at equal steps, equal parameters, equal seconds.

    Where the rate was chosen, each has the same multiple of what its own sharpness asks for.
    """
    config = winner.config
    if config.layers >= MOST_LAYERS:
        return []
    width = config.hidden_widths[-1] if config.layers > 1 else FIRST_WIDTH
    layers = config.layers + 1
    thinner = min(
        range(1, width + 1),
        key=lambda each: abs(_shaped(config, layers, each).parameters - config.parameters),
    )

    def like(width: int, name: str) -> Config:
        values = {**winner.values, "layers": layers, "width": width}
        return _shaped(spec.config(values, winner.number, rate), layers, width, f"-{name}")

    same, thin = like(width, "deeper"), like(thinner, "thinner")
    steps = max(1, round(config.steps * config.parameters / same.parameters))
    return [
        ("equal steps", same),
        ("equal parameters", thin),
        ("equal seconds", _with_steps(same, steps, "sooner", spec)),
    ]


def _shaped(config: Config, layers: int, width: int, name: str = "") -> Config:
    changed = {"layers": layers, "width": width, "name": f"{config.name[:56]}{name}"}
    return config.model_copy(update=changed)


def _standings(
    winner: Finalist, deeper: Sequence[tuple[str, Config]], found: Found, spec: Spec
) -> list[OneMore]:
    """Return how each deeper network stands to the winner, paired by seed (Holm's correction)."""
    scores = [_scores(each, found, spec.metric) for _, each in deeper]
    trained = [each for each in scores if each]
    if not trained or not winner.scores:
        return [OneMore(at, config, None) for at, config in deeper]
    least = margin(winner.trial, spec.metric)
    rows = iter(standings([winner.scores, *trained], reference=0, margin=least).rows[1:])
    return [
        OneMore(at, config, next(rows) if score else None)
        for (at, config), score in zip(deeper, scores, strict=True)
    ]


def _scores(config: Config, found: Found, metric: str) -> dict[int, float]:
    """Return the scores of a config's runs by seed; one that diverged counts as a guess."""
    scores = {}
    for (name, seed), run in found.items():
        if name == config.name and run.summary:
            scores[seed] = score_of(run.summary, metric)
        elif name == config.name and (counted := run.counted(metric)) is not None:
            scores[seed] = counted
    return scores


def _curve(
    winner: Finalist, shorter: Sequence[Config], found: Found, spec: Spec
) -> tuple[Curve | None, Forecast | None]:
    """Return the winner's error over its steps as a power law, and what a tenth would give."""
    points = [
        CurvePoint(config.steps, _errors(_scores(config, found, spec.metric), spec.metric))
        for config in shorter
    ]
    points.append(CurvePoint(winner.trial.config.steps, _errors(winner.scores, spec.metric)))
    points = [each for each in points if each.values]
    try:
        return learning_curve(points, MORE), learning_curve(points, LESS).forecast
    except (CurveError, ValueError):
        return None, None


def _errors(scores: dict[int, float], metric: str) -> dict[int, float]:
    """Return errors: 1 - accuracy, 1 - R squared, or the loss."""
    errors = {seed: -s if metric == "val_loss" else 1 - s for seed, s in scores.items()}
    return {seed: each for seed, each in errors.items() if math.isfinite(each)}
