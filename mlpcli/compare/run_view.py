"""A comparison on stdout: a table that fits its terminal, JSON, CSV or Markdown."""

import csv
import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from mlpcli.compare.rows import OF_A_RUN, Comparison, Row
from mlpcli.errors import shown
from mlpcli.runs import NO_RESULTS, RESULTS
from mlpcli.terminal import Column, Console, in_groups, lines, number, percent, total_width

HEADS = ("run", "status", "val %", "test %", "test loss", "steps", "seconds", "examples/s")
NARROW_HEADS = (*HEADS[:-1], "ex./s")
MARKUP = re.compile(r"[\\`*_\[\]<>|~&]")  # what Markdown may take for markup within a line
TIMESTAMP = re.compile(r"^\d{8}-\d{6}-")


def show_comparison(comparison: Comparison, form: str) -> None:
    """Print the comparison."""
    {"json": _json, "csv": _csv, "md": _markdown, "table": _table}[form](comparison)


def _json(comparison: Comparison) -> None:
    value = {
        "query": comparison.query.options(),
        "shared": comparison.shared,
        "differing": comparison.differing,
        "runs": [_record(row, bool(comparison.query.at)) for row in comparison.rows],
    }
    print(json.dumps(value, indent=2))


def _record(row: Row, at: bool) -> dict[str, Any]:
    kept = (key for key in row._fields if key != "setting" and (at or key != "reached"))
    return {key: getattr(row, key) for key in kept}


def _csv(comparison: Comparison) -> None:
    keys = [key for key in comparison.keys if key not in (*OF_A_RUN, *NO_RESULTS)]
    reached = ["reached"] if comparison.query.at else []
    heads = (
        ("run", *comparison.query.columns)
        if comparison.query.columns
        else ("run", "status", *keys, *reached, *RESULTS, "path")
    )
    print_csv(heads, [[row.get(head) for head in heads] for row in comparison.rows])


def print_csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table in CSV that a spreadsheet can open."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerows([_csv_cell(cell) for cell in cells] for cells in (heads, *rows))


def _csv_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        text = shown(value, 200)
        return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
    return json.dumps(value) if isinstance(value, list) else value


def _markdown(comparison: Comparison) -> None:
    if comparison.query.columns:
        columns = _asked(comparison)
    else:
        results = _results(comparison.rows)
        columns = [*results[:2], *_config(comparison), *results[2:]]
    print_markdown(_shared(comparison), columns)


def print_markdown(title: str, columns: Sequence[Column]) -> None:
    """Print a title and a table in Markdown."""
    heads = [column.head for column in columns]
    print(_markdown_text(title), end="\n\n")
    for cells in (heads, ["---"] * len(heads), *zip(*(c.cells for c in columns), strict=True)):
        print(f"| {' | '.join(map(_markdown_text, cells))} |")


