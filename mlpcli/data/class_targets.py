"""Targets that are classes: their names, their numbers, and which of them cannot be learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlpcli.data.categorical import LONGEST, category_text
from mlpcli.data.split_plan import Parts
from mlpcli.data.targets import Target
from mlpcli.errors import DataError, nearest, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def class_names(target: Target) -> tuple[str, ...]:
    """Return the names of the classes: numbers by value, text by text, false before true.

    Raises DataError for a single class, and for more classes than half of the rows.
    """
    different, rows = target.column.unique().sort(), len(target.table)
    what = f"{target.table.source}: {shown(target.names[0])}"
    if len(different) < 2:
        only = f": {shown(category_text(different)[0])}" if len(different) else ""
        raise DataError(
            f"{what}: all {rows:,} rows are of one class{only}",
            "target: a column that differs between rows",
        )
    if len(different) > rows / 2:
        number = different.dtype.is_numeric()
        raise DataError(
            f"{what}: {len(different):,} different values in {rows:,} rows "
            "are too many for classes",
            "task: regression" if number else "target: the column with the classes",
        )
    names = tuple(dict.fromkeys(category_text(different)))  # 0 and -0 are one
    if long := [each for each in names if len(each) > LONGEST]:
        raise DataError(
            f"{what}: a class of {len(long[0]):,} characters, "
            f"allowed {LONGEST:,}: {shown(long[0])}",
            "target: the column with the classes",
        )
    return names


def class_ids(target: Target, names: Sequence[str]) -> NDArray[np.int32]:
    """Return the class of each row by its number, int32 [n].

    Raises DataError with the place of the first that is none of `names`, as another file may have.
    """
    import numpy as np
    import polars as pl

    text = category_text(target.column)
    ids = text.replace_strict(
        list(names), list(range(len(names))), default=-1, return_dtype=pl.Int32
    ).to_numpy()
    wrong = np.flatnonzero(ids < 0)
    if len(wrong):
        row, name = int(wrong[0]), target.names[0]
        meant = nearest(text[row], names)
        raise DataError(
            f'{target.table.place(row, name)}: {shown(name)}: no class "{shown(text[row])}"'
            f" ({len(wrong):,} of {len(ids):,} rows have a class that training does not know)",
            f'did you mean "{shown(meant[0])}"?'
            if meant
            else f"classes: {shown(', '.join(names[:20]), 200)}",
        )
    return ids


def unlearned_classes(ids: NDArray[np.int32], names: Sequence[str], parts: Parts) -> list[str]:
    """Return a sentence on the classes that validate or test, and of which no row trains."""
    import numpy as np

    count = len(names)
    train = np.bincount(ids[parts.train], minlength=count)
    others = np.concatenate([parts.validation, parts.test])
    scored = np.bincount(ids[others], minlength=count)
    lacking = np.flatnonzero((train == 0) & (scored > 0))
    if not len(lacking):
        return []
    said = ", ".join(f"{shown(names[i])} ({scored[i]:,})" for i in lacking[:5])
    more = f" and {len(lacking) - 5:,} more" if len(lacking) > 5 else ""
    return [
        f"no row of {said}{more} trains, though rows of it validate or test: it cannot be learned; "
        "split: stratified gives each part its share"
    ]
