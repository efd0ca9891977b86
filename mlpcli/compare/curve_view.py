"""Learning curves on the screen and as CSV: what was measured, the law, and its forecast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mlpcli.compare.comparison import Comparison
from mlpcli.compare.curves import LearningCurve, curves_of
from mlpcli.compare.differing import shared_text
from mlpcli.config import OF_A_RUN_ALONE
from mlpcli.runs import is_score
from mlpcli.stats import Forecast, Mean
from mlpcli.terminal import Column, Section, Table, Text, number, with_bounds

PREFIX = (
    "The points are validations of one setting at a constant rate: a run that ended there would "
    "have been the same. Runs whose rate decays are better at their ends than this foresees. Of "
    "several settings this is the first; --where chooses another."
)


def curve_sections(comparison: Comparison) -> Iterator[Section]:
    """Yield a section for each curve. Raises RunError where there is none."""
    for curve in curves_of(comparison):
        yield Section("", [_heading(curve), _table(curve), *_texts(curve)])


def curve_rows(comparison: Comparison) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Return curves for spreadsheets: a row a size, then the forecast, which has no seeds."""
    headings = ("curve", "x", "setting", "seeds", "error", "low", "high", "fitted")
    rows: list[list[Any]] = []
    for nth, curve in enumerate(curves_of(comparison), 1):
        for each in curve.sized:
            mean = Mean.of([*each.errors.values()])
            fitted = curve.fit.law.at(each.x)
            rows.append([nth, each.x, each.setting.label, mean.n, mean.mean, mean.low, mean.high,
                         fitted])  # fmt: skip
        ahead = curve.fit.forecast
        rows.append([nth, ahead.x, "", 0, None, ahead.low, ahead.high, ahead.value])
    return headings, rows


def _heading(curve: LearningCurve) -> Text:
    configs = [each.setting.config for each in curve.sized]
    first = {**configs[0]}
    shared = {
        key: value for key, value in first.items()
        if key not in (curve.key, *OF_A_RUN_ALONE)
        and all(each.get(key) == value for each in configs)
    }  # fmt: skip
    return Text(f"{_what(curve)} by {curve.key}; {shared_text(shared, configs)}", "faint")


def _what(curve: LearningCurve) -> str:
    if not is_score(curve.result):
        return curve.result
    return f"1 - {curve.result}" + (", in %" if _percent(curve) else "")


def _percent(curve: LearningCurve) -> bool:
    return curve.result.endswith("_accuracy")


def _table(curve: LearningCurve) -> Table:
    means = [Mean.of([*each.errors.values()]) for each in curve.sized]
    unit = curve.setting.unit + "s"
    return Table(
        [
            Column(curve.key, [f"{each.x:,}" for each in curve.sized], number=True),
            Column(unit, [str(mean.n) for mean in means], number=True),
            Column("error", [_written(curve, m.mean, m.low, m.high) for m in means], number=True),
            Column("fitted", [_written(curve, curve.fit.law.at(each.x)) for each in curve.sized],
                   number=True),
        ]
    )  # fmt: skip


def _texts(curve: LearningCurve) -> Iterator[Text]:
    fit, key = curve.fit, curve.key
    law = f"error = a + b {key}^-c, with a {_written(curve, fit.law.floor, *(fit.floor or ()))}"
    yield Text(f"{law} and c {_of_rate(fit.law.rate, fit.rate)}.", "faint")
    if curve.of_rows:
        yield Text(PREFIX, "faint")
    if fit.held_out:
        yield _held_out(curve, fit.held_out)
    ahead = _forecast(curve, fit.forecast)
    yield Text(f"forecast: at {key} {fit.forecast.x:,.0f} the error is {ahead}.", "strong")
    if fit.forecast.low is None:
        yield Text("No interval: that takes two seeds or more that differ; train --seeds 5.")


def _held_out(curve: LearningCurve, held_out: Forecast) -> Text:
    """Say what the smaller sizes foresee of the largest, and whether it came so."""
    measured = _written(curve, curve.fit.measured)
    said = _forecast(curve, held_out)
    foreseen = curve.fit.is_foreseen
    end = {True: "inside", False: "outside, so trust the forecast less", None: "no interval"}
    return Text(
        f"check: from the smaller ones alone {held_out.x:,.0f} would have {said}; measured "
        f"{measured}: {end[foreseen]}.",
        "warning" if foreseen is False else "",
    )


def _forecast(curve: LearningCurve, forecast: Forecast) -> str:
    return _written(curve, forecast.value, forecast.low, forecast.high)


def _of_rate(rate: float, bounds: tuple[float, float] | None) -> str:
    return with_bounds(rate, *bounds, False) if bounds else number(rate, 2)


def _written(
    curve: LearningCurve, value: float, low: float | None = None, high: float | None = None
) -> str:
    """Write an error with its interval: of accuracies in percent."""
    scale, unit = (100, " %") if _percent(curve) else (1, "")
    if low is None or high is None:
        return (f"{100 * value:.2f}" if unit else number(value)) + unit
    return with_bounds(scale * value, scale * low, scale * high, bool(unit)) + unit
