"""Each kind of figure with what draws it and what makes its table."""

from __future__ import annotations

from typing import Any

from mlpcli.picture.bar_figures import bars_table, draw_bars, draw_forest, forest_table
from mlpcli.picture.figures import (
    Bars,
    Behind,
    Field,
    Figure,
    Forest,
    Heat,
    Images,
    Lines,
    Multiples,
    Parallel,
    Scatter,
)
from mlpcli.picture.grid_figures import draw_heat, draw_images, heat_table, images_table
from mlpcli.picture.line_figures import draw_lines, draw_multiples, lines_table, multiples_table
from mlpcli.picture.markup import tag
from mlpcli.picture.palette import CSS
from mlpcli.picture.parallel import draw_parallel, parallel_table
from mlpcli.picture.point_figures import draw_field, draw_scatter, field_table, scatter_table

KINDS: dict[type, tuple[Any, Any]] = {
    Lines: (draw_lines, lines_table),
    Multiples: (draw_multiples, multiples_table),
    Scatter: (draw_scatter, scatter_table),
    Field: (draw_field, field_table),
    Bars: (draw_bars, bars_table),
    Forest: (draw_forest, forest_table),
    Heat: (draw_heat, heat_table),
    Images: (draw_images, images_table),
    Parallel: (draw_parallel, parallel_table),
}


def draw(figure: Figure) -> str:
    """Return a figure as SVG, whose colours are those of the style sheet around it."""
    drawn: str = KINDS[type(figure)][0](figure)
    return drawn


def table_behind(figure: Figure) -> Behind:
    """Return the table that says what a figure shows."""
    table: Behind = KINDS[type(figure)][1](figure)
    return table


def standalone(figure: Figure) -> str:
    """Return a figure as a file of its own, with its style sheet in it."""
    head, end, rest = draw(figure).partition(">")
    return f"{head}{end}{tag('style', CSS)}{rest}\n"
