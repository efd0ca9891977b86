"""How a run went, as figures: its curves, and its layers over the steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mlpcli.picture import Axis, Curve, Figure, Lines, Multiples
from mlpcli.runs import METRICS, LayerState, Run, spread

POINTS = 120  # of a curve: more than a figure has room for
LOG_FROM = 20  # times the smallest value: then most of a linear curve would lie on its axis
MOST_LAYERS = 6  # that have a curve each: the first, the last, and some between
STEP = Axis("step")


def curve_figures(run: Run) -> list[Figure]:
    """Return the curves of what validation and training score, and of the learning rate."""
    return [*_scores(run), *_rate(run)]


def _scores(run: Run) -> Iterator[Figure]:
    drawn: dict[str, list[str]] = {}
    for name, metric in METRICS.items():
        if metric.curve:
            drawn.setdefault(metric.curve, []).append(name)
    for title, names in sorted(drawn.items(), key=lambda each: each[0] == "loss"):
        curves = [each for each in (_curve(name, run) for name in names) if each.xs]
        if sum(len(each.xs) for each in curves) < 2:
            continue
        is_share = METRICS[names[0]].form == "percent"
        values = [y for each in curves for y in each.ys if y is not None]
        label = f"{title}, %" if is_share else title
        axis = Axis(label, log=not is_share and is_wide(values))
        yield Lines(_titled(title), _said(title, run), STEP, axis, curves)


def _titled(title: str) -> str:
    return title[:1].upper() + title[1:]


def _said(title: str, run: Run) -> str:
    """Say in a sentence how a curve ended."""
    rows = run.history.validations or run.history.rows
    last = rows[-1]
    value = last.val_loss if title == "loss" else last.score
    if value is None:
        return "Over the steps."
    text = f"{100 * value:.2f} %" if last.val_accuracy is not None and title != "loss" else ""
    return f"At step {last.step:,} validation has {text or f'{value:.4g}'}."


def is_wide(values: Sequence[float]) -> bool:
    """Say whether values span so much that an axis is to be logarithmic."""
    return bool(values) and min(values) > 0 and max(values) >= LOG_FROM * min(values)


def _curve(name: str, run: Run) -> Curve:
    metric, history = METRICS[name], run.history
    rows = history.validations if metric.averaged == "validation" else history.rows
    if metric.averaged != "validation" and len(rows) > 2:
        rows = rows[1:]  # the first is the untrained network, beside which the rest is a line
    scale = 100.0 if metric.form == "percent" else 1.0
    some = spread(rows, POINTS)
    found = [(row.step, value) for row in some if (value := getattr(row, name)) is not None]
    title = "validation" if metric.averaged == "validation" else "training"
    return Curve(title, [step for step, _ in found], [scale * value for _, value in found])


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
