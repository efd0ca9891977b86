"""A run's report as `show --json` prints it; `mlpcli schema show` prints its JSON Schema."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct, field

from mlpcli.report.run_report import Confused, RunReport
from mlpcli.report.scores import Scored
from mlpcli.runs import RunDetails, json_shape, row_record, run_details


class ClassScore(Struct, frozen=True):
    """The test examples of a class: the share that is correct, with its 95 % interval."""

    label: int = field(name="class")
    correct: int
    examples: int
    accuracy: float
    low: float
    high: float


class Rows(Struct, frozen=True):
    """The metrics rows, as metrics.jsonl has them: evenly thinned where there are too many."""

    rows_total: int
    rows: list[dict[str, Any]]


class ShownRun(RunDetails, frozen=True):
    """All that `show` shows; `defaults` are the config's keys that have their defaults.

    `classes` and `confusions`, the most often confused first, are empty without predictions.
    """

    defaults: tuple[str, ...]
    scores: tuple[Scored, ...]
    metrics: Rows
    classes: tuple[ClassScore, ...]
    confusions: tuple[Confused, ...]
    warnings: tuple[str, ...]


def report_json(report: RunReport) -> dict[str, Any]:
    """Return a report for JSON; of the rows as many as were kept."""
    history = report.run.history
    rows = {row.step: row for row in (*history.rows, *history.validations)}
    shown = ShownRun(
        **run_details(report.run),
        defaults=report.defaults,
        scores=report.scores,
        metrics=Rows(history.rows_total, [row_record(rows[step]) for step in sorted(rows)]),
        classes=tuple(
            ClassScore(label, each.correct, each.examples, each.accuracy, each.low, each.high)
            for label, each in enumerate(report.classes)
        ),
        confusions=report.confusions,
        warnings=report.warnings,
    )
    record: dict[str, Any] = msgspec.to_builtins(shown)
    return record


def show_schema() -> dict[str, Any]:
    """Return the JSON Schema of a report."""
    return json_shape(ShownRun)
