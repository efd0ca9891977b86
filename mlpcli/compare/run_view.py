"""A comparison of runs: what they share, and a table of what differs and what came out."""

import re
from collections.abc import Sequence
from typing import Any

from mlpcli.compare.rows import Comparison, Row
from mlpcli.errors import shown
from mlpcli.runs import NO_RESULTS
from mlpcli.terminal import (
    Column,
    Emphasis,
    Section,
    Table,
    Text,
    count,
    number,
    percent,
    value_text,
)

RESULTS, CONFIG = 0, 1  # the parts of a table that does not fit
TIMESTAMP = re.compile(r"^\d{8}-\d{6}-")


def comparison_sections(comparison: Comparison) -> list[Section]:
    """Return the sections of a comparison, with runs that were not completed faint."""
    columns = _asked(comparison) if comparison.query.columns else _all(comparison)
    emphasis: list[Emphasis] = [
        "" if row.status == "completed" else "faint" for row in comparison.rows
    ]
    return [Section("", [Text(_shared(comparison), "faint"), Table(columns, emphasis, gap=1)])]


def _shared(comparison: Comparison) -> str:
    runs = count(len(comparison.rows), "run")
    shared = ", ".join(f"{shown(k)} {value_text(v, 60)}" for k, v in comparison.shared.items())
    at = f" at {comparison.query.at}" if comparison.query.at else ""
    at += "" if all(row.reached for row in comparison.rows) else " (* had fewer)"
    if len(comparison.rows) == 1:
        return f"{runs}{at}: {shared}"
    return f"{runs}{at}; all with {shared}" if shared else f"{runs}{at}"


def _asked(comparison: Comparison) -> list[Column]:
    """Return the columns that --columns asks for, after the run's name."""
    rows, keys = comparison.rows, [key for key in comparison.query.columns if key != "run"]
    return [
        Column("run", [_name(row) for row in rows]),
        *(
            Column(shown(key), [_value(row.get(key)) for row in rows], number=key in NO_RESULTS)
            for key in keys
        ),
    ]


def _value(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else value_text(value, 60)


def _all(comparison: Comparison) -> list[Column]:
    """Return the columns of a run's name, what differs, but for the steps, and what came out.

    The steps taken are among the results.
    """
    rows = comparison.rows
    names = [_name(row) for row in rows]
    short = Column("run", [TIMESTAMP.sub("", name) for name in names])
    config = [
        Column(shown(key), [value_text(row.config.get(key), 60) for row in rows], part=CONFIG)
        for key in comparison.differing
        if key != "steps"
    ]
    return [
        Column("run", names, narrow=short),
        Column("status", [row.status for row in rows]),
        *config,
        *_results(rows),
    ]


def _results(rows: Sequence[Row]) -> list[Column]:
    speeds = [row.results["examples_per_second"] for row in rows]
    losses, steps, seconds = (
        [row.results[key] for row in rows] for key in ("test_loss", "steps_taken", "seconds")
    )
    thousands = ["-" if each is None else f"{each / 1000:,.0f}k" for each in speeds]
    return [
        Column("val %", [_accuracy(row, "val") for row in rows], True),
        Column("test %", [_accuracy(row, "test") for row in rows], True),
        Column("test loss", [number(each) for each in losses], True),
        Column("steps", ["-" if each is None else f"{each:,}" for each in steps], True),
        Column("seconds", ["-" if each is None else f"{each:.1f}" for each in seconds], True),
        Column(
            "examples/s",
            ["-" if each is None else f"{each:,.0f}" for each in speeds],
            number=True,
            narrow=Column("ex./s", thousands, number=True),
        ),
    ]


def _name(row: Row) -> str:
    """Return a run's name, marked if its results are of before the point that is asked for."""
    return shown(row.run, 100) + ("" if row.reached else " *")


def _accuracy(row: Row, name: str) -> str:
    low, high = row.results[f"{name}_low"], row.results[f"{name}_high"]
    interval = "" if low is None or high is None else f" {100 * low:.1f}-{100 * high:.1f}"
    return percent(row.results[f"{name}_accuracy"]) + interval
