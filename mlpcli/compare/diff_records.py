"""A difference of two runs, for JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mlpcli.compare.diff import ClassChange, RunDiff
from mlpcli.runs import run_json


def diff_json(diff: RunDiff) -> dict[str, Any]:
    """Return a difference for JSON."""
    test = diff.test
    return {
        "a": run_json(diff.a),
        "b": run_json(diff.b),
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
