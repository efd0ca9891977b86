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


@dataclass(frozen=True)
class Counts:
    """Of a column of text: how many values are there, are numbers, and are whole numbers."""

    present: int
    numbers: int
    whole: int


def count_numbers(texts: pl.DataFrame) -> dict[str, Counts]:
    """Return the counts of each column of text."""
    if not texts.width:
        return {}
    every = pl.all()
    present = texts.select(every.count()).row(0)
    numbers = texts.select(every.str.contains(_NUMBER).sum()).row(0)
    whole = texts.select(every.str.contains(_WHOLE).sum()).row(0)
    found = zip(texts.columns, present, numbers, whole, strict=True)
    return {name: Counts(there, some or 0, all_ or 0) for name, there, some, all_ in found}


def to_numbers(texts: pl.DataFrame) -> pl.DataFrame | Fault:
    """Return text as Int64, where all are whole and in its range, or Float64; or the first fault.

    `texts` are stripped. All columns at once: one after another takes a millisecond each.
    """
    counts = count_numbers(texts)
    wrong = [name for name, each in counts.items() if each.numbers < each.present]
    if wrong:
        bad = ~pl.col(wrong).str.contains(_NUMBER)
        return _first(texts, wrong, texts.select(bad.fill_null(False)), "not a number")
    bare = texts.select(pl.all().str.strip_prefix("+")) if texts.width else texts
    whole = [name for name, each in counts.items() if each.whole == each.present]
    cast = bare.select(pl.col(whole).cast(pl.Int64, strict=False)) if whole else pl.DataFrame()
    kept = {each.name: each for each in cast if each.count() == counts[each.name].present}
    others = [name for name in counts if name not in kept]
    if not others:
        return cast
    floats = bare.select(pl.col(others).cast(pl.Float64, strict=False))
    lost = (~pl.all().is_finite()).fill_null(False)
    if not finite(floats):
        what = "too large for a number, allowed up to 1.8e308"
        return _first(texts, others, floats.select(lost), what)
    return pl.DataFrame([kept[name] if name in kept else floats[name] for name in counts])


def _first(texts: pl.DataFrame, names: list[str], bad: pl.DataFrame, what: str) -> Fault:
    """Return the fault in the first row that has one."""
    rows = bad.select(pl.all().arg_max()).row(0)
    some = bad.select(pl.all().any()).row(0)
    row, at = min((row, at) for at, row in enumerate(rows) if some[at])
    return Fault(row, names[at], texts[names[at]][row], what)


def first_dressed(texts: pl.DataFrame, counts: dict[str, Counts]) -> tuple[Fault, str] | None:
    """Return the first column of text most of which is numbers as people write them.

    That is its first value of the kind that it has most, and what to do about it.
    """
    any_of_them = "|".join(f"(?:{pattern})" for pattern, _, _ in DRESSED)
    like = texts.select(pl.all().str.contains(any_of_them).sum()).row(0)
    for name, count in zip(texts.columns, like, strict=True):
        if count and 2 * (count + counts[name].numbers) > counts[name].present:
            column = texts[name]
            found = [int(column.str.contains(pattern).sum() or 0) for pattern, _, _ in DRESSED]
            pattern, what, hint = DRESSED[found.index(max(found))]
            row = column.str.contains(pattern).fill_null(False).arg_max() or 0
            return Fault(row, name, column[row], f"a number with {what}"), hint
    return None


def finite(frame: pl.DataFrame) -> bool:
    """Say whether all numbers of a frame are finite, where they are there."""
    floats = [name for name, kind in frame.schema.items() if kind.is_float()]
    if not floats:
        return True
    return all(frame.select(pl.col(floats).is_finite().all()).row(0))
