"""What is known of a run, and of two, as values for JSON; numbers that are none are null there."""

from dataclasses import asdict
from typing import Any

from mlpcli.diff import ClassChange, RunDiff
from mlpcli.facts import Facts
from mlpcli.report import RunReport


def report_json(report: RunReport) -> dict[str, Any]:
    """Return a report for JSON; of the rows as many as were kept."""
    history = report.facts.history
    rows = {row.step: row for row in (*history.rows, *history.validations)}
    return {
        **_facts(report.facts),
        "defaults": report.defaults,
        "metrics": {
            "rows_total": history.rows_total,
            "rows": [asdict(rows[step]) for step in sorted(rows)],
        },
        "classes": [{"class": i, **asdict(each)} for i, each in enumerate(report.classes)],
        "confusions": [asdict(each) for each in report.confusions],
        "warnings": report.warnings,
    }


def diff_json(diff: RunDiff) -> dict[str, Any]:
    """Return a difference for JSON."""
    test = diff.test
    return {
        "a": _facts(diff.a),
        "b": _facts(diff.b),
        "same_run": diff.same_run,
        "conclusion": diff.conclusion,
        "config": [asdict(each) for each in diff.config],
        "environment": [asdict(each) for each in diff.environment],
        "data": [asdict(each) for each in diff.data],
        "test": asdict(test) if test else None,
        "classes": [_class(each) for each in diff.classes],
        "reached": [asdict(each) for each in diff.races],
        "warnings": diff.warnings,
    }


def _class(change: ClassChange) -> dict[str, Any]:
    values = asdict(change)
    return {"class": values.pop("label"), **values, "beyond_chance": change.beyond_chance}


def _facts(facts: Facts) -> dict[str, Any]:
    """Return what is known of a run without its rows."""
    best = facts.history.best
    return {
        "run": facts.run,
        "path": str(facts.path),
        "status": facts.status,
        "error": facts.error,
        "started": facts.started,
        "ended": facts.ended,
        "command": facts.command,
        **facts.environment,
        "data": facts.data,
        "config": facts.config,
        "results": asdict(facts.results) if facts.results else None,
        "best_validation": asdict(best) if best else None,
    }
