"""Figures as SVG, by itself: no plotting library, no script, no font from elsewhere.

A figure is a record (figures.py): what it is called, what it says in a sentence, its data and their
units. `draw` makes SVG of it, `table_behind` the table that says the same to whoever cannot see it.
Colours are classes, whose style sheet is CSS (palette.py): light and dark follow the page. A new
kind of figure is a record, and a module that draws it and makes its table.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.picture.drawing import draw, standalone, table_behind
    from mlpcli.picture.figures import (
        Axis,
        Bar,
        Bars,
        Behind,
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
    )
    from mlpcli.picture.palette import CSS, LEVELS, SERIES, diverging
    from mlpcli.picture.png import color_png, gray_png, indexed_png
else:
    __getattr__, __dir__ = lazy_exports(__name__)
