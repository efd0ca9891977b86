"""The scores of a sweep's trials as figures show them: in the metric's unit, and by their rank."""

from __future__ import annotations

from collections.abc import Sequence

from mlpcli.page.runs_page import unit_of
from mlpcli.runs import spread
from mlpcli.sweep import Outcome, Trial, finite_score

MOST = 1_000  # trials that have a line, or a point


def scored_trials(found: Outcome) -> list[tuple[Trial, float]]:
    """Return the trials with a score, as it is shown: of accuracies in percent."""
    scale, metric = scale_of(found), found.spec.metric
    return [
        (trial, scale * score)
        for trial in found.trials
        if (score := finite_score(trial.score, metric)) is not None
    ]


def some_of(
    found: Outcome, scored: Sequence[tuple[Trial, float]]
) -> tuple[Sequence[tuple[Trial, float]], str]:
    """Return as many as a figure has room for, the best and the worst among them, and say so."""
    if len(scored) <= MOST:
        return scored, ""
    ordered = sorted(scored, key=lambda each: each[1], reverse=found.spec.metric != "val_loss")
    said = f" {MOST:,} of {len(scored):,} trials, evenly spread from the best to the worst."
    return spread(ordered, MOST), said


def scale_of(found: Outcome) -> float:
    """Return what a score is multiplied with: of accuracies 100."""
    return unit_of(found.spec.metric)[0]


def label_of(found: Outcome) -> str:
    """Return the metric's name with its unit."""
    return unit_of(found.spec.metric)[1]


def shades_of(found: Outcome, scores: Sequence[float]) -> list[float]:
    """Return of each score how good it is, 0 to 1, by its rank: outliers take no room."""
    if len(scores) < 2:
        return [1.0] * len(scores)
    sign = -1 if found.spec.metric == "val_loss" else 1
    order = sorted(range(len(scores)), key=lambda nth: sign * scores[nth])
    ranks = {place: nth for nth, place in enumerate(order)}
    return [ranks[nth] / (len(scores) - 1) for nth in range(len(scores))]
