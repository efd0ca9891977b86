"""A Parquet or Arrow IPC file as polars scans it; as a program, whether it can be read at all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import polars as pl

TOO_LARGE = 3  # the exit code for more bytes than there is memory, which it prints
TEXT_BYTES = 16  # of a text in memory, at least


def columnar(file: BinaryIO, kind: str) -> pl.LazyFrame:
    """Return a file's table, not yet read."""
    return pl.scan_parquet(file) if kind == "parquet" else pl.scan_ipc(file)


def needed(lazy: pl.LazyFrame) -> int:
    """Return the bytes that a table takes in memory at least, by what the file says of itself."""
    rows = int(lazy.select(pl.len()).collect().item())
    sample = pl.DataFrame(schema=lazy.collect_schema()).clear(1)
    return rows * sum(max(1, int(column.estimated_size())) for column in sample)


def main() -> None:
    """Read the file that the command line names, and leave with 0 if that went well."""
    path, kind, room = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with path.open("rb") as file:
        need = needed(columnar(file, kind))
    if need > room:
        print(need)
        sys.exit(TOO_LARGE)
    with path.open("rb") as file:
        columnar(file, kind).collect()
