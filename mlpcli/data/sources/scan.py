"""A Parquet or Arrow IPC file as polars scans it; as a program, whether it can be read at all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import polars as pl

TEXT_BYTES = 16  # of a text in memory, at least


def columnar(file: BinaryIO, kind: str) -> pl.LazyFrame:
    """Return a file's table, not yet read."""
    return pl.scan_parquet(file) if kind == "parquet" else pl.scan_ipc(file)


def needed(lazy: pl.LazyFrame) -> tuple[int, int]:
    """Return the rows of a table and the bytes that it takes in memory at least, as it says."""
    rows = int(lazy.select(pl.len()).collect().item())
    sample = pl.DataFrame(schema=lazy.collect_schema()).clear(1)
    return rows, rows * sum(max(1, int(column.estimated_size())) for column in sample)


def main() -> None:
    """Read the file that the command line names, and leave with 0 if that went well.

    Prints the rows, and the bytes that they take in memory. What takes more than the third
    argument is read a column at a time.
    """
    path, kind, room = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    with path.open("rb") as file:
        lazy = columnar(file, kind)
        rows, need = needed(lazy)
        print(rows, need)
        names = lazy.collect_schema().names()
    for part in [names] if need <= room else [[name] for name in names]:
        with path.open("rb") as file:
            columnar(file, kind).select(part).collect()
