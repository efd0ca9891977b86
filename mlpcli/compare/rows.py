"""Runs to rows: the config of each, and what came out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from mlpcli.compare.columns import LARGEST, OF_A_RUN
from mlpcli.compare.speeds import Circumstances, circumstances
from mlpcli.config import setting
from mlpcli.data import DataFacts
from mlpcli.errors import shown
from mlpcli.runs import (
    SCORES,
    Run,
    data_digest,
    finished,
    has_learned,
    in_words,
    kind_of_results,
    load_run,
    read_all,
    unfinished,
    unless_weighted,
)

DATA_DIGITS = 12  # of the data's digest in a column: two in 10^14 are alike
Item = TypeVar("Item", bound=Any)  # a Row or a Setting: has get(column)


class Row(Struct, frozen=True):  # made in a tenth of the time of a frozen dataclass
    """One run: its config as it is in the directory, and a number or None for each result."""

    run: str
    path: str
    status: str
    started: str
    config: Mapping[str, Any]
    results: Mapping[str, float | None]  # at its end, or at the point that is asked for
    val_step: float | None = None  # the step of its validation
    counts: bool = True  # whether the results are such as others are compared with
    reached: bool = True  # the point that is asked for
    data: str = ""  # its SHA-256
    facts: DataFacts | None = None  # None where nobody knows
    setting: str = ""  # the SHA-256 of what the runs of a setting share
    circumstances: Circumstances | None = None  # of its training

    @property
    def learned(self) -> bool | None:
        """Whether the network of a completed run learned anything; None where nobody knows."""
        if self.status != "completed":
            return None
        found = (self.results[key] for key in ("val_accuracy", "val_low", "val_r2"))
        learned = has_learned(self.facts, *found)
        return learned or unless_weighted(self.config, learned)

    @property
    def scored_on(self) -> str:
        """What runs share whose scores can be compared: the rows, and the targets."""
        return self.facts.scored_on if self.facts else self.data

    @property
    def score_key(self) -> str:
        """The column of what validation chooses by, which depends on the task."""
        return SCORES[kind_of_results(self.facts, self.results)]

    @property
    def standing(self) -> str:
        """The status in words, and whether the network learned nothing."""
        return in_words(self.status, self.learned)

    def get(self, key: str) -> Any:
        """Return what stands in the column `key`, None if nothing does."""
        if key in OF_A_RUN:
            value = getattr(self, key)
            return value[:DATA_DIGITS] if key == "data" else value
        return self.results[key] if key in self.results else self.config.get(key)


def load_rows(paths: Sequence[Path]) -> tuple[list[Row], list[str]]:
    """Read runs; also return a warning for each that cannot be read, or not as it stands there."""
    loaded, damaged = read_all(_load_row, paths)
    doubts = [f"{shown(row.path, 200)}: {'; '.join(doubts)}" for row, doubts in loaded if doubts]
    return [row for row, _ in loaded], [*doubts, *damaged]


def _load_row(path: Path) -> tuple[Row, tuple[str, ...]]:
    run = load_run(path)
    return to_row(run), run.doubts


def to_row(run: Run) -> Row:
    """Return a run's row, of its end."""
    results: Mapping[str, float | None]
    results = finished(run.summary) if run.summary else unfinished(run.last)
    started, data = run.info.get("started"), data_digest(run.info)
    validated = results["val_accuracy"] is not None or results["val_r2"] is not None
    return Row(
        run=run.name,
        path=str(run.path),
        status=run.status,
        started=started if isinstance(started, str) else "",
        config=run.config,
        results=results,
        val_step=_val_step(run) if validated else None,
        counts=run.status == "completed",
        data=data,
        facts=run.facts,
        setting=setting(run.config, data),
        circumstances=circumstances(run.info),
    )


def _val_step(run: Run) -> float | None:
    """Return the step of the validation: that of the kept weights, or of the last row."""
    ended = run.summary.weights_step if run.summary else None
    return ended or (run.last.step if run.last else None)


def score_key_of(rows: Iterable[Row]) -> str:
    """Return the score that runs are ranked by: that of the task that most of them have."""
    counts = Counter(row.score_key for row in rows)
    return max(SCORES.values(), key=lambda key: counts[key])


def in_order(
    items: Iterable[Item], sort: str, reverse: bool, counts: Callable[[Item], bool]
) -> list[Item]:
    """Return rows or settings in the order of a column, the best or the smallest first.

    That is the largest first for scores and speed. What does not count comes last, and of each
    kind what has nothing in the column; `reverse` turns the others alone.
    """

    def comparable(pair: tuple[Item, Any]) -> tuple[bool, Any]:
        value = pair[1]
        numeric = isinstance(value, int | float)
        return not numeric, value if numeric else str(value)

    def unranked(pair: tuple[Item, Any]) -> tuple[bool, bool]:
        return not counts(pair[0]), pair[1] is None

    pairs = [(each, each.get(sort)) for each in items]
    ranked = sorted(pairs, key=comparable, reverse=reverse != (sort in LARGEST))
    return [each for each, _ in sorted(ranked, key=unranked)]  # stable: the order above stays
