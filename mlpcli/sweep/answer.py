"""The answer of a sweep in sentences: the best without its luck, what ties, what is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mlpcli.errors import shell_word
from mlpcli.runs import TEST_SCORES
from mlpcli.search import settings
from mlpcli.stats import Mean
from mlpcli.sweep.finals import Finalist, margin
from mlpcli.sweep.outcome import Outcome, Standing
from mlpcli.sweep.trial import Trial, score_text, shown_score
from mlpcli.terminal import count, duration, metric_word, percent, points, with_bounds

SAME = 5e-5  # of a score, below which it is shown as none
LEAST_SEEDS = 3  # for a paired test


def answer(found: Outcome) -> Iterator[str]:
    """Yield the sentences."""
    best, metric = found.best, found.spec.metric
    if best is None:
        yield "no trial came to its end"
        return
    yield _winner_text(found, best)
    if best.learned is False:
        yield "even the best has learned nothing: a guess does as well; other keys, or more steps?"
    if found.luck is not None:
        yield _tied_text(found)
    if found.spec.seeds < LEAST_SEEDS and len(found.tied) > 1:
        yield f"{found.spec.seeds} fresh seeds tell nothing apart: it takes {LEAST_SEEDS} at least"
    if found.seeds_to_settle:
        yield (
            f"to settle the ties takes about {found.seeds_to_settle} seeds of each, "
            f"{duration(found.settle_seconds)} of training; {_least(found.standings, metric)}"
        )


def _winner_text(found: Outcome, best: Trial) -> str:
    metric = found.spec.metric
    which = f"trial {best.number}, {settings(best.shown)}"
    winner = found.winner
    if winner is None or winner.fresh is None:
        score = score_text(best.score, metric)
        return (
            f"best of {len(found.trials):,}: {which}: {metric} {score}, which is partly luck: the "
            f"best of many is; {_why_not_fresh(found)}"
        )
    test = ""
    if winner.test is not None:
        test = f", {tested(best, winner.test)}"
    return (
        f"best: {which}: {metric} {mean_text(winner.fresh, metric)} on "
        f"{count(winner.fresh.n, 'fresh seed')}{test}; in the search "
        f"{score_text(best.score, metric)}, {_luck(found)}"
    )


def _why_not_fresh(found: Outcome) -> str:
    if found.spec.seeds == 1:
        return "with 3 seeds it is trained on fresh ones"
    if found.out_of_time:
        return "the time was over before its fresh seeds"
    return "its fresh seeds have no result"


def tested(trial: Trial, mean: Mean | None) -> str:
    """Say what a setting has on the test set: accuracy or R squared."""
    key = TEST_SCORES[trial.config.data.task.kind]
    return f"{key} {mean_text(mean, key)}"


def _luck(found: Outcome) -> str:
    luck = found.luck or 0.0
    if abs(luck) < SAME:
        return "and so no luck"
    text = points(abs(luck)).removeprefix("+") + " points"
    if not found.spec.metric.endswith("_accuracy"):
        text = f"{abs(luck):.4g}"
    return f"of which {text} was luck" if luck > 0 else f"{text} less, so that was no luck"


def _tied_text(found: Outcome) -> str:
    tied, cheapest, best = found.tied, found.cheapest, found.best
    assert best
    if found.better:
        numbers = ", ".join(str(each.finalist.trial.number) for each in found.better)
        return f"fresh seeds show trial {numbers} to be better, beyond chance"
    if len(tied) == 1:
        return "no other finalist ties with it"
    least = ""
    if cheapest and cheapest is not best:
        least = (
            f"; the cheapest is trial {cheapest.number}, {settings(cheapest.shown)}: "
            f"{cheapest.config.parameters:,} parameters, the best has {best.config.parameters:,}"
        )
    elif cheapest:
        least = "; it is the cheapest of them"
    return f"{len(tied)} settings tie: {_numbers(tied)}{least}"


def _numbers(tied: Sequence[Standing]) -> str:
    return "trials " + ", ".join(str(each.finalist.trial.number) for each in tied)


def _least(standings: Sequence[Standing], metric: str) -> str:
    """Say below which difference nobody needs to care."""
    least = margin(standings[0].finalist.trial, metric)
    apart = f"{percent(least)} points" if metric.endswith("_accuracy") else f"{least:.3g}"
    return f"less than {apart} apart is taken for equal"


def contest(found: Outcome) -> str:
    """Return the command that settles which of the tied settings is better."""
    runs = [f"{_run_of(each.finalist)}/config.yaml" for each in found.tied]
    return f"mlpcli train {' '.join(map(shell_word, runs))} --seeds until-decided"


def _run_of(finalist: Finalist) -> Path:
    """Return a run of a setting, which is in another folder where it was taken from there."""
    return finalist.trial.path or next(iter(finalist.paths.values()))


def mean_text(mean: Mean | None, metric: str) -> str:
    """Write a mean over seeds with its interval, in the unit of its metric."""
    if mean is None:
        return "-"
    share = metric.endswith("_accuracy")
    scale = 100 if share else -1 if metric == "val_loss" else 1
    unit = " %" if share else ""
    if mean.low is None or mean.high is None:
        return f"{metric_word(metric, shown_score(mean.mean, metric))}"
    low, high = sorted((scale * mean.low + 0.0, scale * mean.high + 0.0))  # and no -0.0
    return with_bounds(scale * mean.mean, low, high, share) + unit
