"""The finalists of a sweep: trials not told apart from the best, trained again on fresh seeds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlpcli.config import LARGEST_SEED, Config
from mlpcli.runs import TEST_SCORES, Run
from mlpcli.search import Spec
from mlpcli.stats import Z95, accuracy_margin, r_squared_margin
from mlpcli.sweep.trial import Trial, best_first, score_of

MOST_FINALISTS = 8


@dataclass
class Finalist:
    """A trial, and the scores of its setting on fresh seeds.

    Those of validation by the sweep's metric, and accuracies or R squared on the test set.
    """

    trial: Trial
    scores: dict[int, float] = field(default_factory=dict)
    tests: dict[int, float] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    paths: dict[int, Path] = field(default_factory=dict)

    def note(self, seed: int, run: Run, metric: str) -> None:
        """Note what came of its run of a seed; of a failed one there is nothing."""
        self.paths[seed] = run.path
        if run.summary:
            self.scores[seed] = score_of(run.summary, metric)
            self.seconds[seed] = run.summary.seconds
            self.tests[seed] = getattr(run.summary, TEST_SCORES[self.trial.config.data.task.kind])
        elif run.status == "diverged" and (counted := run.counted(metric)) is not None:
            self.scores[seed] = counted


def margin(best: Trial, metric: str) -> float:
    """Return how far apart two settings may be and be taken for equal.

    What the validation set can show at all: see `accuracy_margin`; of losses a hundredth of the
    best's.
    """
    assert best.score is not None
    examples = best.config.data.facts.validation_examples
    if metric == "val_accuracy":
        return accuracy_margin(examples)
    if metric == "val_r2":
        return r_squared_margin(examples, best.score)
    return abs(best.score) / 100


def reach(best: Trial, metric: str) -> float:
    """Return how far below the best of a search a trial may lie and be as good.

    What two networks that err on examples of their own may differ by chance, in 19 of 20 cases: of
    accuracies 1.96 sqrt(2 p (1 - p) / n) over n validation examples, of R squared
    1.96 * 2 (1 - R^2) / sqrt(n), of losses 2 loss / sqrt(n), and half a nat of one example at
    least. Beside what the seed does to a run this is little to much: fresh seeds tell.
    """
    assert best.score is not None
    examples = max(1, best.config.data.facts.validation_examples)
    if metric == "val_accuracy":
        share = min(1.0 - 0.5 / examples, max(0.5 / examples, best.score))
        return Z95 * math.sqrt(2 * share * (1 - share) / examples)
    if metric == "val_r2":
        return Z95 * 2 * (1 - max(0.0, min(1.0, best.score))) / math.sqrt(examples)
    return max(2 * abs(best.score) / math.sqrt(examples), 0.5 / examples)


def finalists(trials: Sequence[Trial], spec: Spec) -> tuple[list[Finalist], int]:
    """Return the trials not told apart from the best, it first, and how many more there were."""
    ranked = best_first(list(trials))
    if not ranked or spec.seeds == 1:
        return [], 0
    least = (ranked[0].score or 0.0) - reach(ranked[0], spec.metric)
    close = [each for each in ranked if each.score is not None and each.score >= least]
    chosen = [Finalist(trial) for trial in close[:MOST_FINALISTS]]
    return chosen, len(close) - len(chosen)


def fresh_seeds(config: Config, count: int) -> list[int]:
    """Return seeds that no trial of a sweep has: those behind the one that all of them share."""
    return [(config.seed + 1 + i) % (LARGEST_SEED + 1) for i in range(count)]


def fresh_configs(chosen: Sequence[Finalist], spec: Spec) -> Iterator[tuple[Finalist, Config]]:
    """Yield the configs to train, seed by seed: what ends early has as many of each."""
    for place in range(spec.seeds):
        for finalist in chosen:
            config = finalist.trial.config
            seed = fresh_seeds(config, spec.seeds)[place]
            yield finalist, config.model_copy(update={"seed": seed})
