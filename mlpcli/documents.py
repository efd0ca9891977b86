"""What is known of a run as values for JSON; numbers that are none are null there."""

from dataclasses import asdict
from typing import Any

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
