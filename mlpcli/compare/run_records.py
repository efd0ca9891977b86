"""A comparison of runs as flat records, for JSON and CSV."""

from collections.abc import Sequence
from typing import Any

from mlpcli.compare.rows import OF_A_RUN, Comparison, Row
from mlpcli.runs import NO_RESULTS, RESULTS


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison for JSON."""
    return {
        "query": comparison.query.options(),
        "shared": comparison.shared,
        "differing": comparison.differing,
        "runs": [_record(row, bool(comparison.query.at)) for row in comparison.rows],
    }


def _record(row: Row, at: bool) -> dict[str, Any]:
    kept = (key for key in row._fields if key != "setting" and (at or key != "reached"))
    return {key: getattr(row, key) for key in kept}


def comparison_csv(comparison: Comparison) -> tuple[Sequence[str], list[list[Any]]]:
    """Return the headings and rows of a comparison: the columns asked for, or all there are."""
    query = comparison.query
    keys = [key for key in comparison.keys if key not in (*OF_A_RUN, *NO_RESULTS)]
    reached = ["reached"] if query.at else []
    every = ("run", "status", *keys, *reached, *RESULTS, "path")
    headings = ("run", *query.columns) if query.columns else every
    return headings, [[row.get(heading) for heading in headings] for row in comparison.rows]