def _markdown_text(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return MARKUP.sub(r"\\\g<0>", text)


def _config(comparison: Comparison) -> list[Column]:
    """Return the columns of the config keys that differ."""
    return [
        Column(shown(key), [value_cell(row.config.get(key)) for row in comparison.rows])
        for key in _beside_results(comparison)
    ]


def _beside_results(comparison: Comparison) -> list[str]:
    """Return the keys that differ, but for `steps`: the steps taken are among the results."""
    return [key for key in comparison.differing if key != "steps"]


def _table(comparison: Comparison) -> None:
    """Print one table if it fits the terminal's width, or else what came out and what differs."""
    rows = comparison.rows
    dim = [row.status != "completed" for row in rows]
    if comparison.query.columns:
        asked = _asked(comparison)
        show_tables(_shared(comparison), asked, [asked], dim)
        return
    wide, config = _results(rows), _config(comparison)
    narrow = _results(rows, narrow=True)
    show_tables(_shared(comparison), [*wide[:2], *config, *wide[2:]], [narrow, config], dim)


def show_tables(
    title: str, whole: Sequence[Column], parts: Sequence[Sequence[Column]], dim: Sequence[bool]
) -> None:
    """Print a table whole if it fits the terminal, or else its parts, in groups that fit.

    The first column of the first part begins every group.
    """
    console = Console()
    if not console.is_terminal:
        # straight to stdout: rich takes a tenth of a millisecond a line
        sys.stdout.write("\n".join([title, *lines(whole)]) + "\n")
        return
    console.print(Text(title, style="dim"))
    if total_width(whole) <= console.width:
        tables = [list(whole)]
    else:
        (first, *rest), *others = parts
        tables = [t for each in (rest, *others) for t in in_groups(first, each, console.width)]
    for nth, table in enumerate(tables):
        head, *rows = lines(table)
        text = Text("\n" if nth else "").append(f"{head}\n", "bold")
        for row, faint in zip(rows, dim, strict=True):
            text.append(f"{row}\n", "dim" if faint else "")
        console.print(text, end="", soft_wrap=True)


def _asked(comparison: Comparison) -> list[Column]:
    """Return the columns that --columns asks for, after the run's name."""
    rows, keys = comparison.rows, [key for key in comparison.query.columns if key != "run"]
    return [
        Column("run", [_name(row) for row in rows]),
        *(
            Column(shown(k), [_cell_text(row.get(k)) for row in rows], right=k in NO_RESULTS)
            for k in keys
        ),
    ]


def _cell_text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return value_cell(value)


def _results(rows: Sequence[Row], narrow: bool = False) -> list[Column]:
    """Return the columns of HEADS, or, shorter, of NARROW_HEADS."""
    heads = NARROW_HEADS if narrow else HEADS
    cells = zip(*(_cells(row, narrow) for row in rows), strict=True)
    return [
        Column(head, each, right=head not in HEADS[:2])
        for head, each in zip(heads, cells, strict=True)
    ]


def _cells(row: Row, narrow: bool = False) -> list[str]:
    """Return a row's cells under HEADS, or, shorter, under NARROW_HEADS."""
    steps, seconds, speed = (
        row.results[k] for k in ("steps_taken", "seconds", "examples_per_second")
    )
    return [
        _name(row, narrow),
        row.status,
        _accuracy(row, "val", "\n" if narrow else " "),
        _accuracy(row, "test", "\n" if narrow else " "),
        number(row.results["test_loss"]),
        "-" if steps is None else f"{steps:,}",
        "-" if seconds is None else f"{seconds:.1f}",
        "-" if speed is None else f"{speed / 1000:,.0f}k" if narrow else f"{speed:,.0f}",
    ]


def _name(row: Row, narrow: bool = False) -> str:
    """Return a run's name, marked if its results are of before the point that is asked for."""
    name = TIMESTAMP.sub("", row.run) if narrow else row.run
    return shown(name, 100) + ("" if row.reached else " *")


def _accuracy(row: Row, name: str, gap: str) -> str:
    low, high = row.results[f"{name}_low"], row.results[f"{name}_high"]
    interval = "" if low is None or high is None else f"{gap}{100 * low:.1f}-{100 * high:.1f}"
    return percent(row.results[f"{name}_accuracy"]) + interval


def value_cell(value: Any) -> str:
    """Write a config's value."""
    if value is None:
        return "-"
    return shown(json.dumps(value) if isinstance(value, list) else value)


def _shared(comparison: Comparison) -> str:
    count = len(comparison.rows)
    shared = ", ".join(f"{shown(k)} {value_cell(v)}" for k, v in comparison.shared.items())
    at = f" at {comparison.query.at}" if comparison.query.at else ""
    at += "" if all(row.reached for row in comparison.rows) else " (* had fewer)"
    if count == 1:
        return f"1 run{at}: {shared}"
    return f"{count} runs{at}; all with {shared}" if shared else f"{count} runs{at}"
