"""A comparison for spreadsheets: a row a run or a setting, all columns or those asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlpcli.compare.columns import COUNTS, MEANS, RESERVED, SPREADS, STANDING
from mlpcli.compare.comparison import Comparison
from mlpcli.compare.ranking import Ranked
from mlpcli.compare.target_view import target_rows
from mlpcli.compare.verdict_texts import verdict_text
from mlpcli.config import OF_A_RUN_ALONE
from mlpcli.runs import RESULTS

Rows = tuple[Sequence[str], list[list[Any]]]


def csv_rows(comparison: Comparison) -> Rows:
    """Return the headings and the rows of a comparison."""
    if comparison.query.noise:
        from mlpcli.compare.noise_view import noise_rows

        return noise_rows(comparison)
    if comparison.query.curve:
        from mlpcli.compare.curve_view import curve_rows

        return curve_rows(comparison)
    if comparison.query.to:
        return target_rows(comparison)
    return _settings(comparison) if comparison.of_settings else _runs(comparison)


def _runs(comparison: Comparison) -> Rows:
    rows, asked = comparison.top, comparison.query.columns
    keys = dict.fromkeys(key for row in rows for key in row.config if key not in RESERVED)
    reached = ["reached"] if comparison.point else []
    every = ("run", "status", *keys, *reached, *RESULTS, "val_step", "path")
    headings = ("run", *(name for name in asked if name != "run")) if asked else every
    return headings, [[row.get(name) for name in headings] for row in rows]


def _settings(comparison: Comparison) -> Rows:
    ranked, asked = comparison.ranking.ranked, comparison.query.columns
    keys = dict.fromkeys(
        key
        for each in ranked
        for key in each.setting.config
        if key not in RESERVED and key not in OF_A_RUN_ALONE
    )
    means = [f"{name}{end}" for name in MEANS for end in ("", *(f"_{each}" for each in SPREADS))]
    every = ("setting", *keys, *COUNTS, *means, "val_step", *STANDING, "data", "answer", "verdict")
    headings = ("setting", *(name for name in asked if name != "setting")) if asked else every
    return headings, [[_value(comparison, each, name) for name in headings] for each in ranked]


def _value(comparison: Comparison, ranked: Ranked, name: str) -> Any:
    if name == "verdict":
        return verdict_text(comparison.ranking, ranked)
    return ranked.setting.data if name == "data" else ranked.get(name)
