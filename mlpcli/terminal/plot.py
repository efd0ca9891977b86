"""Curves drawn in characters, with round numbers on their axes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlpcli.terminal.sections import Plot, Plots, Series
from mlpcli.terminal.ticks import powers_of_ten, round_numbers, ruler, written

MOST_COLUMNS = 100  # that plots take
LEAST_COLUMNS = 10  # inside the frame: fewer show no curve, and uniplot fails at none
SIDE_BY_SIDE_COLUMNS = 72  # below, plots stand one under the other
DRAWABLE = 1e12  # beyond, a scale would be all digits
FLAT_SPREAD = 1e-9  # of the largest value: a spread that no scale could tell
COLORS = ("cyan", "magenta")  # of a plot's series
ASCII_FRAME = str.maketrans("┌┐└┘─│", "++++-|")  # uniplot's is not ASCII


@dataclass(frozen=True)
class Axis:
    """The range of what is drawn, as it is drawn, and the numbers beside it with their places."""

    low: float
    high: float
    marks: tuple[tuple[float, str], ...]


def drawn(plots: Plots, width: int, color: bool) -> list[str]:
    """Return plots in characters, to stand side by side or else below each other.

    Each fits half of `width`, or all of it where that is narrow; with escape codes for colours, or
    in plain ASCII. There is none where a curve would have fewer than LEAST_COLUMNS.
    """
    width = min(width, MOST_COLUMNS)
    beside = width >= SIDE_BY_SIDE_COLUMNS
    columns = (width - 1) // 2 if beside else width
    chosen = plots.plots if beside or not plots.first_alone else plots.plots[:1]
    every = [_draw(plot, plots.height, columns, color) for plot in chosen]
    return [text for text in every if text]


def _draw(plot: Plot, height: int, columns: int, color: bool) -> str:
    """Draw lines in a frame with their title above, numbers at the left and steps below."""
    from uniplot import plot_to_string

    series, axis = _logarithms(plot.series) if plot.log else (plot.series, _axis(plot))
    shown = [(each, COLORS[i]) for i, each in enumerate(series) if each.steps]
    left = max(len(text) for _, text in axis.marks) + 1
    inside = columns - left - 2
    if inside < LEAST_COLUMNS:
        return ""
    last = max(step for each, _ in shown for step in each.steps)
    text: str = plot_to_string(
        xs=[each.steps for each, _ in shown],
        ys=[each.values for each, _ in shown],
        lines=True,
        title=f"{plot.title}, log scale" if plot.log else plot.title,
        legend_labels=[each.name for each, _ in shown],
        color=[color for _, color in shown] if color else False,
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
        height=height,
    )
    head, *frame = (text if color else text.translate(ASCII_FRAME)).splitlines()
    beside = ["", *_beside(axis, height), ""]
    lines = [text.rjust(left - 1) + " " + line for text, line in zip(beside, frame, strict=False)]
    below = [_steps(last, inside), "step".center(inside).rstrip(), *frame[len(beside) :]]
    margin = " " * (left + 1)
    return "\n".join([margin + head, *lines, *(margin + line for line in below)])


def _values(series: Sequence[Series]) -> list[float]:
    return [value for each in series for value in each.values]


def _logarithms(series: Sequence[Series]) -> tuple[list[Series], Axis]:
    """Return the decimal logarithms, and their axis, marked with what they are of."""
    logs = [Series(each.name, each.steps, list(map(math.log10, each.values))) for each in series]
    low, high = min(_values(logs)), max(_values(logs))
    marks = tuple((float(n), written(10.0**n)) for n in powers_of_ten(low, high))
    return logs, Axis(low, high, marks)


def _axis(plot: Plot) -> Axis:
    """Return a linear axis from 0 to the most; around values that are all alike it is wider."""
    low, high = min(_values(plot.series)), max(_values(plot.series))
    size = max(abs(low), abs(high))
    if high - low <= FLAT_SPREAD * size or size < 1 / DRAWABLE:
        around = size / 2 if size >= 1 / DRAWABLE else 0.5
        least = 0.0 if low >= 0 else low - around
        low, high = max(least, low - around), min(plot.most, high + around)
    return Axis(low, high, tuple((y, written(y)) for y in round_numbers(low, high)))


def _beside(axis: Axis, height: int) -> list[str]:
    """Return what stands left of each line inside the frame."""
    texts = [""] * height
    for place, text in axis.marks:
        line = int((place - axis.low) / (axis.high - axis.low) * height)
        texts[height - 1 - min(line, height - 1)] = text
    return texts


def _steps(last: int, columns: int) -> str:
    """Return a line of round steps: as many as fit, six or somewhat more at most."""
    for least in range(6, 1, -1):
        whole = [x for x in round_numbers(0, last, least) if x == int(x)]
        line = ruler(whole, 0, last, columns)
        if line:
            return line
    return ""
