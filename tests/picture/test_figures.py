"""Figures: well-formed SVG without anything from elsewhere, whatever is drawn; and their tables."""

import math
import re
import struct
import zlib
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from mlpcli.picture import (
    Axis,
    Bar,
    Bars,
    Curve,
    Dimension,
    Estimate,
    Field,
    Figure,
    Forest,
    Group,
    Heat,
    Images,
    Lines,
    Multiples,
    Parallel,
    Scatter,
    Strand,
    Thumbnail,
    color_png,
    draw,
    gray_png,
    indexed_png,
    standalone,
    table_behind,
)

HOSTILE = "</svg><script>alert(1)</script>\x00\x1b\ud800\"'&"
STEP, LOSS = Axis("step"), Axis("loss")
PIXEL = gray_png(bytes(4), 2, 2)


def lines(*curves: Curve, x: Axis = STEP, y: Axis = LOSS) -> Lines:
    return Lines(HOSTILE, HOSTILE, x, y, curves)


def every(name: str) -> list[Figure]:
    """Return one figure of each kind, with a name in all places for text."""
    curve = Curve(name, (1, 2, 3), (1.0, None, 3.0), (0.5, None, 2.0), (1.5, None, 4.0))
    axis = Axis(name)
    return [
        Lines(name, name, axis, axis, (curve, curve)),
        Multiples(name, name, [Lines(name, name, axis, axis, (curve,))] * 3),
        Scatter(name, name, axis, axis, [Group(name, (1, 2), (3, 4), (name, name))] * 2, True, 0.0),
        Field(name, name, Axis(name, low=0, high=1), Axis(name, low=0, high=1), PIXEL, name,
              [(0, 0, 1)], [Group(name, (0.5,), (0.5,))]),
        Bars(name, name, axis, [Bar(name, 0.5, 0.4, 0.6), Bar(name, None)]),
        Forest(name, name, axis, [Estimate(name, 1, 0, 2, name, True), Estimate(name, None)], 1.0),
        Heat(name, name, name, name, [name], [name, name], [[1, None]], [[0.2, 0.0]],
             [[name, ""]], name),
        Images(name, name, [Thumbnail(PIXEL, (name, name))] * 9, (name, name)),
        Parallel(name, name, [Dimension(name), Dimension(name, words=(name, name))],
                 [Strand(name, (0.5, 1), 1.0), Strand(name, (None, 0), 0.0)]),
    ]  # fmt: skip


EMPTY: list[Figure] = [
    lines(), lines(Curve("a", (), ())), Multiples("", "", ()), Scatter("", "", STEP, STEP, ()),
    Bars("", "", STEP, ()), Forest("", "", STEP, ()), Heat("", "", "", "", (), (), (), ()),
    Images("", "", (), ()), Parallel("", "", (), ()),
]  # fmt: skip


@pytest.mark.parametrize("figure", [*every("plain"), *every(HOSTILE), *every(""), *EMPTY])
def test_a_figure_is_well_formed_and_has_nothing_that_runs_or_is_loaded(figure: Figure) -> None:
    for svg in (draw(figure), standalone(figure)):
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        for each in root.iter():
            assert each.tag.rpartition("}")[2] in {
                *("svg", "title", "desc", "path", "text", "circle", "rect", "image", "style"),
            }
            assert not any(key.startswith("on") for key in each.attrib)
            assert each.get("href", "data:image/png;").startswith("data:image/png;")
        assert "nan" not in svg.lower().replace("plain", "")
        assert "inf" not in re.sub(r"<style>.*?</style>", "", svg, flags=re.S)


@pytest.mark.parametrize("figure", every("plain"))
def test_a_figure_has_its_title_and_its_description_first(figure: Figure) -> None:
    root = ET.fromstring(draw(figure))
    assert [each.tag.rpartition("}")[2] for each in root][:2] == ["title", "desc"]
    assert root[0].text == figure.title


@pytest.mark.parametrize("figure", every("plain"))
def test_a_table_has_a_cell_for_each_heading(figure: Figure) -> None:
    behind = table_behind(figure)
    assert behind.rows
    assert {len(row) for row in behind.rows} == {len(behind.headings)}


