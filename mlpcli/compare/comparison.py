"""Runs found, read, chosen and put in order: all that a view or a record shows of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from mlpcli.compare.at import Point
from mlpcli.compare.columns import OF_A_SETTING, require_columns
from mlpcli.compare.conditions import chosen
from mlpcli.compare.differing import split
from mlpcli.compare.grouping import several_seeds
from mlpcli.compare.query import Query
from mlpcli.compare.ranking import Ranking, rank_settings
from mlpcli.compare.rows import Row, in_order, load_rows, score_key_of
from mlpcli.compare.rows_at import rows_at
from mlpcli.runs import NO_RESULTS
from mlpcli.stats import import_distributions

MANY = 1_000  # runs: to read them takes longer than what settings are ranked by to import


@dataclass(frozen=True)
class Comparison:
    """Runs, all that were chosen, and how their settings compare; sorted where they are asked."""

    query: Query
    found: int  # runs that could be read, before the condition chose among them
    rows: tuple[Row, ...]
    point: Point | None
    warnings: tuple[str, ...]
    shortened: int = 0  # rows in all, where only the first are shown for want of room
    unmet: tuple[Row, ...] = ()  # where the condition holds of no run: those that it was asked of

    @cached_property
    def of_settings(self) -> bool:
        """Whether settings are shown: as asked, or where one has two or more different seeds."""
        return several_seeds(self.rows) if self.query.by is None else self.query.by == "setting"

    @cached_property
    def score_key(self) -> str:
        """The score that the runs are ranked by."""
        return score_key_of(self.rows)

    @cached_property
    def ranking(self) -> Ranking:
        """The settings, in order."""
        return rank_settings(self.rows, self.query, bool(self.point and self.point.mixed))

    @cached_property
    def ordered(self) -> tuple[Row, ...]:
        """The runs in the query's order.

        That is the largest first for scores and speed and the smallest first else; runs that
        have no such number, and then those that were not completed or did not reach the point,
        come last.
        """
        sort = self.query.sort
        key = self.score_key if sort is None or sort in OF_A_SETTING else sort
        return tuple(in_order(self.rows, key, self.query.reverse, lambda row: row.counts))

    @property
    def top(self) -> tuple[Row, ...]:
        """The first runs, as many as are asked for."""
        return self.ordered[: self.query.top]

    @cached_property
    def differing(self) -> tuple[tuple[str, ...], dict[str, Any]]:
        """The keys in which the runs or settings differ that are shown, and what they share."""
        if self.of_settings:
            return self.ranking.differing()
        return split([row.config for row in self.top])


def compare(paths: Sequence[Path], query: Query, unclear: Sequence[str] = ()) -> Comparison:
    """Read runs, and choose among them as the query asks.

    Raises ColumnError or ConditionError for what no run has or can meet, and BaselineError.
    """
    ahead = Thread(target=import_distributions)
    if len(paths) > MANY and query.by != "run":
        ahead.start()
    rows, damaged = load_rows(paths)
    if ahead.ident is not None:
        ahead.join()
    found = len(rows)
    if rows:
        require_columns(query.asked(), set().union(*[row.config for row in rows]))
    read = _at_point(rows, query)
    return Comparison(
        query=query,
        found=found,
        rows=tuple(read.rows),
        point=read.point,
        warnings=tuple(dict.fromkeys((*unclear, *damaged, *read.warnings))),
        unmet=tuple(read.unmet),
    )


class _Read(NamedTuple):
    rows: list[Row]
    point: Point | None = None
    warnings: Sequence[str] = ()
    unmet: Sequence[Row] = ()


def _at_point(rows: list[Row], query: Query) -> _Read:
    """Return the rows that the query's condition chooses, at its point.

    The point that all reached is that of the chosen runs, where they can be chosen without it.
    """
    where, kept = query.where, rows
    early = where is not None and not where.keys & {*NO_RESULTS, "reached", "val_step"}
    if where and (early or not query.at):
        kept = chosen(where, rows)
    point, lost = None, list[str]()
    if query.at:
        kept, point, lost = rows_at(kept, query.at)
    if where and query.at and not early:
        rows, kept = kept, chosen(where, kept)
    return _Read(kept, point, lost, () if kept else rows)
