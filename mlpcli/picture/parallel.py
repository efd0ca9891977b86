"""Parallel coordinates: an axis for each key, and a line through all for each trial."""

from __future__ import annotations

from collections.abc import Sequence

from mlpcli.picture.figures import Axis, Behind, Dimension, Number, Parallel, Strand
from mlpcli.picture.frame import LETTER, WIDTH, svg
from mlpcli.picture.markup import cut, place, tag, text
from mlpcli.picture.scale import Scale, said, scale_of

UPPER, LOWER = 30.0, 226.0
LEFT = 35.0  # of the first axis, and as much to the right of the last
BOLD = 1.05 * LETTER
CROWDED = 3  # axes, beyond which every second is named below


def draw_parallel(figure: Parallel) -> str:
    """Return the axes, and the lines: the best the most visible, and last."""
    scales = [_scale(each, nth, figure.strands) for nth, each in enumerate(figure.dimensions)]
    apart = (WIDTH - 2 * LEFT) / max(1, len(scales) - 1)
    order = sorted(figure.strands, key=lambda each: each.shade)
    parts = [_strand(each, scales, apart) for each in order]
    for nth, (each, scale) in enumerate(zip(figure.dimensions, scales, strict=True)):
        parts.append(_axis(each, scale, LEFT + nth * apart))
        parts.append(_heading(each.name, nth, len(scales), apart))
    return svg("".join(parts), figure.title, figure.description, LOWER + 26)


def _scale(dimension: Dimension, nth: int, strands: Sequence[Strand]) -> Scale:
    if dimension.words:
        most = max(1, len(dimension.words) - 1)
        return Scale(-0.3, most + 0.3, False, LOWER, UPPER)
    axis = Axis(dimension.name, dimension.log)
    return scale_of(axis, (each.values[nth] for each in strands), LOWER, UPPER)


def _strand(strand: Strand, scales: Sequence[Scale], apart: float) -> str:
    d, pen = [], "M"
    for nth, (value, scale) in enumerate(zip(strand.values, scales, strict=True)):
        if value is None:
            pen = "M"
            continue
        d.append(f"{pen}{place(LEFT + nth * apart)} {place(scale.at(value))}")
        pen = "L"
    shade = 0.1 + 0.9 * max(0.0, min(1.0, strand.shade)) ** 2
    note = tag("title", text(strand.name))
    return tag("path", note, d="".join(d) or "M0 0", class_="strand", stroke_opacity=f"{shade:.3g}")


def _axis(dimension: Dimension, scale: Scale, x: float) -> str:
    parts = [tag("path", d=f"M{place(x)} {place(UPPER)}V{place(LOWER)}", class_="axis")]
    words = enumerate(dimension.words) if dimension.words else scale.ticks
    for value, said_there in words:
        y = place(scale.at(value) + 3.5)
        parts.append(tag("text", text(cut(said_there, 9)), class_="q halo tiny",
                         x=place(x + 3), y=y))  # fmt: skip
    return "".join(parts)


def _heading(name: str, nth: int, every: int, apart: float) -> str:
    """Return what an axis is of: above it, or of many every second below."""
    many = every > CROWDED
    y = place(LOWER + 20 if many and nth % 2 else UPPER - 12)
    wide = apart * (1 + many)  # room to its neighbours of the same height, half of it to each
    if every > 1 and nth in (0, every - 1):
        x, look, room = (WIDTH - 2, " end", wide / 2) if nth else (2.0, "", wide / 2)
        room += LEFT - 2
    else:
        x, look, room = LEFT + nth * apart, " mid", wide
    words = text(cut(name, max(4, int(room / BOLD))))
    return tag("text", words, class_=f"strong{look}", x=place(x), y=y)


def parallel_table(figure: Parallel) -> Behind:
    """Return a row for each line."""
    rows = [
        [each.name, *map(_value, figure.dimensions, each.values)]
        for each in sorted(figure.strands, key=lambda each: -each.shade)
    ]
    return Behind(["", *(each.name for each in figure.dimensions)], rows)


def _value(dimension: Dimension, value: Number) -> str | Number:
    if value is None or not dimension.words:
        return value
    place_in = round(value)
    there = 0 <= place_in < len(dimension.words)
    return dimension.words[place_in] if there else said(value)