@pytest.mark.parametrize(
    "values", [(0.0, 0.0), (1e300, -1e300), (5e-324, 1.0), (1e12, 1e12), (-3.0, 3.0), (math.pi,)]
)
@pytest.mark.parametrize("log", [False, True])
def test_any_finite_numbers_are_drawn_within_the_frame(
    values: tuple[float, ...], log: bool
) -> None:
    svg = draw(lines(Curve("a", range(len(values)), values), y=Axis("y", log=log)))
    numbers = re.findall(r' (?:c?[xy]|d)="M?(-?[0-9.]+)', svg)
    assert all(-20 <= float(each) <= 420 for each in numbers)


def test_a_line_is_broken_where_there_is_no_value() -> None:
    svg = draw(lines(Curve("a", (1, 2, 3, 4, 5), (1.0, 2.0, None, 2.0, 1.0))))
    (d,) = re.findall(r'd="([^"]*)" class="line s1"', svg)
    assert d.count("M") == 2


def test_the_table_of_lines_has_each_place_once_with_all_curves() -> None:
    figure = lines(Curve("a", (1, 2), (0.5, 0.25)), Curve("b", (2, 3), (7, 8), (6, 7), (8, 9)))
    behind = table_behind(figure)
    assert behind.headings == ["step", "a", "b", "b, low", "b, high"]
    assert behind.rows[1] == [2, 0.25, 7, 6, 8]
    assert behind.rows[2] == [3, None, 8, 7, 9]


def pixels_of(png: bytes) -> tuple[int, int, int, bytes]:
    """Return width, height, color type and the lines of a PNG, whose checks are right."""
    place, kinds, data = 8, {}, b""
    while place < len(png):
        (length,), kind = struct.unpack(">I", png[place : place + 4]), png[place + 4 : place + 8]
        content = png[place + 8 : place + 8 + length]
        check = png[place + 8 + length : place + 12 + length]
        assert struct.pack(">I", zlib.crc32(kind + content)) == check
        kinds[kind] = content
        data += content if kind == b"IDAT" else b""
        place += 12 + length
    width, height, _, color = struct.unpack(">IIBB", kinds[b"IHDR"][:10])
    return width, height, color, zlib.decompress(data)


def test_an_image_keeps_its_pixels() -> None:
    assert pixels_of(gray_png(bytes(range(6)), 3, 2)) == (3, 2, 0, b"\0\0\1\2\0\3\4\5")
    assert pixels_of(color_png(bytes(range(6)), 2, 1)) == (2, 1, 2, b"\0" + bytes(range(6)))
    png = indexed_png(b"\1\0", 2, 1, [(1, 2, 3, 4), (5, 6, 7, 8)])
    assert pixels_of(png) == (2, 1, 3, b"\0\1\0")


@pytest.mark.parametrize(("pixels", "wide"), [(b"", 0), (b"\0\0\0", 2)])
def test_an_image_of_another_size_is_refused(pixels: bytes, wide: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        gray_png(pixels, wide, 1)


def test_headings_of_many_columns_stand_upright_within_the_figure() -> None:
    names = [f"a class of the number {n}" for n in range(30)]
    ones = [[1.0] * 30] * 30
    svg = draw(Heat("", "", "", "", names, names, ones, ones))
    assert svg.count("rotate(-90)") == 31
    assert svg.count(">…29<") == 2


def test_intervals_are_drawn_through() -> None:
    svg = draw(Forest("", "", Axis(""), [Estimate("a", 1, 0, 2)]))
    assert 'class="line s2 solid"' in svg
    assert "solid { stroke-dasharray: none; }" in standalone(lines())


def test_headings_of_parallel_coordinates_keep_apart() -> None:
    names = ["layers", "width", "learning_rate", "momentum", "weight_decay", "val_accuracy, %"]
    svg = draw(Parallel("", "", [Dimension(name) for name in names], ()))
    found = re.findall(r'class="strong( \w+)?" x="([\d.]+)" y="([\d.]+)">([^<]*)<', svg)
    assert [name for *_, name in found] == names
    for y in {y for _, _, y, _ in found}:
        ends = []
        for look, x, height, name in found:
            wide = 6.3 * len(name)
            left = float(x) - {"": 0, " mid": wide / 2, " end": wide}[look]
            if height == y:
                ends.append((left, left + wide))
        assert all(a[1] < b[0] for a, b in pairwise(ends))
