"""The columns of a table or of arrays, and their numbers, a block of rows or a column at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from mlpcli.data.numeric import LARGEST
from mlpcli.data.table import Arrays, Table
from mlpcli.errors import DataError, nearest, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.numeric import Numbers
    from mlpcli.data.table import Rows

Missing = Literal["impute", "refuse"]
BLOCK = 2**19  # numbers at once: 4 MB in float64, which a processor's cache holds
DENSE = 4  # of so many rows one is wanted: sooner to take all, a quarter of the time
ARRAY_COLUMNS = 64  # of an array's training rows that are copied at once, at most
BYTES = 32  # that a number of a column takes while it is looked at, at most
LOOKED_AT = 2**29  # bytes that columns of arrays take meanwhile


def blocks(
    source: Table | Arrays, names: Sequence[str], rows: Rows, missing: Missing
) -> Iterator[tuple[Rows, Numbers]]:
    """Yield the numbers of rows, some rows at a time: their places in `rows`, and float64.

    They are [rows, columns] in the order of `names`, with NaN for missing, and come in the order of
    the source, whatever that of `rows`: neighbours are read together. Raises DataError for a column
    of text, a number too large for float32, and a missing one where those are refused.
    """
    import numpy as np

    if not names:
        return
    if isinstance(source, Table):
        check_numeric(source, names)
    order, step = np.argsort(rows, kind="stable"), max(1, BLOCK // len(names))
    for start in range(0, len(rows), step):
        places = order[start : start + step]
        part = rows[places]
        x = _block(source, names, part)
        _check(source, names, part, x, missing)
        yield places, x


def training_columns(
    source: Table | Arrays, names: Sequence[str], rows: Rows, missing: Missing
) -> Iterator[Numbers]:
    """Yield column after column of some rows, float64 [rows]; raise DataError as `blocks` does."""
    if isinstance(source, Table):
        check_numeric(source, names)
    step = 1 if isinstance(source, Table) else _columns_at_once(source)
    for start in range(0, len(names), step):
        part = names[start : start + step]
        x = _block(source, part, rows)
        _check(source, part, rows, x, missing)
        yield from x.T


def _columns_at_once(arrays: Arrays) -> int:
    """Return how many columns are looked at together: of a mapped file each time is a pass over it.

    A share of the memory may then be used that nothing else takes.
    """
    from mlpcli.data.sources.bounds import room_to_train

    room = room_to_train() if arrays.is_mapped else LOOKED_AT
    return max(1, min(ARRAY_COLUMNS, room // (BYTES * len(arrays))))


def _block(source: Table | Arrays, names: Sequence[str], rows: Rows) -> Numbers:
    import numpy as np
    import polars as pl

    if isinstance(source, Arrays):
        numbers = column_numbers(names)
        begin, end = numbers[0], numbers[0] + len(numbers)
        if numbers == list(range(begin, end)):  # half the time
            part = source.features[:, begin:end]
            if source.is_mapped:  # read once from beginning to end, whatever the order of rows
                part = np.ascontiguousarray(part)
            return part[rows].astype("float64")
        return source.features[rows[:, None], numbers].astype("float64")
    if len(names) == 1:  # sooner than to gather in the table
        return source.frame[names[0]].cast(pl.Float64).to_numpy()[rows][:, None]
    # 27 ms sooner than frame.select with a hundred columns in 385 chunks
    columns = pl.DataFrame([source.frame[name] for name in names])
    first = int(rows.min())
    reach = int(rows.max()) - first + 1
    if reach > DENSE * len(rows):
        return columns[rows].cast(pl.Float64).to_numpy(order="c")
    together = columns.slice(first, reach).cast(pl.Float64).to_numpy(order="c")
    return together if reach == len(rows) and (np.diff(rows) == 1).all() else together[rows - first]


def _check(
    source: Table | Arrays, names: Sequence[str], rows: Rows, x: Numbers, missing: Missing
) -> None:
    """Raise DataError for a number beyond float32, and for a missing one where it is refused."""
    import numpy as np

    refuse_large(source, names, rows, x)
    if missing == "refuse" and (gone := _first(np.isnan(x))):
        refuse_missing(source, names[gone[1]], np.isnan(x[:, gone[1]]), rows)


def refuse_large(source: Table | Arrays, names: Sequence[str], rows: Rows, x: Numbers) -> None:
    """Raise DataError for a number of x [rows, columns] that is beyond float32."""
    import numpy as np

    if large := _first(np.abs(x) > LARGEST):
        row, column = large
        raise DataError(
            f"{place_of(source, int(rows[row]), names[column])}: {shown(names[column])}: "
            f"{x[row, column]:g} is beyond what a network computes in, allowed up to 3.4e+38",
            f"correct it, give the column in a larger unit, or ignore: [{shown(names[column])}]",
        )


def _first(wrong: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Return the row and the column of the first that is true."""
    import numpy as np

    if not wrong.any():
        return None
    row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return int(row), int(column)


def refuse_missing(source: Table | Arrays, name: str, gone: NDArray[np.bool_], rows: Rows) -> None:
    """Raise DataError if a value is missing; `gone` says of each of the rows whether it is."""
    import numpy as np

    found = np.flatnonzero(gone)
    if len(found):
        first = place_of(source, int(rows[found].min()), name)
        raise DataError(
            f"{first}: {shown(name)}: missing, and missing: refuse allows none",
            f"missing: impute fills it in and says so to the network; or fill it in, "
            f"or ignore: [{shown(name)}]",
        )


def check_numeric(table: Table, names: Sequence[str], otherwise: str = "") -> None:
    """Raise DataError for a column that holds no numbers, with the first value that is none.

    `otherwise` is what to type where it is to be text.
    """
    import numpy as np
    import polars as pl

    for name in names:
        column = table.frame[name]
        if column.dtype.is_numeric() or column.dtype == pl.Boolean:
            continue
        read = column.cast(pl.Float64, strict=False)
        wrong = np.flatnonzero((column.is_not_null() & read.is_null()).to_numpy())
        row = int(wrong[0]) if len(wrong) else 0
        raise DataError(
            f'{table.place(row, name)}: {shown(name)}: not a number, got "{shown(column[row])}"',
            otherwise or f"categorical: [{shown(name)}] takes it as text",
        )


def place_of(source: Table | Arrays, row: int, name: str) -> str:
    """Return where a value stands, as messages say it."""
    if isinstance(source, Table):
        return source.place(row, name)
    return f"{source.source}: row {source.first + row + 1:,}, column {name}"


def check_columns(names: Sequence[str], source: Table | Arrays) -> None:
    """Raise DataError for a column that the source does not have."""
    there = set(columns_of(source))
    lacking = [name for name in names if name not in there]
    if not lacking:
        return
    said = ", ".join(f'"{shown(name)}"' for name in lacking[:3])
    more = f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else ""
    meant = nearest(lacking[0], there) if len(there) < 10_000 else []
    hint = f'did you mean "{shown(meant[0])}"?' if meant else "add it, or name the file that has it"
    raise DataError(f"{source.source}: no column {said}{more} among {len(there):,} columns", hint)


def columns_of(source: Table | Arrays) -> tuple[str, ...]:
    """Return the names of the columns; of arrays, their numbers from 0."""
    return source.columns


def column_numbers(names: Sequence[str]) -> list[int]:
    """Return the numbers that the names of an array's columns are."""
    return [int(name) for name in names]
