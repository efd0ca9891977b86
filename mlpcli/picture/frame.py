"""The frame of a figure: its axes with numbers and labels, and its legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mlpcli.picture.figures import Axis
from mlpcli.picture.markup import cut, place, tag, text
from mlpcli.picture.scale import Scale, scale_of

WIDTH, HEIGHT = 400.0, 250.0
LEFT, RIGHT, TOP, BOTTOM = 50.0, 10.0, 26.0, 38.0  # around what is drawn
LETTER = 6.0  # about the width of one
LEGEND_NAME = 28  # characters
LEGEND_LINE = 15.0  # of a legend below a figure


@dataclass(frozen=True)
class Frame:
    """Where a figure is drawn, and its two scales."""

    x: Scale
    y: Scale

    @property
    def clip(self) -> tuple[float, float, float, float]:
        """Left, upper edge, width and height."""
        return self.x.start, self.y.end, self.x.end - self.x.start, self.y.start - self.y.end


def framed(
    x: Axis,
    y: Axis,
    xs: Iterable[float | None],
    ys: Iterable[float | None],
    box: tuple[float, float, float, float] = (LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM),
) -> Frame:
    """Return the frame within a box of left, upper, right and lower edge."""
    left, upper, right, lower = box
    return Frame(scale_of(x, xs, left, right), scale_of(y, ys, lower, upper))


def axes(frame: Frame, x: Axis, y: Axis | None) -> str:
    """Return the two axes: rules at the numbers of y, numbers, and what they are of.

    Without `y` the one below alone.
    """
    left, upper, width, height = frame.clip
    parts = [across(frame, value, words) for value, words in frame.y.ticks] if y else []
    parts += _along(frame, upper + height)
    line = f"M{place(left)} {place(upper + height)}h{place(width)}"
    parts.append(tag("path", d=line, class_="axis"))
    if x.label:
        at = {"x": place(left + width / 2), "y": place(upper + height + 31)}
        parts.append(tag("text", text(_label(x)), class_="mid q", **at))
    if y and y.label:
        parts.append(tag("text", text(_label(y)), class_="q", x=2, y=place(upper - 12)))
    return "".join(parts)


def _label(axis: Axis) -> str:
    return f"{axis.label} (log scale)" if axis.log else axis.label


def across(frame: Frame, value: float, words: str) -> str:
    """Return a rule across the frame, with its number at the left."""
    left, _, width, _ = frame.clip
    y = frame.y.at(value)
    number = tag("text", text(words), class_="end q", x=place(left - 5), y=place(y + 3.5))
    return tag("path", d=f"M{place(left)} {place(y)}h{place(width)}", class_="rule") + number


def _along(frame: Frame, below: float) -> list[str]:
    """Return the numbers below the frame, as many as stand side by side."""
    parts, ticks = [], [(frame.x.at(value), words) for value, words in frame.x.ticks]
    while any(_touch(*each) for each in pairwise(ticks)):
        ticks = ticks[::2]
    for x, words in ticks:
        parts.append(tag("path", d=f"M{place(x)} {place(below)}v4", class_="axis"))
        parts.append(tag("text", text(words), class_="mid q", x=place(x), y=place(below + 16)))
    return parts


def _touch(a: tuple[float, str], b: tuple[float, str]) -> bool:
    """Say whether two words, each in the middle of its place, have no room between them."""
    return b[0] - a[0] < LETTER * ((len(a[1]) + len(b[1])) / 2 + 1)


def legend(names: Sequence[tuple[str, str]], right: float, y: float) -> str:
    """Return the names of series with their marks, in a line that ends at the right.

    Each has a name and its mark: "s1" is a line, "f1" a dot.
    """
    parts, x = [], right
    for name, mark in reversed(names):
        short = cut(name, LEGEND_NAME)
        x -= len(short) * LETTER
        parts.append(tag("text", text(short), x=place(x), y=place(y)))
        x -= 24 if mark[0] == "s" else 10
        if mark[0] == "s":
            line = f"M{place(x)} {place(y - 4)}h20"
            parts.append(tag("path", d=line, class_=f"line {mark}"))
        else:
            parts.append(tag("circle", cx=place(x + 4), cy=place(y - 4), r=4, class_=mark))
        x -= 10
    return "".join(reversed(parts))


def legend_below(names: Sequence[tuple[str, str]], y: float) -> str:
    """Return the names of series below a figure, in a line each; it takes LEGEND_LINE for each."""
    lines = (
        legend([(cut(name, 60), mark)], LEFT + 34 + LETTER * min(len(name), LEGEND_NAME), at)
        for nth, (name, mark) in enumerate(names)
        for at in (y + nth * LEGEND_LINE,)
    )
    return "".join(lines)


def legend_fits(names: Sequence[str], width: float = WIDTH - LEFT - 60) -> bool:
    """Say whether a legend stands in one line."""
    return sum(min(len(name), LEGEND_NAME) * LETTER + 34 for name in names) <= width


def svg(content: str, title: str, description: str, height: float = HEIGHT) -> str:
    """Return a figure around its content, with what a screen reader says of it."""
    return tag(
        "svg",
        tag("title", text(title)),
        tag("desc", text(description)),
        content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {place(WIDTH)} {place(height)}",
        class_="fig",
        role="img",
        aria_label=f"{title}. {description}",
    )
