"""Learning curves as they are printed in JSON, and given to Python."""

from __future__ import annotations

from msgspec import Struct

from mlpcli.compare.comparison import Comparison
from mlpcli.compare.curves import LearningCurve, curves_of
from mlpcli.stats import Forecast, Mean

Bounds = tuple[float, float]


class SizeRecord(Struct, frozen=True):
    """A size of a curve: its setting, the mean error over n seeds with its interval, the law's."""

    x: int
    setting: str
    n: int
    error: float
    low: float | None
    high: float | None
    fitted: float


class ForecastRecord(Struct, frozen=True):
    """What a law says of x, with its 95 % interval."""

    x: float
    error: float
    low: float | None
    high: float | None


class CurveRecord(Struct, frozen=True):
    """A power law, error = floor + scale x^-rate, through sizes of `key`.

    The errors are 1 - `result`, or the result itself where it is a loss. `held_out` is what the
    other sizes say of the largest, of which `foreseen` says whether it lies inside; `of_rows` that
    they are the validations of one setting.
    """

    key: str
    result: str
    of_rows: bool
    sizes: list[SizeRecord]
    floor: float
    floor_interval: Bounds | None
    scale: float
    rate: float
    rate_interval: Bounds | None
    forecast: ForecastRecord
    held_out: ForecastRecord | None
    foreseen: bool | None


def curve_records(comparison: Comparison) -> list[CurveRecord]:
    """Return the curves that a comparison asks for, none where it asks for none."""
    return [_record(each) for each in curves_of(comparison)] if comparison.query.curve else []


def _record(curve: LearningCurve) -> CurveRecord:
    fit, sizes = curve.fit, []
    for each in curve.sized:
        mean = Mean.of([*each.errors.values()])
        bounds = mean.mean, mean.low, mean.high
        sizes.append(SizeRecord(each.x, each.setting.label, mean.n, *bounds, fit.law.at(each.x)))
    return CurveRecord(
        key=curve.key,
        result=curve.result,
        of_rows=curve.of_rows,
        sizes=sizes,
        floor=fit.law.floor,
        floor_interval=fit.floor,
        scale=fit.law.scale * fit.law.unit**fit.law.rate,
        rate=fit.law.rate,
        rate_interval=fit.rate,
        forecast=_forecast(fit.forecast),
        held_out=_forecast(fit.held_out) if fit.held_out else None,
        foreseen=fit.is_foreseen,
    )


def _forecast(forecast: Forecast) -> ForecastRecord:
    return ForecastRecord(forecast.x, forecast.value, forecast.low, forecast.high)
