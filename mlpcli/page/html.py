"""A page as HTML: one file, which loads nothing and runs one script that is named by its hash."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from mlpcli.page.content import Link, Page
from mlpcli.picture import CSS, Figure, draw, table_behind
from mlpcli.terminal import Emphasis, Table, number

FOLDER = Path(__file__).with_name("templates")
LONG = 30  # characters of a cell that is broken into lines
MARK = '<meta name="generator" content="mlpcli">'  # of a file that `report` may write over


@dataclass(frozen=True)
class Cell:
    """A cell of a table; `value` is its number as it is, which sorting goes by."""

    text: str
    value: str = ""
    emphasis: Emphasis = ""
    is_number: bool = False
    address: str = ""

    @property
    def look(self) -> str:
        """Its classes in the style sheet: a long text is broken into lines, nothing else is."""
        kind = "n" if self.is_number else "long" if len(self.text) > LONG else ""
        return f"{kind} {self.emphasis}".strip()


def to_html(page: Page) -> str:
    """Return a page as HTML."""
    return _template().render(
        page=page,
        mark=Markup(MARK),
        policy=policy(),
        style=Markup(f"{CSS}\n{_file('style.css')}"),
        script=Markup(_file("script.js")),
        picture=picture,
        behind=behind,
        cells=cells,
    )


def policy() -> str:
    """Return the content security policy: no address is asked, and no other script runs."""
    digest = hashlib.sha256(_file("script.js").encode()).digest()
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
        f"form-action 'none'; script-src 'sha256-{base64.b64encode(digest).decode()}'"
    )


def picture(figure: Figure) -> Markup:
    """Return a figure's SVG."""
    return Markup(draw(figure))


def behind(figure: Figure) -> tuple[Sequence[str], list[list[Cell]]]:
    """Return the headings and the cells of the table behind a figure."""
    table = table_behind(figure)
    return table.headings, [[_cell(each) for each in row] for row in table.rows]


def _cell(value: str | float | None) -> Cell:
    if isinstance(value, str):
        return Cell(value)
    if value is None:
        return Cell("-", is_number=True)
    whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
    text = f"{value:,.0f}" if whole else number(value, 5)
    return Cell(text, repr(value), is_number=True)


def cells(table: Table, links: Sequence[Link] = ()) -> Iterator[list[Cell]]:
    """Yield the cells of a table's rows; those of the first column may lead to other pages."""
    columns = []
    for column in table.columns:
        marks = column.emphasis or [""] * len(column.cells)
        pairs = zip(column.cells, marks, strict=True)
        columns.append([Cell(text, "", mark, column.number) for text, mark in pairs])
    for row, rest in zip_longest(zip(*columns, strict=True), links):
        if row is None:
            return
        first, *others = row
        if rest is not None:
            first = Cell(first.text, first.value, first.emphasis, first.is_number, rest.address)
        yield [first, *others]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("mlpcli.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")


@cache
def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
