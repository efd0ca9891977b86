"""A sweep's summary in JSON: what summary.json has, and `sweep` and `show` print with --json.

`mlpcli schema sweep` prints its JSON Schema.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from mlpcli.runs import json_shape
from mlpcli.stats import Answer, Mean
from mlpcli.sweep.edges import Edge
from mlpcli.sweep.halving import rule_text
from mlpcli.sweep.importance import Importance
from mlpcli.sweep.outcome import Outcome, Standing
from mlpcli.sweep.trial import Trial, finite_score


class TrialRecord(Struct, frozen=True):
    """A trial, and what came of it.

    `values` are those in its config: a learning rate that was measured, and not its multiple.
    `score` and those at `rungs`, by their steps, are None where there is no finite one. `found` is
    whether the run was completed before the sweep.
    """

    number: int
    values: dict[str, Any]
    status: str  # completed, stopped (at a rung), diverged or failed; others are not over
    score: float | None
    step: int  # at which it ended, or waits
    rungs: dict[str, float | None]
    parameters: int
    run: str | None  # the directory's name, in the sweep's; None where there is none
    found: bool


class FreshMean(Struct, frozen=True):
    """The mean over n fresh seeds with its 95 % interval, None where they show no spread."""

    mean: float
    low: float | None
    high: float | None
    n: int


class FinalistRecord(Struct, frozen=True):
    """A trial that was trained on fresh seeds, and how it stands to the search's best.

    `answer` is None of the best itself; `scores` are by seed, and `runs` in the order of seeds.
    """

    number: int
    search_score: float | None
    fresh: FreshMean | None  # of the metric; None where no seed has a result
    test: FreshMean | None  # the same of the test rows
    answer: Answer | None
    scores: dict[str, float]
    runs: list[str]


class ImportanceRecord(Struct, frozen=True):
    """A key's part of the variance, 0 to 1, with its 95 % interval, and whether it is any.

    The part is None of a key that not all trials have; `p` is adjusted for the number of keys.
    """

    key: str
    part: float | None
    low: float | None
    high: float | None
    p: float
    matters: bool


class EdgeRecord(Struct, frozen=True):
    """A key whose best values stand at an end of what was searched, and to what to widen it."""

    key: str
    value: float
    end: Literal["high", "low"]
    widen_to: float


class SweepSummary(Struct, frozen=True):
    """How a sweep came out, or stands: scores in the unit of its metric, trials by their numbers.

    `luck` is how much better the search's best scored there than on fresh seeds. `importances` are
    by the scores at `importances_at_step`, None for the last. `seeds_to_settle` is how many seeds
    of each tied setting would tell them apart, None where nothing is open.
    """

    name: str
    search: str
    metric: str
    seed: int  # of the search
    seconds: float
    out_of_time: bool
    counts: dict[str, int]  # of trials, by status
    rule: str | None  # of successive halving, in words
    best: int | None  # of the search
    finalists: list[FinalistRecord]
    more_finalists: int  # that chance alone may have put below the best, and were not trained
    tied: list[int]
    cheapest: int | None  # of those that tie
    luck: float | None
    importances: list[ImportanceRecord]
    importances_at_step: int | None
    edges: list[EdgeRecord]
    seeds_to_settle: int | None
    seconds_to_settle: float
    trials: list[TrialRecord]
    side_by_side: str | None  # how many trained at once, in words; None where none was trained


def summary_of(found: Outcome, side_by_side: str | None = None) -> SweepSummary:
    """Return how a sweep came out as a record."""
    spec, metric = found.spec, found.spec.metric
    best, cheapest = found.best, found.cheapest
    return SweepSummary(
        name=spec.name,
        search=spec.search,
        metric=metric,
        seed=spec.seed,
        seconds=round(found.seconds, 3),
        out_of_time=found.out_of_time,
        counts=counts(found),
        rule=_rule(found),
        best=None if best is None else best.number,
        finalists=[_finalist(each, metric) for each in found.standings],
        more_finalists=found.more_finalists,
        tied=[each.finalist.trial.number for each in found.tied],
        cheapest=None if cheapest is None else cheapest.number,
        luck=found.luck,
        importances=[_importance(each) for each in found.importances],
        importances_at_step=found.judged_at,
        edges=[_edge(each) for each in found.edges],
        seeds_to_settle=found.seeds_to_settle,
        seconds_to_settle=round(found.settle_seconds, 1),
        trials=[_trial(each, metric) for each in found.trials],
        side_by_side=side_by_side,
    )


def summary_record(found: Outcome, side_by_side: str | None = None) -> dict[str, Any]:
    """Return how a sweep came out for JSON."""
    record: dict[str, Any] = msgspec.to_builtins(summary_of(found, side_by_side))
    return record


def sweep_schema() -> dict[str, Any]:
    """Return the JSON Schema of a sweep's summary."""
    return json_shape(SweepSummary)


def counts(found: Outcome) -> dict[str, int]:
    """Return how many trials came to which end."""
    every = [each.status for each in found.trials]
    return {each: every.count(each) for each in dict.fromkeys(sorted(every))}


def _rule(found: Outcome) -> str | None:
    steps = {step for trial in found.trials for step in trial.rungs}
    return rule_text(found.spec.halving, sorted(steps)) if steps else None


def _trial(trial: Trial, metric: str) -> TrialRecord:
    return TrialRecord(
        number=trial.number,
        values=dict(trial.shown),
        status=trial.status,
        score=finite_score(trial.score, metric),
        step=trial.step,
        rungs={str(step): finite_score(score, metric) for step, score in sorted(trial.at.items())},
        parameters=trial.config.parameters,
        run=trial.path.name if trial.path else None,
        found=trial.found,
    )


def _finalist(standing: Standing, metric: str) -> FinalistRecord:
    finalist = standing.finalist
    flip = -1.0 if metric == "val_loss" else 1.0
    return FinalistRecord(
        number=finalist.trial.number,
        search_score=finite_score(finalist.trial.score, metric),
        fresh=_mean(standing.fresh, flip),
        test=_mean(standing.test, 1.0),
        answer=standing.answer,
        scores={str(seed): flip * score for seed, score in sorted(finalist.scores.items())},
        runs=[finalist.paths[seed].name for seed in sorted(finalist.paths)],
    )


def _mean(mean: Mean | None, flip: float) -> FreshMean | None:
    if mean is None:
        return None
    ends = [None if end is None else flip * end for end in (mean.low, mean.high)]
    low, high = ends if flip > 0 else reversed(ends)
    return FreshMean(flip * mean.mean, low, high, mean.n)


def _importance(of: Importance) -> ImportanceRecord:
    return ImportanceRecord(of.key, of.part, of.low, of.high, of.p, of.matters)


def _edge(edge: Edge) -> EdgeRecord:
    return EdgeRecord(edge.key, edge.value, "high" if edge.is_high else "low", edge.widen_to)
