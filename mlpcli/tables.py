"""A comparison on stdout: a table that fits its terminal, JSON, CSV or Markdown."""

import csv
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from mlpcli.compare import RESULTS, Comparison, Row
from mlpcli.display import Console, number, percent, say, talk_console
from mlpcli.errors import shown

UNBOUNDED = 10_000  # columns: more than any table takes
HEADS = ("run", "status", "val %", "test %", "test loss", "steps", "seconds", "examples/s")
NARROW_HEADS = (*HEADS[:-1], "ex./s")
Columns = list[tuple[str, list[str]]]  # a head and a cell for each row
TIMESTAMP = re.compile(r"^\d{8}-\d{6}-")


def show_comparison(comparison: Comparison, form: str) -> int:
    """Print the comparison, and what was not read on stderr; return the exit code."""
    talk = talk_console()
    for warning in comparison.warnings:
        say(talk, warning, "yellow")
    if not comparison.rows:
        say(talk, "no run could be read; make one: mlpcli train configs/deep3.yaml")
        return 1
    {"json": _json, "csv": _csv, "md": _markdown, "table": _table}[form](comparison)
    return 0


def _json(comparison: Comparison) -> None:
    value = {
        "shared": comparison.shared,
        "differing": comparison.differing,
        "runs": [asdict(row) for row in comparison.rows],
    }
    print(json.dumps(value, indent=2))


def _csv(comparison: Comparison) -> None:
    heads = ("run", "status", *comparison.differing, *RESULTS)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([_csv_cell(head) for head in heads])
    for row in comparison.rows:
        writer.writerow([_csv_cell(row.get(head)) for head in heads])


def _csv_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        text = shown(value, 200)
        return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
    return json.dumps(value) if isinstance(value, list) else value


def _markdown(comparison: Comparison) -> None:
    differing = _beside_results(comparison)
    heads = (*HEADS[:2], *map(shown, differing), *HEADS[2:])
    lines = [heads, ["---"] * len(heads)]
    for row in comparison.rows:
        config = [_value(row.config.get(key)) for key in differing]
        cells = _cells(row)
        lines.append([*cells[:2], *config, *cells[2:]])
    print(_shared(comparison), end="\n\n")
    for line in lines:
        print(
            "| "
            + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in line)
            + " |"
        )


def _beside_results(comparison: Comparison) -> list[str]:
    """Return the keys that differ, but for `steps`: the steps taken are among the results."""
    return [key for key in comparison.differing if key != "steps"]


def _table(comparison: Comparison) -> None:
    """Print one table if it fits the terminal's width, or else what came out and what differs."""
    console = Console()
    rows, keys = comparison.rows, _beside_results(comparison)
    wide: Columns = list(zip(HEADS, _columns(rows), strict=True))
    config: Columns = [(shown(key), [_value(row.config.get(key)) for row in rows]) for key in keys]
    whole = _grid(rows, [*wide[:2], *config, *wide[2:]])
    if not console.is_terminal:
        console.width = max(_width(console, whole), len(_shared(comparison)))
    console.print(Text(_shared(comparison), style="dim"))
    if _width(console, whole) <= console.width:
        console.print(whole)
        return
    narrow: Columns = list(zip(NARROW_HEADS, _columns(rows, narrow=True), strict=True))
    console.print(_grid(rows, narrow))
    while config:
        fitting = [narrow[0], config.pop(0)]
        while config and _width(console, _grid(rows, [*fitting, config[0]])) <= console.width:
            fitting.append(config.pop(0))
        console.print()
        console.print(_grid(rows, fitting))


def _width(console: Console, table: Table) -> int:
    """Return the columns of the screen that a table wants, whatever the console has."""
    return Measurement.get(console, console.options.update(width=UNBOUNDED), table).maximum


def _grid(rows: Sequence[Row], columns: Columns) -> Table:
    """Return a table of the columns, each a head and its cells."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for head, _ in columns:
        right = head in HEADS[2:] or head in NARROW_HEADS[2:]
        table.add_column(Text(head), justify="right" if right else "left", overflow="fold")
    for index, row in enumerate(rows):
        cells = (Text(cells[index]) for _, cells in columns)
        table.add_row(*cells, style="" if row.status == "completed" else "dim")
    return table


def _columns(rows: Sequence[Row], narrow: bool = False) -> list[list[str]]:
    """Return the cells under each of HEADS."""
    return [list(cells) for cells in zip(*(_cells(row, narrow) for row in rows), strict=True)]


def _cells(row: Row, narrow: bool = False) -> list[str]:
    """Return a row's cells under HEADS, or, shorter, under NARROW_HEADS."""
    name = TIMESTAMP.sub("", row.run) if narrow else row.run
    steps, seconds, speed = (
        row.results[k] for k in ("steps_taken", "seconds", "examples_per_second")
    )
    return [
        shown(name, 100),
        row.status,
        _accuracy(row, "val", "\n" if narrow else " "),
        _accuracy(row, "test", "\n" if narrow else " "),
        number(row.results["test_loss"]),
        "-" if steps is None else f"{steps:,}",
        "-" if seconds is None else f"{seconds:.1f}",
        "-" if speed is None else f"{speed / 1000:,.0f}k" if narrow else f"{speed:,.0f}",
    ]


def _accuracy(row: Row, name: str, gap: str) -> str:
    low, high = row.results[f"{name}_low"], row.results[f"{name}_high"]
    interval = "" if low is None or high is None else f"{gap}{100 * low:.1f}-{100 * high:.1f}"
    return percent(row.results[f"{name}_accuracy"]) + interval


def _value(value: Any) -> str:
    if value is None:
        return "-"
    return shown(json.dumps(value) if isinstance(value, list) else value)


def _shared(comparison: Comparison) -> str:
    count = len(comparison.rows)
    shared = ", ".join(f"{shown(k)} {_value(v)}" for k, v in comparison.shared.items())
    if count == 1:
        return f"1 run: {shared}"
    return f"{count} runs; all with {shared}" if shared else f"{count} runs"
