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

from mlpcli.data.sources.bounds import (
    MAX_COLUMNS,
    MAX_NAME,
    PREPARED,
    STREAMED,
    fits_training,
    require_room,
    room_to_train,
)
from mlpcli.data.sources.content import Content, opened
from mlpcli.data.sources.keys import ColumnKeys, listed_in
from mlpcli.data.sources.quiet import POLARS_ERRORS, silent_stderr
from mlpcli.data.sources.scan import columnar
from mlpcli.data.sources.scanned import ScannedFrame
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
    rows, need = _require_readable(path, content.name, kind)
    try:
        with silent_stderr(), opened(path) as file:  # polars keeps a handle of its own
            lazy = columnar(file, kind)
            schema = dict(lazy.collect_schema())
            _require_columns(schema, content.name, keys)
            kept = keys.kept(list(schema), content.name)
            need = need * len(kept) // len(schema)
            held = _is_held(need, rows * len(kept) * PREPARED, keys)
            if held:
                require_room(need, content.name)
                frame: pl.DataFrame | ScannedFrame = lazy.select(kept).collect()
    except POLARS_ERRORS as error:
        raise _damaged(content.name, kind) from error
    if not rows:
        raise DataError(f"{content.name}: columns without rows", "add rows of values")

    def plain(column: pl.Series) -> pl.Series:
        return _plain(column, content.name, keys)

    if held:
        frame = pl.DataFrame([plain(each) for each in frame.get_columns()])
    else:
        frame = ScannedFrame(lazy, kept, plain, lambda: _damaged(content.name, kind))
    return Table(frame, content.name, RowPlaces(content.name))


def _is_held(raw: int, prepared: int, keys: ColumnKeys) -> bool:
    """Say whether a table of so many bytes is held in memory; each use reads another anew."""
    if keys.streams:
        return raw <= STREAMED
    return not keys.trains or fits_training(raw + prepared)


class RowPlaces:
    """Where a value stands in a file without lines: its row, from 1."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, row: int, column: str) -> str:
        """Return the place of a row, from 0."""
        return f"{self.name}: row {row + 1:,}"


def _require_readable(path: Path, name: str, kind: str) -> tuple[int, int]:
    """Return the rows, and the bytes that they take in memory.

    Raises DataError where another process cannot read the file, or dies of it.
    """
    command = [sys.executable, "-P", "-c", PROBE, str(path), kind, str(room_to_train())]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(f"{name}: not read within {SECONDS:,} s") from error
    said = done.stdout.decode(errors="replace").split()
    if done.returncode or len(said) < 2 or not (said[0] + said[1]).isdigit():
        raise _damaged(name, kind)
    return int(said[0]), int(said[1])


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
