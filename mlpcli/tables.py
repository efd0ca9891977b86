"""A comparison on stdout: a table that fits its terminal, JSON, CSV or Markdown."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from mlpcli.compare import RESULTS, Comparison, Row
from mlpcli.display import number, percent, say, talk_console
from mlpcli.errors import shown

PLAIN_WIDTH = 10_000  # off a terminal lines are as long as they are: a pipe has no width
HEADS = ("run", "status", "val %", "test %", "test loss", "steps", "seconds", "examples/s")


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
    writer.writerow(heads)
    for row in comparison.rows:
        writer.writerow([_csv_cell(row.get(head)) for head in heads])


def _csv_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        text = shown(value, 200)
        return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
    return json.dumps(value) if isinstance(value, list) else value


def _markdown(comparison: Comparison) -> None:
    heads = (HEADS[0], HEADS[1], *comparison.differing, *HEADS[2:])
    lines = [heads, ["---"] * len(heads)]
    for row in comparison.rows:
        config = [_value(row.config.get(key)) for key in comparison.differing]
        cells = _cells(row, " ")
        lines.append([*cells[:2], *config, *cells[2:]])
    print(_shared(comparison), end="\n\n")
    for line in lines:
        print("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |")


def _table(comparison: Comparison) -> None:
    """Print one table if it fits the terminal's width, or else what came out and what differs."""
    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    say(console, _shared(comparison), "dim")
    whole = _rich_table(comparison.rows, HEADS[:2], comparison.differing, HEADS[2:])
    if Measurement.get(console, console.options, whole).maximum <= console.width:
        console.print(whole)
        return
    console.print(_rich_table(comparison.rows, HEADS, (), (), "\n"))
    if comparison.differing:
        console.print()
        console.print(_rich_table(comparison.rows, HEADS[:1], comparison.differing, ()))


def _rich_table(
    rows: Sequence[Row],
    before: Sequence[str],
    differing: Sequence[str],
    after: Sequence[str],
    gap: str = " ",
) -> Table:
    """Return a table of the columns `before`, config keys, and the columns `after`."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for head in (*before, *differing, *after):
        left = head in ("run", "status") or head in differing
        table.add_column(Text(shown(head)), justify="left" if left else "right", overflow="fold")
    for row in rows:
        cells = dict(zip(HEADS, _cells(row, gap), strict=True))
        config = [_value(row.config.get(key)) for key in differing]
        texts = [*(cells[h] for h in before), *config, *(cells[h] for h in after)]
        table.add_row(*map(Text, texts), style="" if row.status == "completed" else "dim")
    return table


def _cells(row: Row, gap: str) -> list[str]:
    """Return the cells under HEADS; `gap` stands between an accuracy and its interval."""
    results = row.results
    accuracies = []
    for name in ("val", "test"):
        low, high = results[f"{name}_low"], results[f"{name}_high"]
        interval = "" if low is None else f"{gap}{100 * low:.1f}-{100 * high:.1f}"
        accuracies.append(percent(results[f"{name}_accuracy"]) + interval)
    steps, seconds, speed = (results[k] for k in ("steps", "seconds", "examples_per_second"))
    return [
        shown(row.run, 100),
        row.status,
        *accuracies,
        number(results["test_loss"]),
        "-" if steps is None else f"{steps:,}",
        "-" if seconds is None else f"{seconds:.1f}",
        "-" if speed is None else f"{speed:,.0f}",
    ]


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
