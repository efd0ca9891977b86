"""The first line of a comparison: how many there are, at which point, and what they share."""

from __future__ import annotations

from collections.abc import Sequence

from mlpcli.compare.comparison import Comparison
from mlpcli.compare.differing import shared_text
from mlpcli.compare.speeds import speed_note
from mlpcli.errors import shown
from mlpcli.terminal import Text, count

NAME = 70  # characters of a setting's name


def heading(comparison: Comparison, columns: Sequence[str]) -> Text:
    """Return the first line, faint: `columns` are those that the table has."""
    at = f" {comparison.point}" if comparison.point else ""
    _, shared = comparison.differing
    configs = [row.config for row in comparison.top]
    if comparison.of_settings:
        configs = [each.config for each in comparison.ranking.settings]
    parts = [
        (_settings(comparison) if comparison.of_settings else _runs(comparison)) + at,
        *_without_result(comparison),
        "steps is the config's" if at and "steps" in columns else "",
        shared_text(shared, configs),
    ]
    return Text("; ".join(part for part in parts if part), "faint")


def kept_note(comparison: Comparison) -> str:
    """Say of which weights the scores are, where some are not those after the last step."""
    earlier = [
        row
        for row in comparison.rows
        if row.results["kept_step"] is not None
        and row.results["kept_step"] != row.results["steps_taken"]
    ]
    if not earlier:
        return ""
    return (
        f"Scores are of the weights that a run keeps: {len(earlier):,} of "
        f"{count(len(comparison.rows), 'run')} kept those of the best validation, after kept_step."
    )


def times_note(comparison: Comparison, names: Sequence[str]) -> str:
    """Say why the times in a table do not compare; "" where they do."""
    rows = comparison.rows if comparison.of_settings else comparison.top
    return speed_note([row.circumstances for row in rows if row.circumstances], names)


def _runs(comparison: Comparison) -> str:
    return _of(len(comparison.top), comparison.found, "run")


def _settings(comparison: Comparison) -> str:
    """Say how many settings are shown, of how many runs, and which one beside those asked for."""
    ranking = comparison.ranking
    settings = _of(len(ranking.ranked) - ranking.added, ranking.total, "setting")
    runs = _of(len(comparison.rows), comparison.found, "run")
    added = ""
    if ranking.added and ranking.reference:
        what = "baseline" if ranking.baseline else "best"
        added = f", and the {what}, {shown(ranking.reference.label, NAME)}"
    return f"{settings}{added}, of {runs}"


def _of(part: int, whole: int, what: str) -> str:
    return count(whole, what) if part == whole else f"{part:,} of {count(whole, what)}"


def _without_result(comparison: Comparison) -> list[str]:
    """Count the runs, shown or not, that were not completed; of a point it is said elsewhere."""
    if comparison.point:
        return []
    statuses = [row.status for row in comparison.rows]
    counts = {"diverged": statuses.count("diverged")}
    counts["unfinished"] = len(statuses) - statuses.count("completed") - counts["diverged"]
    return [f"{n:,} of {len(statuses):,} {what}" for what, n in counts.items() if n]


def shortened(comparison: Comparison) -> str:
    """Say how to see all rows, where a terminal shows the first alone."""
    if not comparison.shortened:
        return ""
    return f"The first alone are shown on a terminal; all: --top {comparison.shortened}, or a pipe."
