"""A comparison of runs: what they share, and a table of what differs and what came out."""

import re
from collections.abc import Sequence
from typing import Any

from mlpcli.compare.rows import Comparison, Row
from mlpcli.errors import shown
from mlpcli.runs import NO_RESULTS, RESULTS, SUMMARY_METRICS
from mlpcli.terminal import (
    Column,
    Emphasis,
    Section,
    Table,
    Text,
    count,
    metric_text,
    percent,
    value_text,
)

CONFIG_PART = 1  # the second of the parts of a table that does not fit
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
        Column(shown(key), [value_text(row.config.get(key), 60) for row in rows], part=CONFIG_PART)
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
    """Return the columns of RESULTS, an accuracy and its interval in one."""
    columns = []
    for name, metric in SUMMARY_METRICS.items():
        result = metric.result or name
        if result not in RESULTS:
            continue
        if f"{name.removesuffix('accuracy')}low" in RESULTS:
            cells = [_accuracy(row, name.removesuffix("_accuracy")) for row in rows]
        else:
            cells = [metric_text(metric, row.results[result]) for row in rows]
        narrow = _thousands(metric.short, rows) if metric.form == "rate" else None
        columns.append(Column(metric.heading, cells, number=True, narrow=narrow))
    return columns


def _thousands(heading: str, rows: Sequence[Row]) -> Column:
    speeds = [row.results["examples_per_second"] for row in rows]
    cells = ["-" if each is None else f"{each / 1000:,.0f}k" for each in speeds]
    return Column(heading, cells, number=True)


def _name(row: Row) -> str:
    """Return a run's name, marked if its results are of before the point that is asked for."""
    return shown(row.run, 100) + ("" if row.reached else " *")


def _accuracy(row: Row, name: str) -> str:
    low, high = row.results[f"{name}_low"], row.results[f"{name}_high"]
    interval = "" if low is None or high is None else f" {100 * low:.1f}-{100 * high:.1f}"
    return percent(row.results[f"{name}_accuracy"]) + interval
