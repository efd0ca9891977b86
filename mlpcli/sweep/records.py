"""A sweep's summary in JSON: what summary.json and --json have."""

from __future__ import annotations

from typing import Any

from mlpcli.stats import Mean
from mlpcli.sweep.edges import Edge
from mlpcli.sweep.halving import rule_text
from mlpcli.sweep.importance import Importance
from mlpcli.sweep.outcome import Outcome, Standing
from mlpcli.sweep.trial import WORST, Trial, shown_score


def summary_record(found: Outcome) -> dict[str, Any]:
    """Return how a sweep came out, as JSON: scores in the metric's own unit."""
    spec, metric = found.spec, found.spec.metric
    best, cheapest = found.best, found.cheapest
    return {
        "name": spec.name,
        "search": spec.search,
        "metric": metric,
        "seed": spec.seed,
        "seconds": round(found.seconds, 3),
        "out_of_time": found.out_of_time,
        "counts": counts(found),
        "rule": _rule(found),
        "best": None if best is None else best.number,
        "finalists": [_finalist(each, metric) for each in found.standings],
        "more_finalists": found.more_finalists,
        "tied": [each.finalist.trial.number for each in found.tied],
        "cheapest": None if cheapest is None else cheapest.number,
        "luck": found.luck,
        "importances": [_importance(each) for each in found.importances],
        "importances_at_step": found.judged_at,
        "edges": [_edge(each) for each in found.edges],
        "seeds_to_settle": found.seeds_to_settle,
        "seconds_to_settle": round(found.settle_seconds, 1),
        "trials": [trial_record(each, metric) for each in found.trials],
    }


def counts(found: Outcome) -> dict[str, int]:
    """Return how many trials came to which end."""
    every = [each.status for each in found.trials]
    return {each: every.count(each) for each in dict.fromkeys(sorted(every))}


def _rule(found: Outcome) -> str | None:
    steps = {step for trial in found.trials for step in trial.rungs}
    return rule_text(found.spec.halving, sorted(steps)) if steps else None


def trial_record(trial: Trial, metric: str) -> dict[str, Any]:
    """Return what came of a trial."""
    return {
        "number": trial.number,
        "values": {k: list(v) if isinstance(v, tuple) else v for k, v in trial.shown.items()},
        "status": trial.status,
        "score": _score(trial.score, metric),
        "step": trial.step,
        "rungs": {str(step): _score(score, metric) for step, score in sorted(trial.at.items())},
        "parameters": trial.config.parameters,
        "run": trial.path.name if trial.path else None,
        "found": trial.found,
    }


def _score(score: float | None, metric: str) -> float | None:
    return None if score is None or score == WORST else shown_score(score, metric)


def _finalist(standing: Standing, metric: str) -> dict[str, Any]:
    finalist = standing.finalist
    flip = -1.0 if metric == "val_loss" else 1.0
    return {
        "number": finalist.trial.number,
        "search_score": _score(finalist.trial.score, metric),
        "fresh": _mean(standing.fresh, flip),
        "test": _mean(standing.test, 1.0),
        "answer": None if standing.answer is None else str(standing.answer.value),
        "scores": {str(seed): flip * score for seed, score in sorted(finalist.scores.items())},
        "runs": [finalist.paths[seed].name for seed in sorted(finalist.paths)],
    }


def _mean(mean: Mean | None, flip: float) -> dict[str, Any] | None:
    if mean is None:
        return None
    ends = [None if end is None else flip * end for end in (mean.low, mean.high)]
    low, high = ends if flip > 0 else reversed(ends)
    return {"mean": flip * mean.mean, "low": low, "high": high, "n": mean.n}


def _importance(of: Importance) -> dict[str, Any]:
    return {"key": of.key, "part": of.part, "low": of.low, "high": of.high, "p": of.p,
            "matters": of.matters}  # fmt: skip


def _edge(edge: Edge) -> dict[str, Any]:
    end = "high" if edge.is_high else "low"
    return {"key": edge.key, "value": edge.value, "end": end, "widen_to": edge.widen_to}
