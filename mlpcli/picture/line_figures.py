"""Curves with bands, alone and as small multiples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlpcli.picture.figures import Axis, Behind, Curve, Lines, Multiples, Number
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
from mlpcli.picture.markup import cut, place, tag, text
from mlpcli.picture.palette import SERIES
from mlpcli.picture.scale import said

DOTS = 12  # points at most that are dots on their line, too
PANEL_WIDTH, PANEL_HEIGHT, GAP = 200.0, 104.0, 16.0
PANEL_LEFT, PANEL_RIGHT = 44.0, 16.0  # around a panel, where its numbers are
ACROSS = 2  # panels side by side
MOST_WORDS = 3_000  # points of which each says what it is where one points at it


def draw_lines(figure: Lines) -> str:
    """Return curves in a frame."""
    frame = _framed(figure)
    shown = [each for each in figure.curves if each.xs]
    marks = [(each.name, _mark(nth, each)) for nth, each in enumerate(shown)]
    parts = [axes(frame, figure.x, figure.y), *_drawn(frame, shown)]
    if len(marks) < 2:
        return svg("".join(parts), figure.title, figure.description)
    if legend_fits([name for name, _ in marks]):
        parts.append(legend(marks, WIDTH - RIGHT, TOP - 12))
        return svg("".join(parts), figure.title, figure.description)
    parts.append(legend_below(marks, HEIGHT + 14))
    height = HEIGHT + 14 + LEGEND_LINE * len(marks)
    return svg("".join(parts), figure.title, figure.description, height)


def _mark(nth: int, curve: Curve) -> str:
    return f"s{nth % len(SERIES) + 1}" if not curve.faint else "s3"


def _framed(figure: Lines, box: tuple[float, float, float, float] | None = None) -> Frame:
    xs = [x for each in figure.curves for x in each.xs]
    ys = [y for each in figure.curves for y in (*each.ys, *each.lows, *each.highs)]
    return framed(figure.x, figure.y, xs, ys, box) if box else framed(figure.x, figure.y, xs, ys)


def _drawn(frame: Frame, curves: Sequence[Curve], words: bool = True) -> Iterator[str]:
    words = words and sum(len(each.xs) for each in curves) <= MOST_WORDS
    for nth, curve in enumerate(curves):
        if curve.lows:
            yield _band(frame, curve, _mark(nth, curve).replace("s", "f"))
    for nth, curve in enumerate(curves):
        yield _line(frame, curve, _mark(nth, curve), words)


def _band(frame: Frame, curve: Curve, mark: str) -> str:
    pairs = zip(curve.xs, curve.lows, curve.highs, strict=True)
    there = [(x, low, high) for x, low, high in pairs if low is not None and high is not None]
    if len(there) < 2:
        return ""
    upper = [_point(frame, x, high) for x, _, high in there]
    lower = [_point(frame, x, low) for x, low, _ in reversed(there)]
    return tag("path", d=f"M{'L'.join([*upper, *lower])}Z", class_=f"band {mark}")


def _line(frame: Frame, curve: Curve, mark: str, words: bool) -> str:
    d, pen = [], "M"
    for x, y in zip(curve.xs, curve.ys, strict=True):
        if y is None or (frame.y.log and y <= 0) or (frame.x.log and x <= 0):
            pen = "M"
            continue
        d.append(pen + _point(frame, x, y))
        pen = "L"
    faint = " ref" if curve.faint else ""
    line = tag("path", d="".join(d) or "M0 0", class_=f"line {mark}{faint}")
    if curve.faint or not words:
        return line
    return line + "".join(_points(frame, curve, mark))


def _points(frame: Frame, curve: Curve, mark: str) -> Iterator[str]:
    """Yield what is said where one points at a curve; of few points dots, else clear ones."""
    few = sum(each is not None for each in curve.ys) <= DOTS
    for x, y in zip(curve.xs, curve.ys, strict=True):
        if y is None or (frame.y.log and y <= 0) or (frame.x.log and x <= 0):
            continue
        note = tag("title", text(f"{curve.name}: {said(y)} at {said(x)}"))
        look = {"class_": mark.replace("s", "f"), "r": 2.6} if few else {"fill_opacity": 0, "r": 4}
        yield tag("circle", note, cx=place(frame.x.at(x)), cy=place(frame.y.at(y)), **look)


def _point(frame: Frame, x: float, y: float) -> str:
    return f"{place(frame.x.at(x))} {place(frame.y.at(y))}"


def draw_multiples(figure: Multiples) -> str:
    """Return panels side by side, two in a row."""
    parts, height = [], 0.0
    for nth, panel in enumerate(figure.panels):
        left = (nth % ACROSS) * PANEL_WIDTH + PANEL_LEFT
        upper = (nth // ACROSS) * (PANEL_HEIGHT + GAP + 26) + 30
        box = left, upper, left + PANEL_WIDTH - PANEL_LEFT - PANEL_RIGHT, upper + PANEL_HEIGHT - 28
        frame = _framed(panel, box)
        title = tag("text", text(cut(panel.title, 30)), class_="strong", x=place(left),
                    y=place(upper - 12))  # fmt: skip
        parts += [title, axes(frame, Axis("", panel.x.log), Axis(""))]
        parts += _drawn(frame, [each for each in panel.curves if each.xs], words=False)
        height = upper + PANEL_HEIGHT
    names = list(dict.fromkeys(c.name for each in figure.panels for c in each.curves))
    marks = [(name, f"s{nth % len(SERIES) + 1}") for nth, name in enumerate(names)]
    if len(marks) > 1:
        for nth in range(0, len(marks), 3):
            height += 16
            parts.append(legend(marks[nth : nth + 3], WIDTH - RIGHT, height - 8))
    return svg("".join(parts), figure.title, figure.description, height)


def lines_table(figure: Lines) -> Behind:
    """Return a row for each place of any curve."""
    xs = sorted({x for each in figure.curves for x in each.xs})
    headings, columns = [figure.x.label], list[dict[float, Number]]()
    for each in figure.curves:
        headings.append(each.name)
        columns.append(dict(zip(each.xs, each.ys, strict=True)))
        for name, bound in (("low", each.lows), ("high", each.highs)):
            if bound:
                headings.append(f"{each.name}, {name}")
                columns.append(dict(zip(each.xs, bound, strict=True)))
    return Behind(headings, [[x, *(column.get(x) for column in columns)] for x in xs])


def multiples_table(figure: Multiples) -> Behind:
    """Return the panels' tables as one, each row with its panel's name."""
    rows: list[list[str | Number]] = []
    names = list(dict.fromkeys(c.name for each in figure.panels for c in each.curves))
    for panel in figure.panels:
        found = {each.name: dict(zip(each.xs, each.ys, strict=True)) for each in panel.curves}
        for x in sorted({x for each in panel.curves for x in each.xs}):
            rows.append([panel.title, x, *(found.get(name, {}).get(x) for name in names)])
    label = figure.panels[0].x.label if figure.panels else ""
    return Behind(["", label, *names], rows)
