"""The metrics over the steps, as plots: which stand in which, their declaration says."""

from collections.abc import Sequence

from mlpcli.runs import METRICS, History
from mlpcli.terminal import DRAWABLE, Plot, Series

LOG_FROM = 100  # times the smallest value: then most of a linear curve would lie on its axis


def curves(history: History) -> tuple[Plot, ...]:
    """Return the plots of a run, those of what is to be large first.

    A plot without two points is left out, and so is the first row where there are others: it is
    the untrained network, beside which the rest would be a line.
    """
    drawn: dict[str, list[str]] = {}
    for name, metric in METRICS.items():
        if metric.curve:
            drawn.setdefault(metric.curve, []).append(name)
    titles = sorted(drawn, key=lambda title: not METRICS[drawn[title][0]].larger_is_better)
    plots = (_plot(title, drawn[title], history) for title in titles)
    return tuple(
        plot for plot in plots if len({step for series in plot.series for step in series.steps}) > 1
    )


def _plot(title: str, names: Sequence[str], history: History) -> Plot:
    series = tuple(_series(name, history) for name in names)
    if METRICS[names[0]].form == "percent":
        return Plot(f"{title}, %", series, most=100.0)
    return Plot(title, series, log=is_wide([value for each in series for value in each.values]))


def _series(name: str, history: History) -> Series:
    metric = METRICS[name]
    rows = history.rows[1:] if len(history.rows) > 2 else history.rows
    if metric.where_validated:
        rows = history.validations
    scale = 100.0 if metric.form == "percent" else 1.0
    found = [(row.step, value) for row in rows if (value := getattr(row, name)) is not None]
    kept = [(step, scale * y) for step, y in found if step <= DRAWABLE and abs(y) <= DRAWABLE]
    title = "validation" if metric.averaged == "validation" else "training"
    return Series(title, [step for step, _ in kept], [y for _, y in kept])


def is_wide(values: Sequence[float]) -> bool:
    """Say whether values span so much that an axis is to be logarithmic."""
    return bool(values) and min(values) > 0 and max(values) >= LOG_FROM * min(values)
