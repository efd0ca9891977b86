"""Accuracy and loss over the steps, as plots."""

from collections.abc import Callable, Sequence

from mlpcli.runs import History, MetricsRow
from mlpcli.terminal import DRAWABLE, Plot, Series

LOG_FROM = 100  # times the smallest loss: then most of a linear curve would lie on its axis


def curves(history: History) -> tuple[Plot, ...]:
    """Return a plot of the accuracy and one of the loss, in training and validation.

    A plot without two points is left out, and so is the first row where there are others: it is
    the untrained network, beside which the rest would be a line.
    """
    accuracy = _series(history, lambda r: _percent(r.accuracy), lambda r: _percent(r.val_accuracy))
    loss = _series(history, lambda row: row.loss, lambda row: row.val_loss)
    plots = (Plot("accuracy, %", accuracy, most=100.0), Plot("loss", loss, log=_is_log(loss)))
    return tuple(
        plot for plot in plots if len({step for series in plot.series for step in series.steps}) > 1
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _series(
    history: History,
    training: Callable[[MetricsRow], float | None],
    validation: Callable[[MetricsRow], float | None],
) -> tuple[Series, ...]:
    rows = history.rows[1:] if len(history.rows) > 2 else history.rows
    return (
        _points("training", rows, training),
        _points("validation", history.validations, validation),
    )


def _points(
    name: str, rows: Sequence[MetricsRow], value: Callable[[MetricsRow], float | None]
) -> Series:
    found = [(row.step, y) for row in rows if (y := value(row)) is not None]
    kept = [(x, y) for x, y in found if x <= DRAWABLE and y <= DRAWABLE]
    return Series(name, [x for x, _ in kept], [float(y) for _, y in kept])


def _is_log(series: Sequence[Series]) -> bool:
    values = [value for each in series for value in each.values]
    return bool(values) and min(values) > 0 and max(values) >= LOG_FROM * min(values)
