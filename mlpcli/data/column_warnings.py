"""Columns that a person would look at twice: what is odd about them, and what to type."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlpcli.data.split_times import ISO
from mlpcli.data.table import Table
from mlpcli.data.targets import Target
from mlpcli.errors import shown

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

LEAST_ROWS = 10  # fewer say nothing about a column
MOST_MISSING = 0.5  # a share of the rows
SAMPLE = 5_000  # rows that are looked at first: what is no mapping there is none at all
CHANCE = 1e-6  # that a column without a bearing on the target would seem to give it away
LINEAR = 1e-12  # 1 - r^2 below which a column is the target up to a factor and an offset
MOST_DATES = 20  # different ones that may be meant as categories, as ends of quarters are
NAMED = 5  # columns that a sentence names; `ignore` has them all
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
YAML_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


def column_warnings(table: Table, inputs: Sequence[str], target: Target | None) -> list[str]:
    """Return a sentence for each kind of odd column, with what to type; none where all is well.

    They are: the same in all rows, identifiers, the target under another name, mostly missing,
    dates, and classes that differ in case or blanks alone. Nothing is left out of the data for any
    of them.
    """
    frame, rows = table.frame, len(table)
    if rows < LEAST_ROWS:
        return []
    constant = [name for name in inputs if is_constant(frame[name])]
    others = [name for name in inputs if name not in set(constant)]
    identifiers = [name for name in others if is_identifier(frame[name])]
    others = [name for name in others if name not in set(identifiers)]
    leaks = [name for name in others if target and gives_away(frame[name], target)]
    missing = [
        name
        for name in inputs
        if name not in set(constant) and frame[name].null_count() > MOST_MISSING * rows
    ]
    dates = [name for name in others if name not in set(leaks) and is_of_dates(frame[name])]
    shares = {name: f" ({frame[name].null_count() / rows:.0%})" for name in missing}
    found = [
        _sentence(constant, "the same in all rows, so that nothing can be learned from {them}"),
        _sentence(identifiers, "different in every row, as an identifier is"),
        _sentence(
            leaks, "the target under another name, it seems: each value has one value of the target"
        ),
        _sentence(
            dates, "of dates, each a category of its own, so that nothing is known of later ones"
        ),
        _sentence(missing, "missing in more than half of the rows", shares),
    ]
    return [*filter(None, found), *(_alike_classes(target) if target else [])]


def _sentence(names: Sequence[str], what: str, notes: dict[str, str] | None = None) -> str:
    """Say what some columns are, and how to leave them out; nothing where there are none."""
    if not names:
        return ""
    said = ", ".join(shown(name) + (notes or {}).get(name, "") for name in names[:NAMED])
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    verb, them = ("is", "it") if len(names) == 1 else ("are", "them")
    return f"{said}{more} {verb} {what.format(them=them)}; to leave {them} out: {ignored(names)}"


def ignored(names: Sequence[str]) -> str:
    """Return the config line that leaves columns out, as YAML reads it.

    >>> ignored(["id", "row number", "no"])
    'ignore: [id, "row number", "no"]'
    """
    return f"ignore: [{', '.join(map(_yaml_word, names))}]"


def _yaml_word(name: str) -> str:
    plain = PLAIN.fullmatch(name) and name.lower() not in YAML_WORDS
    return name if plain else json.dumps(name)


def is_constant(column: pl.Series) -> bool:
    """Say whether the values that are there are all alike, or none is there."""
    if column.dtype.is_numeric():
        return bool(column.min() == column.max())  # a tenth of the time
    return column.drop_nulls().n_unique() <= 1


def is_of_dates(column: pl.Series) -> bool:
    """Say whether a column is text that is ISO 8601 dates, more than MOST_DATES different ones."""
    import polars as pl

    if column.dtype != pl.String:
        return False
    there = column.drop_nulls().head(SAMPLE).str.strip_chars()
    dates = there.str.contains(ISO) & there.str.contains("-", literal=True)  # 2026 is a number
    return bool(dates.all()) and there.n_unique() > MOST_DATES


def is_identifier(column: pl.Series) -> bool:
    """Say whether a column is text all different, or whole numbers one after the other.

    The numbers may stand in any order; nothing may be missing.
    """
    import polars as pl

    if column.null_count() or not (column.dtype == pl.String or column.dtype.is_numeric()):
        return False
    if column.dtype.is_numeric():
        low, high = float(column.min()), float(column.max())  # type: ignore[arg-type]
        if high - low != len(column) - 1 or bool((column != column.round()).any()):
            return False
    return column.n_unique() == len(column)


def gives_away(column: pl.Series, target: Target) -> bool:
    """Say whether a column is the target under another name.

    That is a number which is a target of numbers but for a factor and an offset; or a column of
    fewer different values than half of the rows, each of which has one value of the target, where
    that would be chance in less than one case of a million.
    """
    targets = target.table.frame.get_columns()
    return any(_is_linear(column, each) or _is_mapping(column, each) for each in targets)


def _is_linear(column: pl.Series, target: pl.Series) -> bool:
    """Say whether a column of numbers is a * target + b, on the first rows and on all."""
    import numpy as np
    import polars as pl

    if not (column.dtype.is_numeric() and target.dtype.is_numeric()):
        return False
    for rows in (SAMPLE, len(column)):
        x, y = (each.head(rows).cast(pl.Float64).to_numpy() for each in (column, target))
        there = np.isfinite(x) & np.isfinite(y)
        if np.count_nonzero(there) < LEAST_ROWS:
            return False
        if 1 - float(_unit(x[there]) @ _unit(y[there])) ** 2 >= LINEAR:
            return False
    return True


def _unit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a column less its mean, of length 1; of a constant one, zeros."""
    import numpy as np

    x = x / (float(np.abs(x).max()) or 1)
    x = x - x.mean()
    return np.asarray(x / (float(np.linalg.norm(x)) or 1))


def _is_mapping(column: pl.Series, target: pl.Series) -> bool:
    """Say whether each value of a column has one value of the target, and not by chance.

    By chance, the k rows of one value have one target with the probability sum p_c^k over the
    targets' shares p_c; of all values, the product.
    """
    import numpy as np
    import polars as pl

    pairs = pl.DataFrame({"value": column, "target": target}).drop_nulls()
    for rows in (min(SAMPLE, len(pairs)), len(pairs)):
        part = pairs.head(rows)
        values = part["value"].n_unique()
        # numbers with a fraction that differ among the first do so among all: a second saved
        many = values > rows / 2 and (rows == len(pairs) or column.dtype.is_float())
        if many or part.n_unique() > values:
            return False
    counts = pairs["value"].value_counts()["count"].to_numpy()
    shares = target.value_counts()["count"].to_numpy() / len(target)
    sizes, number = np.unique(counts, return_counts=True)
    chances = np.array([float((shares**size).sum()) or 1e-300 for size in sizes])
    return float(number @ np.log(chances)) < math.log(CHANCE)


def _alike_classes(target: Target) -> list[str]:
    """Return a sentence on classes that differ in case or blanks alone."""
    import polars as pl

    if len(target.names) > 1 or target.column.dtype != pl.String:
        return []
    known: dict[str, list[str]] = {}
    for name in target.column.unique().sort():
        known.setdefault(" ".join(name.lower().split()), []).append(name)
    return [
        f"{shown(target.names[0])} has classes that differ in case or blanks alone: "
        + " and ".join(f'"{shown(each)}"' for each in alike)
        + "; if they are one, write them alike"
        for alike in known.values()
        if len(alike) > 1
    ]
