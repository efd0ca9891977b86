"""Parquet and Arrow IPC: tables whose columns have types.

polars reads them. A file that is damaged, or made to harm, can make it panic, and a panic in a
thread ends the process; so a process of its own reads the file first, and what it prints is lost.
That takes 0.3 s and the time of reading once more.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl

from mlpcli.data.sources.bounds import MAX_COLUMNS, MAX_NAME, memory, require_room
from mlpcli.data.sources.content import Content
from mlpcli.data.sources.keys import ColumnKeys, listed_in
from mlpcli.data.sources.quiet import POLARS_ERRORS, silent_stderr
from mlpcli.data.sources.scan import TOO_LARGE, columnar
from mlpcli.data.table import Table
from mlpcli.errors import DataError, shown

NOT_READ = (pl.List, pl.Array, pl.Struct, pl.Binary, pl.Object)
PROBE = "from mlpcli.data.sources.scan import main; main()"
SECONDS = 600  # for the probe at most


def read_columnar(content: Content, path: Path, keys: ColumnKeys, kind: str) -> Table:
    """Read a Parquet or an Arrow IPC file ("parquet", "ipc").

    A number that is not a number is missing, as pandas writes it. Raises DataError for infinite
    numbers, for columns of lists, structures or bytes that are not ignored, and for damage.
    """
    _require_readable(path, content.name, kind)
    try:
        with silent_stderr(), path.open("rb") as file:
            lazy = columnar(file, kind)
            schema = dict(lazy.collect_schema())
            _require_columns(schema, content.name, keys)
            frame = lazy.select(keys.kept(list(schema), content.name)).collect()
    except POLARS_ERRORS as error:
        raise _damaged(content.name, kind) from error
    if not frame.height:
        raise DataError(f"{content.name}: columns without rows", "add rows of values")
    columns = [_plain(column, content.name, keys) for column in frame]
    return Table(pl.DataFrame(columns), content.name, RowPlaces(content.name))


class RowPlaces:
    """Where a value stands in a file without lines: its row, from 1."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, row: int, column: str) -> str:
        """Return the place of a row, from 0."""
        return f"{self.name}: row {row + 1:,}"


def _require_readable(path: Path, name: str, kind: str) -> None:
    """Raise DataError where another process cannot read the file, or dies of it."""
    command = [sys.executable, "-P", "-c", PROBE, str(path), kind, str(memory())]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(f"{name}: not read within {SECONDS:,} s") from error
    said = done.stdout.decode(errors="replace").split()
    if done.returncode == TOO_LARGE and said and said[-1].isdigit():
        require_room(int(said[-1]), name)
    if done.returncode:
        raise _damaged(name, kind)


def _damaged(name: str, kind: str) -> DataError:
    what = "Parquet" if kind == "parquet" else "Arrow IPC (Feather version 2)"
    return DataError(
        f"{name}: not a whole {what} file: cut short, damaged or of another version",
        "fetch or write it anew",
    )


def _require_columns(schema: dict[str, Any], name: str, keys: ColumnKeys) -> None:
    if not schema:
        raise DataError(f"{name}: no columns", "a table has columns with names")
    if len(schema) > MAX_COLUMNS:
        raise DataError(
            f"{name}: {len(schema):,} columns, allowed {MAX_COLUMNS:,}",
            "save arrays of so many numbers as .npy or .npz",
        )
    for column in schema:
        if len(column) > MAX_NAME:
            raise DataError(
                f"{name}: a name of {len(column):,} characters, allowed {MAX_NAME}: "
                f"{shown(column)}",
                "rename the column",
            )
    keys.require_columns(list(schema), name)
    for column in keys.kept(list(schema), name):
        if isinstance(schema[column], NOT_READ) or schema[column] in NOT_READ:
            kind = str(schema[column].base_type()).lower()
            raise DataError(
                f"{name}: {shown(column)}: a column of type {kind}, allowed numbers and text",
                f"leave it out: {listed_in('ignore', column)}; "
                "or save each of its values as a column",
            )


def _plain(column: pl.Series, name: str, keys: ColumnKeys) -> pl.Series:
    """Return a column as numbers, Boolean or String."""
    kind = column.dtype
    if column.name in keys.categorical and kind != pl.String:
        return column.cast(pl.String)
    if kind.is_float() or kind.is_decimal():
        numbers = column if kind in (pl.Float32, pl.Float64) else column.cast(pl.Float64)
        infinite = numbers.is_infinite()
        if infinite.any():
            row = infinite.arg_max() or 0
            raise DataError(
                f"{name}: row {row + 1:,}: {shown(column.name)}: an infinite number",
                "correct it, or leave it out (null) if it is missing",
            )
        return numbers.fill_nan(None)
    if kind.is_integer():
        return column.cast(pl.Float64) if kind in (pl.UInt64, pl.Int128) else column
    if column.name in keys.numeric and kind != pl.Boolean:
        raise DataError(
            f"{name}: {shown(column.name)}: a column of type {str(kind).lower()}; "
            f"{keys.why_numbers}",
            f"save it as numbers{keys.otherwise}",
        )
    return column if kind == pl.Boolean else column.cast(pl.String)
