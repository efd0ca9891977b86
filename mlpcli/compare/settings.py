"""Settings: runs on the same data whose configs differ in nothing but seed, fold and name."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlpcli.compare.columns import MEANS, SPREAD_OF
from mlpcli.compare.rows import DATA_DIGITS, Row
from mlpcli.errors import shown
from mlpcli.runs import (
    by_fold,
    folds_of,
    least_of,
    most_of,
    needs_all,
    overlap_of,
    stands_for,
    whole,
)
from mlpcli.stats import Mean

# keys that say which rows each fold has, and what is predicted of them
OF_FOLDS = ("folds", "split", "split_by", "split_seed", "validation", "target", "task")
MARK_DIGITS = 6  # of its digest in a setting's mark


@dataclass(frozen=True)
class Setting:
    """The runs of one config, on the same data, over seeds, or over the folds of the data.

    `seeds` maps each seed that came to a result to its validation score; of a cross-validation each
    fold to the mean of its seeds' scores. A diverged run's accuracy
    is that of chance, its R squared 0, for its network tells nothing. `label` is the name where no
    other setting has that, else the name and digits that follow from the config: `mark`, whatever
    the others are.
    """

    label: str
    mark: str
    rows: tuple[Row, ...]  # one a seed, or a fold and seed
    seeds: Mapping[int, float]
    inconsistent: tuple[str, ...] = ()  # seeds of which runs came to different results

    @property
    def disagreement(self) -> str:
        """What to warn of where runs of one seed came to different results; empty elsewhere."""
        if not self.inconsistent:
            return ""
        return (
            f"{shown(self.label)}: runs of seed {', '.join(self.inconsistent)} came to different "
            "results; the newest of each is taken"
        )

    @property
    def name(self) -> str:
        """What other settings may be called, too."""
        return self.mark[: -MARK_DIGITS - 1]

    @property
    def config(self) -> Mapping[str, Any]:
        """What the runs share; their seeds and names are those of one of them."""
        return self.rows[0].config

    @property
    def score_key(self) -> str:
        """The column of what validation chooses by."""
        return self.rows[0].score_key

    @property
    def data(self) -> str:
        """The SHA-256 of the data that they were trained on."""
        return self.rows[0].data

    @property
    def scored_on(self) -> str:
        """What settings share whose scores can be compared: the rows, and the targets.

        Of folds the data, and the keys that the rows of every fold follow from.
        """
        if self.folds:
            return self.data + json.dumps([self.config.get(key) for key in OF_FOLDS])
        return self.rows[0].scored_on

    @property
    def folds(self) -> int | None:
        """Into how many folds the rows are cut; None without a cross-validation."""
        return folds_of(self.config)

    @property
    def unit(self) -> str:
        """What its results are one of each of: "seed" or "fold"."""
        return "fold" if self.folds else "seed"

    def overlap(self, key: str) -> float:
        """Return how far the folds of a result overlap, for its standard error; 0 of seeds."""
        return overlap_of(key, self.rows[0].facts) if self.folds else 0.0

    @property
    def counting(self) -> int:
        """How many runs have results such as others are compared with."""
        return sum(row.counts for row in self.rows)

    @property
    def diverged(self) -> int:
        """How many runs diverged, before the point that is asked for."""
        return sum(_diverged(row) for row in self.rows)

    @property
    def unfinished(self) -> int:
        """How many runs came to no result: they failed, were interrupted, or are running.

        Where a point is asked for, those that ended before it.
        """
        return sum(not row.counts and not _diverged(row) for row in self.rows)

    @property
    def val_steps(self) -> tuple[int, int] | None:
        """The least and the most step of the validations that count; None without any."""
        return self.steps("val_step")

    def steps(self, key: str) -> tuple[int, int] | None:
        """Return the least and the most step that stands under `key` of the runs that count."""
        found = [row.get(key) for row in self.rows if row.counts]
        steps = [int(step) for step in found if step is not None]
        return (min(steps), max(steps)) if steps else None

    def mean(self, key: str) -> Mean | None:
        """Return the mean of a result over its seeds; None where there is none."""
        if key not in self._means:
            values = self._values(key)
            bounds = most_of(key), least_of(key)
            self._means[key] = Mean.of(values, *bounds, self.overlap(key)) if values else None
        return self._means[key]

    @cached_property
    def _means(self) -> dict[str, Mean | None]:
        return {}

    def get(self, key: str) -> Any:
        """Return what stands in the column `key`: a mean, a count, or what the config has."""
        if key in MEANS:
            values = self._values(key)
            return math.fsum(values) / len(values) if values else None
        if key in SPREAD_OF:
            of, spread = SPREAD_OF[key]
            mean = self.mean(of)
            return getattr(mean, spread) if mean else None
        if key in ("diverged", "unfinished"):
            return getattr(self, key)
        if key == "val_step":
            steps = self.val_steps
            return steps[0] if steps and steps[0] == steps[1] else None
        of_all = {"setting": self.label, "name": self.label, "seeds": len(self.seeds),
                  "data": self.data[:DATA_DIGITS]}  # fmt: skip
        return of_all[key] if key in of_all else self.config.get(key)

    def _values(self, key: str) -> list[float]:
        """Return a result of each seed or fold that has one; no loss where one's is not finite.

        A diverged network guesses: its score is that of chance, its loss no number. The seconds
        until it diverged say nothing of how long the others take.
        """
        if key == self.score_key:
            return list(self.seeds.values())
        rows = [row for row in self.rows if came_to_an_end(row)]
        counting = [row.results[key] for row in rows if row.counts]
        if counting and not any(value is not None for value in counting):
            return []  # a point has none of it, not even by a guess
        found = [(fold_of(row), _result(row, key)) for row in rows]
        values = [(fold, value) for fold, value in found if value is not None]
        return [] if needs_all(key) and len(values) < len(rows) else by_fold(values)


def fold_of(row: Row) -> int | None:
    """Return which fold tested a run, None where there are none."""
    return whole(row.config.get("fold"), 1) if folds_of(row.config) else None


def came_to_an_end(row: Row) -> bool:
    """Whether a run has a result, or diverged."""
    return score_of(row) is not None


def score_of(row: Row) -> float | None:
    """Return the validation score that a run came to, None if it came to nothing yet."""
    return _result(row, row.score_key)


def _diverged(row: Row) -> bool:
    return row.status == "diverged" and not row.counts


def _result(row: Row, key: str) -> float | None:
    """Return what a run came to, None if it came to nothing yet or that is not finite."""
    if row.counts:
        return row.results[key]
    return stands_for(row.status, row.facts, key)
