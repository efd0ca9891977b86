"""How a run went, as figures: its curves, and its layers over the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mlpcli.picture import Axis, Curve, Figure, Lines, Multiples
from mlpcli.report import is_wide, plots_of
from mlpcli.runs import LayerState, Run, spread

POINTS = 120  # of a curve: more than a figure has room for
MOST_LAYERS = 6  # that have a curve each: the first, the last, and some between
STEP = Axis("step")


def curve_figures(run: Run) -> list[Figure]:
    """Return the curves of what validation and training score, and of the learning rate."""
    return [*_scores(run), *_rate(run)]


def _scores(run: Run) -> Iterator[Figure]:
    for plot in plots_of(run.history):
        drawn = []
        for each in (series for series in plot.series if series.steps):
            some = spread([*zip(each.steps, each.values, strict=True)], POINTS)
            drawn.append(Curve(each.name, [step for step, _ in some], [y for _, y in some]))
        title = plot.title.partition(",")[0]
        axis = Axis(plot.title, log=plot.log)
        yield Lines(title[:1].upper() + title[1:], _said(title, run), STEP, axis, drawn)


def _said(title: str, run: Run) -> str:
    """Say in a sentence how a curve ended."""
    rows = run.history.validations or run.history.rows
    last = rows[-1]
    value = last.val_loss if title == "loss" else last.score
    if value is None:
        return "Over the steps."
    text = f"{100 * value:.2f} %" if last.val_accuracy is not None and title != "loss" else ""
    return f"At step {last.step:,} validation has {text or f'{value:.4g}'}."


def _rate(run: Run) -> Iterator[Figure]:
    rows = spread(run.history.rows, POINTS)
    rates = [row.learning_rate for row in rows]
    if len({*rates}) > 1:
        curve = Curve("learning rate", [row.step for row in rows], rates)
        said = f"From {rates[0]:.3g} to {rates[-1]:.3g}."
        yield Lines("Learning rate", said, STEP, Axis("learning rate"), [curve])


OF_LAYERS: dict[str, Callable[[LayerState], float | None]] = {
    "Norm of the weights": lambda each: each.weight_norm,
    "Norm of the gradient": lambda each: each.gradient_norm,
    "Update to weight": lambda each: each.update_to_weight,
    "Signal gain": lambda each: each.signal_gain,
    "Gradient gain": lambda each: each.gradient_gain,
    "Dead units, %": lambda each: None if each.dead is None else 100 * each.dead,
}


def layer_figures(run: Run) -> list[Figure]:
    """Return the layers over the steps as small multiples; nothing where no row has them."""
    rows = spread([row for row in run.history.rows if row.layers], POINTS)
    if len(rows) < 2:
        return []
    count = len(rows[0].layers)
    rows = tuple(row for row in rows if len(row.layers) == count)
    chosen = sorted({round(n * (count - 1) / (MOST_LAYERS - 1)) for n in range(MOST_LAYERS)})
    panels = []
    for title, of in OF_LAYERS.items():
        steps = [row.step for row in rows]
        curves = [
            Curve(f"layer {n + 1}", steps, [of(row.layers[n]) for row in rows])
            for n in chosen
            if n < count
        ]
        values = [y for each in curves for y in each.ys if y is not None]
        if any(values):
            panels.append(Lines(title, "", STEP, Axis("", log=is_wide(values)), curves))
    if not panels:
        return []
    said = f"{count} weight layers, measured on a fixed sample of training examples."
    return [Multiples("Layers over the steps", said, panels)]
