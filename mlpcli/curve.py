"""Accuracy and loss over the steps, drawn in characters."""

from collections.abc import Callable, Sequence

from mlpcli.history import History
from mlpcli.records import Step

Series = tuple[str, list[int], list[float]]  # its name, the steps and the values
HEIGHT = 10  # lines inside the frame
NARROW = 72  # columns: below, the loss stands under the accuracy
DRAWABLE = 1e12  # beyond, a scale would be all digits
COLORS = {"training": "cyan", "validation": "magenta"}
PLAIN = str.maketrans("┌┐└┘─│", "++++-|")  # uniplot's frame is not ASCII, whatever its points are


def curves(history: History, width: int, color: bool) -> list[str]:
    """Return a plot of the accuracy and one of the loss, to stand side by side or else below.

    Each fits half of `width`, or all of it where that is narrow; with escape codes for colours, or
    in plain ASCII. A plot without two points is left out, and so is the first row where there are
    others: it is the untrained network, beside which the rest would be a line.
    """
    columns = (width - 1) // 2 if width >= NARROW else width
    accuracy = _series(history, lambda r: _percent(r.accuracy), lambda r: _percent(r.val_accuracy))
    loss = _series(history, lambda row: row.loss, lambda row: row.val_loss)
    plots = (("accuracy, %", accuracy), ("loss", loss))
    return [
        _draw(title, series, columns, color)
        for title, series in plots
        if len({step for _, steps, _ in series for step in steps}) > 1
    ]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _series(
    history: History,
    training: Callable[[Step], float | None],
    validation: Callable[[Step], float | None],
) -> list[Series]:
    rows = history.rows[1:] if len(history.rows) > 2 else history.rows
    both = (
        _points("training", rows, training),
        _points("validation", history.validations, validation),
    )
    return [each for each in both if each[1]]


def _points(name: str, rows: Sequence[Step], value: Callable[[Step], float | None]) -> Series:
    found = [(row.step, y) for row in rows if (y := value(row)) is not None]
    kept = [(x, y) for x, y in found if x <= DRAWABLE and y <= DRAWABLE]
    return name, [x for x, _ in kept], [float(y) for _, y in kept]


def _draw(title: str, series: list[Series], columns: int, color: bool) -> str:
    from uniplot import plot_to_string

    names = [name for name, _, _ in series]
    drawn: str = plot_to_string(
        xs=[steps for _, steps, _ in series],
        ys=[values for _, _, values in series],
        lines=True,
        title=title,
        legend_labels=names,
        color=[COLORS[name] for name in names] if color else False,
        character_set="block" if color else "ascii",
        x_gridlines=[],
        y_gridlines=[],
        width=columns,
        height=HEIGHT,
        line_length_hard_cap=columns,
    )
    return drawn if color else drawn.translate(PLAIN)
