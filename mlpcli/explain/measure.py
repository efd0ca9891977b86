"""A run explained: what its directory has, what is measured on its network, and what follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mlpcli.config import Config, tenth
from mlpcli.data import Splits
from mlpcli.explain.cause import Cause
from mlpcli.explain.course import Course
from mlpcli.explain.evidence import Evidence
from mlpcli.explain.rules import explain
from mlpcli.runs import Run, newest_whole
from mlpcli.theory import Advice, Mended
from mlpcli.training import Network, measure_mended, movement, to_tensors


@dataclass(frozen=True)
class Explanation:
    """A run, what is known of it, and why it came out as it did: the headline first."""

    path: Path
    evidence: Evidence
    causes: tuple[Cause, ...]

    @property
    def advised(self) -> Config | None:
        """The config with the headline's advice; None where there is none."""
        advice = self.causes[0].advice
        return self._with(advice) if advice else None

    def all_advised(self) -> list[tuple[Advice, Config]]:
        """Return the advice of each cause in turn, and the config with it; none of a healthy run.

        What would still bring something to a healthy run is no mending.
        """
        if not self.causes[0].advice:
            return []
        return [(each.advice, self._with(each.advice)) for each in self.causes if each.advice]

    def _with(self, advice: Advice) -> Config:
        """Return the config with other keys.

        Intervals that are a tenth of the steps by default are those of the advised steps.
        """
        config = self.evidence.config
        if "steps" in advice and config.eval_every == tenth(config.steps):
            every = {"eval_every": tenth(advice["steps"])}
            if config.checkpoint_every == config.eval_every:
                every["checkpoint_every"] = every["eval_every"]
            advice = {**advice, **every}
        return config.model_copy(update=advice)


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
    saved = newest_whole(run.path, config, run.rows[-1].step, warn)
    left = Left(
        status=run.status,
        course=Course(run.rows),
        weights=saved.checkpoint.weights if saved else None,
        end_step=saved.checkpoint.step if saved else None,
        kept_step=run.summary.weights_step if run.summary and run.summary.keeps_earlier else None,
    )
    return measure(config, data, left, check)


@dataclass(frozen=True)
class Left:
    """What a run left behind."""

    status: str
    course: Course
    weights: Sequence[Any] | None  # the newest; None where none were kept
    end_step: int | None  # after which these were the weights
    kept_step: int | None  # of the weights that the run keeps, where those are others


def measure(config: Config, data: Splits, left: Left, check: Callable[[], None]) -> Evidence:
    """Measure the network that a config begins with, and the one that its run left."""
    network = Network(config, data, check)
    weights = to_tensors(left.weights) if left.weights else None
    start = network.snapshot(network.initial)
    return Evidence(
        config=config,
        status=left.status,
        course=left.course,
        examples=network.examples,
        end_step=left.end_step,
        kept_step=left.kept_step,
        start=start,
        end=network.snapshot(weights) if weights else None,
        movement=movement(network.initial, weights) if weights else None,
        train=network.score(weights, data.train) if weights else None,
        validation=network.score(weights, data.validation) if weights else None,
        mended=measure_mended(config, data, start, check),
        measured=partial(_measured, config, data, check),
    )


def _measured(config: Config, data: Splits, check: Callable[[], None], keys: Advice) -> Mended:
    """Measure the initial network of a config with other keys."""
    network = Network(config.model_copy(update=keys), data, check)
    sharpness = network.sharpness(network.initial, 0)
    return Mended({}, sharpness, network.noise_scale(network.initial))
