"""The honest end of a sweep: the winner without its luck, what ties with it, and what is open."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlpcli.search import Spec, Values
from mlpcli.stats import Answer, Mean, standings
from mlpcli.sweep.edges import Edge, edges
from mlpcli.sweep.finals import Finalist, margin
from mlpcli.sweep.importance import Importance, importances
from mlpcli.sweep.progress import Progress
from mlpcli.sweep.trial import Trial, best_first


@dataclass(frozen=True)
class Standing:
    """A finalist: what it has on fresh seeds, and how it stands to the search's best."""

    finalist: Finalist
    fresh: Mean | None  # None: no seed has a result
    test: Mean | None
    answer: Answer | None  # None of the search's best itself

    @property
    def is_tied(self) -> bool:
        """Whether no test calls it worse, or better, than the search's best."""
        return self.answer not in (Answer.WORSE, Answer.BETTER)


@dataclass(frozen=True)
class Outcome:
    """How a sweep came out."""

    spec: Spec
    trials: tuple[Trial, ...]
    best: Trial | None  # of the search
    standings: tuple[Standing, ...]  # of the finalists, the search's best first
    more_finalists: int
    cheapest: Trial | None  # of the settings that tie
    seconds: float  # of the whole sweep
    importances: tuple[Importance, ...]
    judged_at: int | None  # the step of the scores that importances are of; None: the last
    edges: tuple[Edge, ...]
    seeds_to_settle: int | None  # of each tied setting; None: nothing is open
    settle_seconds: float
    out_of_time: bool

    @property
    def winner(self) -> Standing | None:
        """The search's best on fresh seeds."""
        return self.standings[0] if self.standings else None

    @property
    def tied(self) -> list[Standing]:
        """The finalists that no test tells apart from the search's best, itself included."""
        return [each for each in self.standings if each.is_tied]

    @property
    def better(self) -> list[Standing]:
        """The finalists that fresh seeds show better than the search's best."""
        return [each for each in self.standings if each.answer is Answer.BETTER]

    @property
    def luck(self) -> float | None:
        """How much higher the search's best scored there than on fresh seeds."""
        if not self.winner or not self.winner.fresh or self.best is None:
            return None
        return (self.best.score or 0.0) - self.winner.fresh.mean


def outcome_of(progress: Progress) -> Outcome:
    """Return how a sweep came out, or stands by now."""
    return outcome(
        progress.spec,
        progress.trials,
        progress.finalists,
        progress.more_finalists,
        progress.seconds,
        progress.out_of_time,
    )


def outcome(
    spec: Spec,
    trials: Sequence[Trial],
    finalists: Sequence[Finalist],
    more: int = 0,
    seconds: float = 0.0,
    out_of_time: bool = False,
) -> Outcome:
    """Return how a sweep came out, by its trials and by the finalists' fresh seeds.

    The winner is the best of the search, whose fresh scores no choice has touched: their interval
    is that of a setting named beforehand.
    """
    best = next(iter(best_first(list(trials))), None)
    stand, seeds = _standings(spec, finalists)
    tied = [each.finalist for each in stand if each.is_tied] or list(finalists)
    among = [each.trial for each in tied] or ([best] if best else [])
    cheapest = min(among, key=lambda t: (t.config.parameters, t.work), default=None)
    judged, step = judged_scores(trials)
    return Outcome(
        spec=spec,
        trials=tuple(trials),
        best=best,
        standings=tuple(stand),
        more_finalists=more,
        cheapest=cheapest,
        seconds=seconds,
        importances=tuple(importances(spec.space, judged)),
        judged_at=step,
        edges=tuple(edges(spec.space, [each.values for each in among], [v for v, _ in judged])),
        seeds_to_settle=seeds,
        settle_seconds=_price(tied, seeds),
        out_of_time=out_of_time,
    )


def _standings(spec: Spec, finalists: Sequence[Finalist]) -> tuple[list[Standing], int | None]:
    """Return how finalists stand, and the seeds of each that would settle what is open."""
    scored = [each for each in finalists if each.scores]
    if not scored or scored[0] is not finalists[0]:
        return [Standing(each, None, None, None) for each in finalists], None
    least = margin(finalists[0].trial, spec.metric)
    found = standings([each.scores for each in scored], reference=0, margin=least)
    rows, needed = list[Standing](), list[int]()
    for each, row in zip(scored, found.rows, strict=True):
        rows.append(Standing(each, _mean(spec, each.scores.values()), _tests(each),
                             row.verdict.answer if row else None))  # fmt: skip
        if row and row.verdict.answer is Answer.UNDECIDED and row.verdict.seeds_low:
            needed.append(row.verdict.seeds_low)
    return rows, max(needed, default=None)


def _mean(spec: Spec, scores: Iterable[float]) -> Mean:
    values = list(scores)
    most = 0.0 if spec.metric == "val_loss" else 1.0
    least = 0.0 if spec.metric == "val_accuracy" else -math.inf
    return Mean.of(values, most, least)


def _tests(finalist: Finalist) -> Mean | None:
    tests = [*finalist.tests.values()]
    of_classes = finalist.trial.config.data.task.kind == "classification"
    return Mean.of(tests, 1.0, 0.0 if of_classes else -math.inf) if tests else None


def judged_scores(trials: Sequence[Trial]) -> tuple[list[tuple[Values, float]], int | None]:
    """Return scores of trials that can be held against each other, and the step that they are of.

    Where trials were stopped these are the scores at the first rung, which all have; a trial that
    diverged before it is left out.
    """
    own = [each for each in trials if each.score is not None]
    if not any(each.status == "stopped" for each in own):
        return [(t.values, t.score) for t in own if t.score is not None], None
    first = [(t.values, t.at[t.rungs[0]]) for t in own if t.rungs and t.rungs[0] in t.at]
    return first, min(t.rungs[0] for t in own if t.rungs)


def _price(tied: Sequence[Finalist], seeds: int | None) -> float:
    """Return the seconds that so many seeds of each take beyond those that are there."""
    if seeds is None:
        return 0.0
    return sum(
        max(0, seeds - len(each.scores)) * sum(each.seconds.values()) / len(each.seconds)
        for each in tied
        if each.seconds
    )
