"""What the fields of a text mean: missing, a number, or text.

A field is what stands between two separators without the spaces and tabs around it. It is missing
if it is one of MARKERS. A column holds numbers if most of its values are numbers; it is then an
error if one is not. Otherwise, and where `categorical` has its name, it is text. 007 is the number
7, dates and true/false are text. Whole numbers are kept exactly up to 2^63; where a column has a
larger one or a fraction, as float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

MARKERS = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "-")
NUMBER = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"
_NUMBER = f"^({NUMBER})$"
_WHOLE = r"^[-+]?[0-9]+$"
# numbers as people write them, not computers; what is wrong with them, and what to do
DRESSED = (
    (
        r"^[-+]?[0-9]{1,3}([,' _\x{a0}\x{202f}][0-9]{3})+([.,][0-9]+)?$",
        "separators of thousands",
        "remove them",
    ),
    (r"^[-+]?[0-9]*,[0-9]+$", "a decimal comma", "write a point: sed 's/,/./g' OLD > NEW"),
    (r"^[-+]?[0-9.,]+ ?%$", "a percent sign", "remove it"),
    (
        r"^[-+]?[$€£¥] ?[0-9.,]+$|^[-+]?[0-9.,]+ ?[$€£¥]$",
        "a currency sign",
        "remove it",
    ),
)


@dataclass(frozen=True)
class Fault:
    """A value that its column cannot have: in which row, from 0, of which column, and why."""

    row: int
    column: str
    value: str
    what: str


def stripped(name: str) -> pl.Expr:
    """Return a column of fields as their values: without spaces around them, null if missing."""
    field = pl.col(name).str.strip_chars(" \t")
    return pl.when(field.is_in(MARKERS)).then(None).otherwise(field).alias(name)


def count_numbers(texts: pl.DataFrame) -> tuple[dict[str, int], dict[str, int]]:
    """Return of each column of text how many values are there, and how many are numbers."""
    present = texts.select(pl.all().count()).row(0, named=True)
    numbers = texts.select(pl.all().str.contains(_NUMBER).sum()).row(0, named=True)
    return present, {name: count or 0 for name, count in numbers.items()}


def to_numbers(texts: pl.Series) -> pl.Series | Fault:
    """Return text as Int64, where all are whole and in its range, or Float64; or the first fault.

    `texts` are stripped.
    """
    wrong = texts.is_not_null() & ~texts.str.contains(_NUMBER)
    if wrong.any():
        row = wrong.arg_max() or 0
        return Fault(row, texts.name, texts[row], "not a number")
    if texts.str.contains(_WHOLE).all():
        whole = texts.str.strip_prefix("+").cast(pl.Int64, strict=False)
        if whole.null_count() == texts.null_count():
            return whole
    numbers = texts.str.strip_prefix("+").cast(pl.Float64, strict=False)
    lost = texts.is_not_null() & ~numbers.is_finite().fill_null(False)
    if lost.any():
        row = lost.arg_max() or 0
        return Fault(row, texts.name, texts[row], "too large for a number, allowed up to 1.8e308")
    return numbers


def first_dressed(texts: pl.Series) -> tuple[Fault, str] | None:
    """Return the first number in text most of whose values are numbers as people write them."""
    present = len(texts) - texts.null_count()
    plain = int(texts.str.contains(_NUMBER).sum() or 0)
    counts = [int(texts.str.contains(pattern).sum() or 0) for pattern, _, _ in DRESSED]
    most = max(counts)
    if not most or 2 * (most + plain) <= present:
        return None
    pattern, what, hint = DRESSED[counts.index(most)]
    row = texts.str.contains(pattern).fill_null(False).arg_max() or 0
    return Fault(row, texts.name, texts[row], f"a number with {what}"), hint


def finite(frame: pl.DataFrame) -> bool:
    """Say whether all numbers of a frame are finite, where they are there."""
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    if not floats:
        return True
    return all(frame.select(pl.col(floats).is_finite().all()).row(0))
