"""What is drawn of a run under way: its plane at the left, how far it is, curves and layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mlpcli.boundary import Plane, boundary_section
from mlpcli.config import Config
from mlpcli.report import plots_of
from mlpcli.runs import METRICS, History, MetricsRow
from mlpcli.terminal import (
    Block,
    Column,
    Plots,
    Section,
    Size,
    Table,
    Text,
    duration,
    metric_text,
    number,
    percent,
)

WIDEST, LEAST = 60, 16  # columns that a plane takes: at most, and fewer show nothing
RIGHT = 36  # columns at least beside it
AROUND = 6  # lines of a screen that it leaves: title, legend of two, axes, and the prompt
MOST_LAYERS = 8  # lines of the table: of deeper networks the first and the last
FRAME = 7  # lines around a curve: title, frame, steps, and a legend of two
CURVE, HIGHEST = 3, 8  # lines inside it: fewer show no curve
WORDS = 3  # lines of words above


@dataclass(frozen=True)
class Seen:
    """What has been seen of a run."""

    config: Config
    row: MetricsRow  # the newest
    history: History
    measured: MetricsRow | None  # the newest with what was measured of the layers
    plane: Plane | None


def plane_columns(size: Size) -> int:
    """Return how many columns a plane takes of a screen, 0 where it has no place.

    Two columns are as wide as a line is high.

    >>> from mlpcli.terminal import Size
    >>> plane_columns(Size(80, 24)), plane_columns(Size(120, 50)), plane_columns(Size(40, 24))
    (36, 60, 0)
    """
    columns = min(WIDEST, 2 * (size.lines - AROUND), size.columns - RIGHT)
    return columns if columns >= LEAST else 0


def left_sections(seen: Seen, size: Size) -> Iterator[Section]:
    """Yield the plane of a network of two-dimensional points."""
    columns = plane_columns(size)
    if seen.plane and columns:
        yield boundary_section(seen.plane, columns=columns)


def right_sections(seen: Seen, size: Size) -> Iterator[Section]:
    """Yield how far the run is and how good, its curves, and its layers, as far as they fit."""
    layers = _layers(seen)
    yield Section("", [*_words(seen)])
    left = size.lines - WORDS - 2 - (_height(layers) + 1 if layers else 0)
    plots = plots_of(seen.history)
    if plots and left >= FRAME + CURVE and not (seen.plane and plane_columns(size)):
        both = Plots(plots, min(HIGHEST, left - FRAME), first_alone=True)
        yield from (Section("", [each]) for each in (both, layers) if each)
        return
    shown = plots[: max(1, left // (FRAME + CURVE))] if left >= FRAME + CURVE else ()
    if shown:
        height = min(HIGHEST, left // len(shown) - FRAME)
        yield Section("", [Plots((plot,), height) for plot in shown])
    if layers and size.lines - WORDS - 2 >= _height(layers):
        yield Section("", [layers])


def _words(seen: Seen) -> Iterator[Block]:
    config, row = seen.config, seen.row
    left = (config.steps - row.step) * row.seconds / row.step
    share = 100 * row.step / config.steps
    yield Text(f"step {row.step:,} of {config.steps:,} ({share:.0f} %)", "strong")
    yield Text(f"{config.name}: {duration(left)} left" if left else f"{config.name}: at its end")
    checked = seen.history.validations[-1] if seen.history.validations else None
    words = [f"loss {metric_text(METRICS['loss'], row.loss)}"]
    if row.accuracy is not None:
        words.append(f"acc. {percent(row.accuracy)} %")
    if checked and checked.val_accuracy is not None:
        words.append(f"val. {percent(checked.val_accuracy)} %")
    if checked and checked.val_r2 is not None:
        words.append(f"val. R squared {number(checked.val_r2)}")
    yield Text(", ".join(words))


def _layers(seen: Seen) -> Table | None:
    """Return what was last measured of the layers."""
    states = [*enumerate(seen.measured.layers, 1)] if seen.measured else []
    if not states:
        return None
    if len(states) > MOST_LAYERS:
        states = [*states[: MOST_LAYERS // 2], *states[-MOST_LAYERS // 2 :]]
    each = [state for _, state in states]
    return Table(
        [
            Column("layer", [str(nth) for nth, _ in states], number=True),
            Column("weights", [number(one.weight_norm) for one in each], number=True),
            Column("update", [number(one.update_to_weight, 2) for one in each], number=True),
            Column(
                "dead %",
                ["-" if one.dead is None else percent(one.dead) for one in each],
                number=True,
            ),
        ]
    )


def _height(table: Table | None) -> int:
    return len(table.columns[0].cells) + 1 if table else 0
