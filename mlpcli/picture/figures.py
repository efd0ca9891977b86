"""Figures as records: what each shows, and in which units; how they look stands elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Number = float | None


@dataclass(frozen=True)
class Axis:
    """What lies along an axis, with its unit, and its range where the data do not say it."""

    label: str
    log: bool = False
    low: Number = None
    high: Number = None

    @property
    def is_share(self) -> bool:
        """Whether it is of shares in percent, of which none is below 0 or above 100."""
        return self.label.endswith("%")


@dataclass(frozen=True)
class Behind:
    """The table behind a figure: numbers as they are, None where there is none."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str | Number]]


@dataclass(frozen=True)
class Curve:
    """Points of a line, from left to right; None breaks it. With bounds it has a band."""

    name: str
    xs: Sequence[float]
    ys: Sequence[Number]
    lows: Sequence[Number] = ()
    highs: Sequence[Number] = ()
    faint: bool = False  # what the others are held against


@dataclass(frozen=True)
class Lines:
    """Curves over one axis."""

    title: str
    description: str
    x: Axis
    y: Axis
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Multiples:
    """Small figures of one kind side by side, each with its own axis of values."""

    title: str
    description: str
    panels: Sequence[Lines]


@dataclass(frozen=True)
class Group:
    """Points that look alike, each with what is said of it where one points at it."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Scatter:
    """Points; `diagonal` draws where y is x, `level` a line at that height."""

    title: str
    description: str
    x: Axis
    y: Axis
    groups: Sequence[Group]
    diagonal: bool = False
    level: Number = None


@dataclass(frozen=True)
class Bar:
    """A bar from zero with the interval of its value, if it has one."""

    name: str
    value: Number
    low: Number = None
    high: Number = None
    faint: bool = False


@dataclass(frozen=True)
class Bars:
    """Bars below each other."""

    title: str
    description: str
    axis: Axis
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Estimate:
    """A number with its interval, and what is said of it."""

    name: str
    value: Number
    low: Number = None
    high: Number = None
    note: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Forest:
    """Estimates with their intervals below each other, and a line to hold them against."""

    title: str
    description: str
    axis: Axis
    estimates: Sequence[Estimate]
    reference: Number = None


@dataclass(frozen=True)
class Heat:
    """Numbers in rows and columns, each as dark as its shade from 0 to 1."""

    title: str
    description: str
    row_label: str
    column_label: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[Number]]
    shades: Sequence[Sequence[float]]
    texts: Sequence[Sequence[str]] = ()  # in the cells; none where they are too small for any
    unit: str = ""


@dataclass(frozen=True)
class Thumbnail:
    """A small image as a PNG, and what is said below it, in a line each."""

    png: bytes
    caption: Sequence[str]


@dataclass(frozen=True)
class Images:
    """Small images in rows."""

    title: str
    description: str
    images: Sequence[Thumbnail]
    headings: Sequence[str]  # of the lines of the captions
    columns: int = 8


@dataclass(frozen=True)
class Field:
    """A value at each point of a plane, as an image from its lower left, and points upon it.

    `samples` are some of the values, x, y and a number or a name, for the table.
    """

    title: str
    description: str
    x: Axis
    y: Axis
    png: bytes
    value: str
    samples: Sequence[tuple[float, float, float | str]]
    groups: Sequence[Group] = ()


@dataclass(frozen=True)
class Dimension:
    """An axis of parallel coordinates: numbers, or words in their order."""

    name: str
    log: bool = False
    words: Sequence[str] = ()  # not empty: values are places in it


@dataclass(frozen=True)
class Strand:
    """A line through all dimensions, None where it has no value there; `shade` 0 to 1, best 1."""

    name: str
    values: Sequence[Number]
    shade: float


@dataclass(frozen=True)
class Parallel:
    """Parallel coordinates."""

    title: str
    description: str
    dimensions: Sequence[Dimension]
    strands: Sequence[Strand]


Figure = Lines | Multiples | Scatter | Bars | Forest | Heat | Images | Field | Parallel
