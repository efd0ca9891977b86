"""What `tune` found in JSON: a sweep's summary, and more; `mlpcli schema tune` is its JSON Schema.

Its summary.json has it, and --json prints it.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from mlpcli.runs import json_shape
from mlpcli.stats import Answer, Forecast
from mlpcli.sweep import SweepSummary, summary_of
from mlpcli.tune.answers import TuneResult
from mlpcli.tune.questions import OneMore


class OneMoreLayer(Struct, frozen=True):
    """The network that is taken with one more layer, at equal steps, parameters or seconds.

    `difference` is its mean minus that without, with the 95 % interval, the larger the better; all
    are None where it was not trained.
    """

    at: str
    layers: int
    parameters: int
    steps: int
    difference: float | None
    low: float | None
    high: float | None
    answer: Answer | None


class Tuned(SweepSummary, frozen=True):
    """How the search came out, the config that is taken, and what more would give.

    `tenfold` and `tenth` are the error that is foreseen at ten times the steps, and at a tenth;
    `foreseen` is whether the longest run lies where the shorter ones say, None where that cannot be
    told.
    """

    taken: int | None  # the trial; None where none came to its end
    config: dict[str, Any] | None
    written: str | None  # the file with it
    one_more_layer: list[OneMoreLayer]
    tenfold: Forecast | None
    tenth: Forecast | None
    foreseen: bool | None


def tune_json(result: TuneResult) -> dict[str, Any]:
    """Return what was found for JSON."""
    answers, reached = result.answers, result.reached
    curve = answers.curve if answers else None
    tuned = Tuned(
        **msgspec.structs.asdict(summary_of(result.found)),
        taken=reached.finalist.trial.number if reached else None,
        config=reached.finalist.trial.config.resolved() if reached else None,
        written=str(result.written) if result.written else None,
        one_more_layer=[_one_more(each) for each in answers.one_more] if answers else [],
        tenfold=curve.forecast if curve else None,
        tenth=answers.less if answers else None,
        foreseen=curve.is_foreseen if curve else None,
    )
    record: dict[str, Any] = msgspec.to_builtins(tuned)
    return record


def tune_schema() -> dict[str, Any]:
    """Return the JSON Schema of what was found."""
    return json_shape(Tuned)


def _one_more(each: OneMore) -> OneMoreLayer:
    standing = each.standing
    mean = standing.difference if standing else None
    return OneMoreLayer(
        at=each.at,
        layers=each.config.layers,
        parameters=each.config.parameters,
        steps=each.config.steps,
        difference=mean.mean if mean else None,
        low=mean.low if mean else None,
        high=mean.high if mean else None,
        answer=standing.verdict.answer if standing else None,
    )
