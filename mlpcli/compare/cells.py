"""How a column's value is written in a table: with its unit, and rounded to its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mlpcli.compare.columns import COUNTS, SHARES, SPREAD_OF
from mlpcli.compare.differing import CELL
from mlpcli.compare.query import Spread
from mlpcli.errors import shown
from mlpcli.runs import METRICS, SUMMARY_METRICS
from mlpcli.stats import Mean
from mlpcli.terminal import (
    Column,
    Emphasis,
    metric_text,
    number,
    p_text,
    percent,
    points,
    value_text,
    with_bounds,
)

_METRICS = {m.result or name: m for name, m in {**METRICS, **SUMMARY_METRICS}.items()}
UNITS = {"percent": " %", "seconds": " s"}  # by the form of the numbers
UNBROKEN = 10  # characters of a name that stays in one line
APART = ("difference", "difference_low", "difference_high")
SEEDS_NEEDED = ("seeds_needed_low", "seeds_needed_high")
WRITTEN: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys((*COUNTS, "val_step", *SEEDS_NEEDED), "{:,.0f}".format),
    "p_better": "{:.2f}".format,
    **dict.fromkeys(("p_adjusted", "p_equivalent"), p_text),
    "paired": "{:,}".format,
}
NUMBERS = frozenset((*WRITTEN, *APART, "detects", *SHARES, *_METRICS, *SPREAD_OF))


def is_share(key: str) -> bool:
    """Say whether a score is an accuracy, whose differences are in points."""
    return key.endswith("_accuracy")


def in_score(key: str, amount: float) -> float:
    """Return a difference as it is typed, of accuracies in points, in the unit of the score.

    >>> in_score("val_accuracy", 0.2), in_score("val_r2", 0.2)
    (0.002, 0.2)
    """
    return amount / 100 if is_share(key) else amount


def score_apart(key: str, value: float) -> str:
    """Write a difference of the score `key`: of accuracies in points.

    >>> score_apart("val_accuracy", -0.0133), score_apart("val_r2", 0.0133)
    ('-1.33', '+0.0133')
    """
    return points(value) if is_share(key) else f"{value:+.4f}"


def cell(name: str, value: Any, score: str = "val_accuracy") -> str:
    """Write what stands in the column `name`; differences are of `score`.

    >>> cell("val_accuracy", 0.98344), cell("seconds", 1.54), cell("layers", 3), cell("p_better", 1)
    ('98.34 %', '1.5 s', '3', '1.00')
    """
    of, _ = SPREAD_OF.get(name, (name, ""))
    if value is None:
        return "-"
    if of in APART:
        return score_apart(score, value)
    if of == "detects":
        return score_apart(score, value).removeprefix("+")
    if of in SHARES:
        return f"{percent(value)} %"
    if of in WRITTEN:
        return WRITTEN[of](value)
    metric = _METRICS.get(of)
    if metric:
        whole = metric.form != "count" or value % 1 == 0
        text = metric_text(metric, value) if whole else number(value)
        return text + UNITS.get(metric.form, "")
    return f"{value:.6g}" if isinstance(value, float) else value_text(value, CELL)


def mean_cell(name: str, mean: Mean | None, spread: Spread) -> str:
    """Write a mean with its standard deviation or its 95 % interval, in the unit of the column.

    >>> accuracies = Mean(0.9194, 0.0089, 0.9084, 0.9304, 5)
    >>> [mean_cell("val_accuracy", accuracies, each) for each in ("sd", "interval", "none")]
    ['91.94 ±0.89 %', '91.9 ±1.1 %', '91.94 %']
    """
    if mean is None:
        return "-"
    form = _METRICS[name].form
    scale = 100 if form == "percent" else 1
    low, high = mean.low, mean.high
    if spread == "sd" and mean.sd is not None:
        low, high = mean.mean - mean.sd, mean.mean + mean.sd
    if spread == "none" or low is None or high is None or (spread == "sd" and mean.sd is None):
        return cell(name, mean.mean)
    text = with_bounds(scale * mean.mean, scale * low, scale * high, form == "percent")
    return text + UNITS.get(form, "")


def difference_cell(key: str, mean: float, low: float | None, high: float | None) -> str:
    """Write a difference of scores, of accuracies in points, and its interval.

    >>> difference_cell("val_accuracy", -0.0006, -0.0034, 0.0021)
    '-0.06 ±0.27'
    >>> difference_cell("val_accuracy", 0.01, None, None)
    '+1.00'
    """
    if low is None or high is None:
        return score_apart(key, mean)
    if not is_share(key):
        return with_bounds(mean, low, high, False, "+")
    return with_bounds(100 * mean, 100 * low, 100 * high, True, "+")


def column(
    name: str, cells: Sequence[str], part: int = 0, emphasis: Sequence[Emphasis] = ()
) -> Column:
    """Return a column under its name, with a narrow form whose heading is of several lines."""
    heading = shown(name)
    widest = max(map(len, cells), default=0)
    whole = Column(heading, cells, name in NUMBERS, part, emphasis=emphasis)
    return replace(whole, narrow=replace(whole, heading=_broken(heading, widest)))


def _broken(name: str, width: int) -> str:
    r"""Break a name behind its underscores, where it is wider than its cells.

    >>> _broken("examples_per_second", 8)
    'examples_\nper_\nsecond'
    """
    if len(name) <= UNBROKEN:
        return name
    parts = name.replace("_", "_ ").split(" ")
    room, lines = max(width, *map(len, parts)), [""]
    for part in parts:
        if lines[-1] and len(lines[-1] + part) > room:
            lines.append(part)
        else:
            lines[-1] += part
    return "\n".join(lines)
