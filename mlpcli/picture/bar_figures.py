"""Bars and forest plots: names at the left, numbers with their intervals along one axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlpcli.picture.figures import Axis, Bar, Bars, Behind, Estimate, Forest, Number
from mlpcli.picture.frame import LETTER, RIGHT, WIDTH, Frame, axes, framed, svg
from mlpcli.picture.markup import place, tag, text, told_apart
from mlpcli.picture.scale import said

ROW = 20.0
MOST_NAME = 24  # characters


def draw_bars(figure: Bars) -> str:
    """Return bars from zero."""
    axis = figure.axis if figure.axis.log else Axis(
        figure.axis.label, False, 0.0 if figure.axis.low is None else figure.axis.low,
        figure.axis.high,
    )  # fmt: skip
    values = [each for bar in figure.bars for each in (bar.value, bar.low, bar.high)]
    names = told_apart([each.name for each in figure.bars], MOST_NAME)
    frame, height = _framed(axis, names, values)
    parts = [_axis(frame, axis)]
    for nth, (bar, name) in enumerate(zip(figure.bars, names, strict=True)):
        y = 10 + nth * ROW
        parts += [_name(frame, name, y, ""), *_bar(frame, bar, y)]
    return svg("".join(parts), figure.title, figure.description, height)


def _bar(frame: Frame, bar: Bar, y: float) -> Iterator[str]:
    if bar.value is None:
        return
    zero, end = frame.x.start, frame.x.at(bar.value)
    note = tag("title", text(_words(bar.name, bar.value, bar.low, bar.high)))
    faint = " faint" if bar.faint else ""
    yield tag("rect", note, x=place(zero), y=place(y + 4), width=place(max(0.0, end - zero)),
              height=place(ROW - 8), class_=f"f1 bar{faint}")  # fmt: skip
    yield _interval(frame, bar.low, bar.high, y, "bound")


def draw_forest(figure: Forest) -> str:
    """Return estimates as dots with their intervals."""
    values = [each for one in figure.estimates for each in (one.value, one.low, one.high)]
    names = told_apart([each.name for each in figure.estimates], MOST_NAME)
    frame, height = _framed(figure.axis, names, [*values, figure.reference])
    parts = [_axis(frame, figure.axis)]
    if figure.reference is not None:
        x, _, _, tall = frame.x.at(figure.reference), *frame.clip[1:]
        parts.append(tag("path", d=f"M{place(x)} 8v{place(tall)}", class_="ref"))
    for nth, (each, name) in enumerate(zip(figure.estimates, names, strict=True)):
        y = 10 + nth * ROW
        look = " strong" if each.strong else ""
        parts += [_name(frame, name, y, look), *_estimate(frame, each, y)]
    return svg("".join(parts), figure.title, figure.description, height)


def _estimate(frame: Frame, each: Estimate, y: float) -> Iterator[str]:
    if each.value is None:
        return
    series = "1" if each.strong else "2"
    yield _interval(frame, each.low, each.high, y, f"line s{series} solid")
    words = _words(each.name, each.value, each.low, each.high) + (each.note and f": {each.note}")
    at = {"cx": place(frame.x.at(each.value)), "cy": place(y + ROW / 2)}
    yield tag("circle", tag("title", text(words)), **at, r=4, class_=f"f{series}")


def _interval(frame: Frame, low: Number, high: Number, y: float, look: str) -> str:
    if low is None or high is None:
        return ""
    a, b, middle = frame.x.at(low), frame.x.at(high), y + ROW / 2
    ends = f"M{place(a)} {place(middle - 3)}v6M{place(b)} {place(middle - 3)}v6"
    line = f"{ends}M{place(a)} {place(middle)}H{place(b)}"
    return tag("path", d=line, class_=look)


def _framed(axis: Axis, names: Sequence[str], values: Sequence[Number]) -> tuple[Frame, float]:
    left = 14 + 1.1 * LETTER * max(map(len, names), default=0)
    lower = 12 + ROW * len(names)
    box = left, 8.0, WIDTH - RIGHT - 8, lower
    return framed(axis, Axis("", low=0, high=1), values, (), box), lower + 40


def _axis(frame: Frame, axis: Axis) -> str:
    """Return the axis along the numbers alone, with a rule at each."""
    _, upper, _, height = frame.clip
    rules = "".join(
        tag("path", d=f"M{place(frame.x.at(v))} {place(upper)}v{place(height)}", class_="rule")
        for v, _ in frame.x.ticks
    )
    return rules + axes(frame, axis, None)


def _name(frame: Frame, name: str, y: float, look: str) -> str:
    at = {"x": place(frame.x.start - 8), "y": place(y + ROW / 2 + 3.5)}
    return tag("text", text(name), class_=f"end{look}", **at)


def _words(name: str, value: Number, low: Number, high: Number) -> str:
    bounds = "" if low is None or high is None else f" ({said(low)} to {said(high)})"
    return f"{name}: {said(value)}{bounds}"


def bars_table(figure: Bars) -> Behind:
    """Return a row a bar."""
    rows = [[each.name, each.value, each.low, each.high] for each in figure.bars]
    return _bounded(figure.axis.label, rows)


def forest_table(figure: Forest) -> Behind:
    """Return a row an estimate."""
    rows = [[each.name, each.value, each.low, each.high, each.note] for each in figure.estimates]
    return _bounded(figure.axis.label, rows, ["note"])


def _bounded(label: str, rows: list[list[str | Number]], more: Sequence[str] = ()) -> Behind:
    """Return a table whose bounds are left out where no row has any."""
    headings = ["", label, "95 % low", "high", *more]
    kept = [
        n for n in range(len(headings)) if n not in (2, 3) or any(r[n] is not None for r in rows)
    ]
    return Behind([headings[n] for n in kept], [[row[n] for n in kept] for row in rows])
