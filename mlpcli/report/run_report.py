"""One run as a person wants to see it: what it was, what came out, and where it errs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from mlpcli.config import is_default
from mlpcli.report.scores import Scored, scores
from mlpcli.runs import (
    Run,
    class_accuracies,
    confusions,
    load_answers,
    open_run,
    row_record,
    run_json,
)
from mlpcli.stats import Accuracy


@dataclass(frozen=True)
class Confused:
    """How many of a class's test examples were taken for another class."""

    true: int
    predicted: int
    count: int
    examples: int  # of the class `true`


@dataclass(frozen=True)
class RunReport:
    """All that is shown of a run; `classes` and `confusions` are empty without predictions."""

    run: Run
    defaults: tuple[str, ...]  # the config's keys whose values are the defaults
    scores: tuple[Scored, ...]
    classes: tuple[Accuracy, ...]  # on the test set, by class
    confusions: tuple[Confused, ...]  # the most often confused first
    warnings: tuple[str, ...]


def report_run(path: Path) -> RunReport:
    """Read a run directory. Raises RunError; predictions alone may be missing or damaged."""
    run = open_run(path)
    answers, warnings = load_answers(run)
    classes: tuple[Accuracy, ...] = ()
    confused: tuple[Confused, ...] = ()
    if answers:
        counts = class_accuracies(answers.predicted, answers.targets)
        classes = tuple(Accuracy.of(*count) for count in counts)
        confused = tuple(
            Confused(each.true, each.predicted, each.examples, classes[each.true].examples)
            for each in confusions(answers.predicted, answers.targets)
        )
    return RunReport(
        run=run,
        defaults=tuple(key for key in run.config if is_default(run.config, key)),
        scores=scores(run),
        classes=classes,
        confusions=confused,
        warnings=tuple(dict.fromkeys((*run.warnings, *warnings))),
    )


def report_json(report: RunReport) -> dict[str, Any]:
    """Return a report for JSON; of the rows as many as were kept."""
    history = report.run.history
    rows = {row.step: row for row in (*history.rows, *history.validations)}
    return {
        **run_json(report.run),
        "defaults": report.defaults,
        "scores": [msgspec.to_builtins(each) for each in report.scores],
        "metrics": {
            "rows_total": history.rows_total,
            "rows": [row_record(rows[step]) for step in sorted(rows)],
        },
        "classes": [{"class": i, **asdict(each)} for i, each in enumerate(report.classes)],
        "confusions": [asdict(each) for each in report.confusions],
        "warnings": report.warnings,
    }
