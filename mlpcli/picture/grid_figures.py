"""What stands in rows and columns: heat maps, and small images."""

from __future__ import annotations

from collections.abc import Iterator

from mlpcli.picture.figures import Behind, Heat, Images, Thumbnail
from mlpcli.picture.frame import LETTER, WIDTH, svg
from mlpcli.picture.markup import cut, place, tag, text, told_apart
from mlpcli.picture.png import data_uri
from mlpcli.picture.scale import said

MOST_NAME = 14  # characters
TALLEST = 34.0  # a cell
NARROW = 13.0  # a cell whose heading is smaller
CAPTION = 11.0  # a line below an image
DARK = 0.85  # a shade on which text is of the paper's colour


def draw_heat(figure: Heat) -> str:
    """Return a heat map with its names at the left and above."""
    rows, columns = len(figure.rows), len(figure.columns)
    names, heads = told_apart(figure.rows, MOST_NAME), told_apart(figure.columns, MOST_NAME)
    left = 28 + LETTER * max(map(len, names), default=1)
    wide = (WIDTH - left - 4) / max(1, columns)
    tall = min(TALLEST, max(wide, 12.0 if rows <= 40 else 4.0))
    longest = LETTER * max(map(len, heads), default=1)
    upright = longest > wide - 2
    upper = 22 + (longest if upright else 8)
    parts = [
        tag("text", text(figure.column_label), class_="q mid", y=11,
            x=place(left + wide * columns / 2)),
        tag("text", text(figure.row_label), class_="q mid",
            transform=f"translate(11 {place(upper + tall * rows / 2)}) rotate(-90)"),
    ]  # fmt: skip
    for nth, name in enumerate(heads if wide >= 8 else ()):
        x, y = left + (nth + 0.5) * wide, place(upper - 5)
        turned = {"transform": f"translate({place(x + 3)} {y}) rotate(-90)"}
        at = turned if upright else {"x": place(x), "y": y}
        look = "q tiny" if wide < NARROW else "q" if upright else "q mid"
        parts.append(tag("text", text(name), class_=look, **at))
    for nth, name in enumerate(names):
        parts += _row(figure, nth, name, (left, upper + nth * tall, wide, tall))
    return svg("".join(parts), figure.title, figure.description, upper + rows * tall + 6)


def _row(
    figure: Heat, nth: int, name: str, box: tuple[float, float, float, float]
) -> Iterator[str]:
    left, y, wide, tall = box
    if tall >= 9:
        at = {"x": place(left - 5), "y": place(y + tall / 2 + 3.5)}
        yield tag("text", text(name), class_="end q", **at)
    for k, shade in enumerate(figure.shades[nth]):
        x = left + k * wide
        value = figure.values[nth][k]
        words = f"{figure.rows[nth]}, {figure.columns[k]}: {said(value)} {figure.unit}".rstrip()
        size = {"width": place(wide), "height": place(tall)}
        if value is not None and (value or figure.texts):  # of many, those that are nothing alike
            yield tag("rect", tag("title", text(words)), x=place(x), y=place(y), **size,
                      class_="heat", fill_opacity=f"{max(0.0, min(1.0, shade)):.3g}")  # fmt: skip
        if figure.texts and figure.texts[nth][k]:
            at = {"x": place(x + wide / 2), "y": place(y + tall / 2 + 3.5)}
            look = "mid upon" if shade >= DARK else "mid halo"
            yield tag("text", text(figure.texts[nth][k]), class_=look, **at)
    size = {"width": place(wide * len(figure.columns)), "height": place(tall)}
    yield tag("rect", x=place(left), y=place(y), **size, class_="cell")


def draw_images(figure: Images) -> str:
    """Return small images in rows, with a few words below each."""
    wide = WIDTH / max(1, figure.columns)
    side = wide - 6
    lines = max((len(each.caption) for each in figure.images), default=0)
    tall = side + 6 + CAPTION * lines
    parts = []
    for nth, each in enumerate(figure.images):
        x, y = (nth % figure.columns) * wide + 3, (nth // figure.columns) * tall + 2
        parts.append(_image(each, x, y, side))
    rows = -(-len(figure.images) // max(1, figure.columns))
    return svg("".join(parts), figure.title, figure.description, max(10.0, rows * tall + 4))


def _image(each: Thumbnail, x: float, y: float, side: float) -> str:
    at = {"x": place(x), "y": place(y), "width": place(side), "height": place(side)}
    note = tag("title", text("; ".join(each.caption)))
    parts = [tag("image", note, href=data_uri(each.png), **at), tag("rect", **at, class_="cell")]
    most = max(2, int(side / 4.6))
    for nth, line in enumerate(each.caption):
        below = {"x": place(x + side / 2), "y": place(y + side + CAPTION * (nth + 1) - 1)}
        parts.append(tag("text", text(cut(line, most)), class_="mid q tiny", **below))
    return "".join(parts)


def heat_table(figure: Heat) -> Behind:
    """Return the heat map as a table."""
    rows = [[name, *values] for name, values in zip(figure.rows, figure.values, strict=True)]
    return Behind([f"{figure.row_label} / {figure.column_label}", *figure.columns], rows)


def images_table(figure: Images) -> Behind:
    """Return what is said below the images."""
    return Behind(figure.headings, [each.caption for each in figure.images])
