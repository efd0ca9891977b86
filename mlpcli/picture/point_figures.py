"""Points in a plane: scatter plots, and points upon a field of values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlpcli.picture.figures import Axis, Behind, Field, Group, Number, Scatter
from mlpcli.picture.frame import (
    HEIGHT,
    LEGEND_LINE,
    RIGHT,
    TOP,
    WIDTH,
    Frame,
    axes,
    framed,
    legend,
    legend_below,
    legend_fits,
    svg,
)
from mlpcli.picture.markup import place, tag, text
from mlpcli.picture.palette import SERIES
from mlpcli.picture.png import data_uri
from mlpcli.picture.scale import said

MANY = 300  # points, which are smaller and pale
SIDE = 300.0  # of a field, which is square


def draw_scatter(figure: Scatter) -> str:
    """Return points in a frame."""
    xs = [x for each in figure.groups for x in each.xs]
    ys = [y for each in figure.groups for y in each.ys]
    if figure.diagonal:
        xs, ys = [*xs, *ys], [*ys, *xs]
    frame = framed(figure.x, figure.y, xs, [*ys, figure.level])
    parts = [axes(frame, figure.x, figure.y)]
    if figure.diagonal:
        parts.append(_straight(frame, (frame.x.low, frame.x.low), (frame.x.high, frame.x.high)))
    if figure.level is not None:
        ends = (frame.x.low, figure.level), (frame.x.high, figure.level)
        parts.append(_straight(frame, *ends))
    parts += _groups(frame, figure.groups)
    groups = figure.groups if len(figure.groups) > 1 else ()
    return _with_legend(figure, parts, groups, HEIGHT)


def _with_legend(
    figure: Scatter | Field, parts: list[str], groups: Sequence[Group], height: float
) -> str:
    """Return a figure with the names of its groups: above, or where they are many below."""
    names = [(each.name, f"f{nth % len(SERIES) + 1}") for nth, each in enumerate(groups)]
    if legend_fits([name for name, _ in names]):
        parts.append(legend(names, WIDTH - RIGHT, TOP - 12))
    else:
        parts.append(legend_below(names, height + 14))
        height += 14 + LEGEND_LINE * len(names)
    return svg("".join(parts), figure.title, figure.description, height)


def _straight(frame: Frame, a: tuple[float, float], b: tuple[float, float]) -> str:
    ends = (f"{place(frame.x.at(x))} {place(frame.y.at(y))}" for x, y in (a, b))
    return tag("path", d=f"M{'L'.join(ends)}", class_="ref")


def _groups(frame: Frame, groups: Sequence[Group]) -> Iterator[str]:
    for nth, each in enumerate(groups):
        look = f"dot f{nth % len(SERIES) + 1}"
        radius, faint = (1.8, 0.5) if len(each.xs) > MANY else (3.0, None)
        notes = each.notes or [""] * len(each.xs)
        for x, y, note in zip(each.xs, each.ys, notes, strict=True):
            words = f"{each.name}: {said(x)}, {said(y)}" + (f"; {note}" if note else "")
            at = {"cx": place(frame.x.at(x)), "cy": place(frame.y.at(y))}
            title = tag("title", text(words))
            yield tag("circle", title, **at, r=radius, class_=look, fill_opacity=faint)


def draw_field(figure: Field) -> str:
    """Return a field of values with points upon it."""
    left = (WIDTH - SIDE) / 2 + 15
    box = left, TOP, left + SIDE, TOP + SIDE
    ends_x, ends_y = (figure.x.low, figure.x.high), (figure.y.low, figure.y.high)
    frame = framed(figure.x, figure.y, ends_x, ends_y, box)
    image = tag("image", href=data_uri(figure.png), x=place(left), y=place(TOP), width=SIDE,
                height=SIDE, preserveAspectRatio="none")  # fmt: skip
    parts = [axes(frame, figure.x, Axis(figure.y.label)), image, *_groups(frame, figure.groups)]
    return _with_legend(figure, parts, figure.groups, TOP + SIDE + 40)


def scatter_table(figure: Scatter) -> Behind:
    """Return a row for each point."""
    headings = ["", figure.x.label, figure.y.label]
    noted = any(each.notes for each in figure.groups)
    rows: list[list[str | Number]] = [
        [each.name, x, y, *([note] if noted else [])]
        for each in figure.groups
        for x, y, note in zip(each.xs, each.ys, each.notes or [""] * len(each.xs), strict=True)
    ]
    return Behind([*headings, *(["note"] if noted else [])], rows)


def field_table(figure: Field) -> Behind:
    """Return some of the values; the points stand in the data set."""
    return Behind([figure.x.label, figure.y.label, figure.value], figure.samples)
