"""A run explained: what its directory has, what is measured on its network, and what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlpcli.config import Config, tenth
from mlpcli.data import Splits
from mlpcli.explain.cause import Cause
from mlpcli.explain.evidence import Evidence
from mlpcli.explain.rules import explain
from mlpcli.runs import Run, newest_whole
from mlpcli.training import Network, measure_mended, movement, to_tensors


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
    network = Network(config, data, check)
    saved = newest_whole(run.path, config, run.rows[-1].step, warn)
    weights = to_tensors(saved.checkpoint.weights) if saved else None
    start = network.snapshot(network.initial)
    return Evidence(
        config=config,
        status=run.status,
        rows=run.rows,
        examples=network.examples,
        end_step=saved.checkpoint.step if saved else None,
        kept_step=run.summary.weights_step if run.summary and run.summary.keeps_earlier else None,
        start=start,
        end=network.snapshot(weights) if weights else None,
        movement=movement(network.initial, weights) if weights else None,
        train=network.score(weights, data.train) if weights else None,
        validation=network.score(weights, data.validation) if weights else None,
        mended=measure_mended(config, data, start, check),
    )
