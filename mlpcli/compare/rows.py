"""Runs to rows: what differs between their configs, and what came out of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from mlpcli.compare.at import At
from mlpcli.compare.where import Where
from mlpcli.config import setting
from mlpcli.errors import MlpcliError, nearest, shown
from mlpcli.runs import (
    LARGEST_FIRST,
    NO_RESULTS,
    Run,
    data_digest,
    finished,
    load_run,
    read_all,
    unfinished,
)

NEAREST_COLUMNS = 3  # columns at most in a message
OF_A_RUN = ("run", "status", "path", "started", "data", "reached")
DATA_DIGITS = 12  # of the data's digest in a column: two in 10^14 are alike
Item = TypeVar("Item", bound=Any)  # a Row or a Setting: has get(column)


class ColumnError(MlpcliError):
    """A column that no run has."""

    exit_code = 2


class Row(NamedTuple):  # made in a third of the time of a frozen dataclass
    """One run: its config as it is in the directory, and a number or None for each result."""

    run: str
    path: str
    status: str
    started: str
    config: Mapping[str, Any]
    results: Mapping[str, float | None]
    reached: bool = True  # the point that --at asks for
    data: str = ""  # its SHA-256
    setting: str = ""  # the SHA-256 of what the runs of a setting share

    def get(self, key: str) -> Any:
        """Return what stands in the column `key`, None if nothing does."""
        if key in OF_A_RUN:
            value = getattr(self, key)
            return value[:DATA_DIGITS] if key == "data" else value
        return self.results[key] if key in self.results else self.config.get(key)


@dataclass(frozen=True)
class Query:
    """Which rows, in which order, at which point of the runs, and which columns to show."""

    sort: str = "val_accuracy"
    reverse: bool = False
    top: int | None = None
    where: Where | None = None
    at: At | None = None
    columns: tuple[str, ...] = ()  # empty: what differs, and RESULTS

    def asked(self) -> Iterable[tuple[str, str]]:
        """Yield the option and the name of each column that is asked for."""
        yield "--sort", self.sort
        for key in sorted(self.where.keys) if self.where else ():
            yield "--where", key
        for key in self.columns:
            yield "--columns", key

    def options(self) -> dict[str, Any]:
        """Return the options as they can be written in JSON."""
        return {
            "where": self.where.text if self.where else None,
            "sort": self.sort,
            "reverse": self.reverse,
            "top": self.top,
            "columns": list(self.columns),
            "at": asdict(self.at) if self.at else None,
        }


@dataclass(frozen=True)
class Comparison:
    """The rows in order, the config keys that differ, and what is shared."""

    rows: tuple[Row, ...]
    differing: tuple[str, ...]
    shared: Mapping[str, Any]
    query: Query

    @property
    def keys(self) -> tuple[str, ...]:
        """All the keys of the configs, in the order in which they stand there."""
        return tuple(dict.fromkeys(key for row in self.rows for key in row.config))


def load_rows(paths: Sequence[Path], query: Query) -> tuple[list[Row], list[str]]:
    """Read runs, as far as the query's condition holds of them.

    Also return a warning for each that cannot be read. Raises ColumnError if no run has a key that
    the query asks for.
    """
    loaded, damaged = read_all(partial(_load_row, at=query.at), paths)
    rows = [row for row, _ in loaded]
    warnings = [f"{shown(row.path, 200)}: {warning}" for row, warning in loaded if warning]
    _check_columns(rows, query)
    if query.where:
        rows = [row for row in rows if query.where.matches(row.get)]
    return rows, [*warnings, *damaged]


def compare(rows: Sequence[Row], query: Query) -> Comparison:
    """Put rows in the query's order.

    That is the largest first for accuracies and speed and the smallest first else; runs that have
    no such number, and then runs that were not completed, come last.
    """
    ordered = in_order(rows, query, lambda row: row.status == "completed")[: query.top]
    differing, shared = split([row.config for row in ordered])
    return Comparison(tuple(ordered), differing, shared, query)


def split(
    configs: Sequence[Mapping[str, Any]],
) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the config keys that differ, but for the name, and the values that all share."""
    if not configs:
        return (), {}
    first = configs[0]
    keys = dict.fromkeys(key for config in configs for key in config)
    inconsistent: set[str] = set()
    for config in configs:
        inconsistent.update(key for key in keys if config.get(key) != first.get(key))
    shared = {key: first.get(key) for key in keys if key != "name" and key not in inconsistent}
    return tuple(key for key in keys if key in inconsistent and key != "name"), shared


def in_order(items: Iterable[Item], query: Query, finished: Callable[[Item], bool]) -> list[Item]:
    """Return rows or settings in the order of the query's column, what did not finish last.

    Of each kind, what has nothing in the column comes last; the query reverses the others alone.
    """

    def comparable(pair: tuple[Item, Any]) -> tuple[bool, Any]:
        value = pair[1]
        numeric = isinstance(value, int | float)
        return not numeric, value if numeric else str(value)

    def unranked(pair: tuple[Item, Any]) -> tuple[bool, bool]:
        return not finished(pair[0]), pair[1] is None

    pairs = [(each, each.get(query.sort)) for each in items]
    ranked = sorted(pairs, key=comparable, reverse=query.reverse != (query.sort in LARGEST_FIRST))
    return [each for each, _ in sorted(ranked, key=unranked)]  # stable: the order above stays


def _check_columns(rows: Sequence[Row], query: Query) -> None:
    keys = {key for row in rows for key in row.config}
    there = {*OF_A_RUN, *NO_RESULTS, *keys}
    for option, key in query.asked():
        if rows and key not in there:
            choices = [*OF_A_RUN, *NO_RESULTS, *sorted(map(shown, keys))]
            near = nearest(key, choices, NEAREST_COLUMNS)
            hint = f"did you mean {' or '.join(near)}? " if near else ""
            raise ColumnError(
                f"{option} {shown(key) or repr(key)}: no such column",
                f"{hint}without {option}, --json shows all there are",
            )


def _load_row(path: Path, at: At | None) -> tuple[Row, str]:
    """Read a run; return its row, and what is wrong with its metrics if they were asked for."""
    return to_row(load_run(path), at)


def to_row(run: Run, at: At | None = None) -> tuple[Row, str]:
    """Return a run's row, and what is wrong with its metrics if they were asked for."""
    results: Mapping[str, float | None]
    reached, doubts = True, list(run.doubts)
    if at:
        reading = at.reading(run)
        results, reached = reading.results, reading.reached
        doubts += [reading.warning] if reading.warning else []
    else:
        results = finished(run.summary) if run.summary else unfinished(run.last)
    started = run.info.get("started")
    row = Row(
        run=run.name,
        path=str(run.path),
        status=run.status,
        started=started if isinstance(started, str) else "",
        config=run.config,
        results=results,
        reached=reached,
        data=data_digest(run.info),
        setting=setting(run.config, data_digest(run.info)),
    )
    return row, "; ".join(dict.fromkeys(doubts))
