"""Accuracy and loss over the steps, drawn in characters."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlpcli.report.ticks import powers_of_ten, round_numbers, ruler, written
from mlpcli.runs import History, MetricsRow

Series = tuple[str, list[int], list[float]]  # its name, the steps and the values
HEIGHT = 10  # lines inside the frame
SIDE_BY_SIDE_COLUMNS = 72  # columns: below, the loss stands under the accuracy
DRAWABLE = 1e12  # beyond, a scale would be all digits
LOG_FROM = 100  # times the smallest loss: then most of a linear curve would lie on its axis
FLAT = 1e-9  # of the largest value: a spread that no scale could tell
COLORS = {"training": "cyan", "validation": "magenta"}
PLAIN = str.maketrans("┌┐└┘─│", "++++-|")  # uniplot's frame is not ASCII, whatever its points are


@dataclass(frozen=True)
class Axis:
    """The range of what is drawn, as it is drawn, and the numbers beside it with their places."""

    low: float
    high: float
    marks: tuple[tuple[float, str], ...]


def curves(history: History, width: int, color: bool) -> list[str]:
    """Return a plot of the accuracy and one of the loss, to stand side by side or else below.

    Each fits half of `width`, or all of it where that is narrow; with escape codes for colours, or
    in plain ASCII. A plot without two points is left out, and so is the first row where there are
    others: it is the untrained network, beside which the rest would be a line.
    """
    columns = (width - 1) // 2 if width >= SIDE_BY_SIDE_COLUMNS else width
    accuracy = _series(history, lambda r: _percent(r.accuracy), lambda r: _percent(r.val_accuracy))
    loss = _series(history, lambda row: row.loss, lambda row: row.val_loss)
    log = _is_log(loss)
    plots = (
        ("accuracy, %", accuracy, _axis(accuracy, 100.0)),
        (
            "loss, log scale" if log else "loss",
            *(_logarithms(loss) if log else (loss, _axis(loss))),
        ),
    )
    return [
        _draw(title, series, axis, columns, color)
        for title, series, axis in plots
        if len({step for _, steps, _ in series for step in steps}) > 1
    ]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _series(
    history: History,
    training: Callable[[MetricsRow], float | None],
    validation: Callable[[MetricsRow], float | None],
) -> list[Series]:
    rows = history.rows[1:] if len(history.rows) > 2 else history.rows
    both = (
        _points("training", rows, training),
        _points("validation", history.validations, validation),
    )
    return [each for each in both if each[1]]


def _points(
    name: str, rows: Sequence[MetricsRow], value: Callable[[MetricsRow], float | None]
) -> Series:
    found = [(row.step, y) for row in rows if (y := value(row)) is not None]
    kept = [(x, y) for x, y in found if x <= DRAWABLE and y <= DRAWABLE]
    return name, [x for x, _ in kept], [float(y) for _, y in kept]


def _values(series: Sequence[Series]) -> list[float]:
    return [value for _, _, values in series for value in values]


def _is_log(series: Sequence[Series]) -> bool:
    values = _values(series)
    return bool(values) and min(values) > 0 and max(values) >= LOG_FROM * min(values)


def _logarithms(series: Sequence[Series]) -> tuple[list[Series], Axis]:
    """Return the decimal logarithms, and their axis, marked with what they are of."""
    logs = [(name, steps, [math.log10(y) for y in values]) for name, steps, values in series]
    low, high = min(_values(logs)), max(_values(logs))
    marks = tuple((float(n), written(10.0**n)) for n in powers_of_ten(low, high))
    return logs, Axis(low, high, marks)


def _axis(series: Sequence[Series], most: float = math.inf) -> Axis:
    """Return the axis of values from 0 to `most`; around those that are all alike it is wider."""
    values = _values(series) or [0.0]
    low, high = min(values), max(values)
    if high - low <= FLAT * high or high < 1 / DRAWABLE:
        around = high / 2 if high >= 1 / DRAWABLE else 0.5
        low, high = max(0.0, low - around), min(most, high + around)
    return Axis(low, high, tuple((y, written(y)) for y in round_numbers(low, high)))


def _draw(title: str, series: list[Series], axis: Axis, columns: int, color: bool) -> str:
    """Draw lines in a frame with their title above, numbers at the left and steps below."""
    from uniplot import plot_to_string

    names = [name for name, _, _ in series]
    left = max(len(text) for _, text in axis.marks) + 1
    inside = columns - left - 2
    last = max(step for _, steps, _ in series for step in steps)
    drawn: str = plot_to_string(
        xs=[steps for _, steps, _ in series],
        ys=[values for _, _, values in series],
        lines=True,
        title=title,
        legend_labels=names,
        color=[COLORS[name] for name in names] if color else False,
        character_set="block" if color else "ascii",
        x_min=0,
        x_max=last,
        y_min=axis.low,
        y_max=axis.high,
        x_gridlines=[],
        y_gridlines=[],
        x_labels=False,
        y_labels=False,
        width=inside,
        height=HEIGHT,
    )
    head, *frame = (drawn if color else drawn.translate(PLAIN)).splitlines()
    beside = ["", *_beside(axis), ""]
    lines = [text.rjust(left - 1) + " " + line for text, line in zip(beside, frame, strict=False)]
    below = [_steps(last, inside), "step".center(inside).rstrip(), *frame[len(beside) :]]
    margin = " " * (left + 1)
    return "\n".join([margin + head, *lines, *(margin + line for line in below)])


def _beside(axis: Axis) -> list[str]:
    """Return what stands left of each line inside the frame."""
    texts = [""] * HEIGHT
    for place, text in axis.marks:
        height = int((place - axis.low) / (axis.high - axis.low) * HEIGHT)
        texts[HEIGHT - 1 - min(height, HEIGHT - 1)] = text
    return texts


def _steps(last: int, columns: int) -> str:
    """Return a line of round steps: as many as fit, six or somewhat more at most."""
    for least in range(6, 1, -1):
        whole = [x for x in round_numbers(0, last, least) if x == int(x)]
        line = ruler(whole, 0, last, columns)
        if line:
            return line
    return ""
