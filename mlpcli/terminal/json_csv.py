"""Results for programs, on stdout: JSON, and CSV that a spreadsheet can open."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlpcli.errors import shown
from mlpcli.runs import to_json


def print_json(record: Mapping[str, Any]) -> None:
    """Print a record in JSON; a number that is not finite is null."""
    print(to_json(record, indent=2))


def print_csv(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table in CSV, with what is not there as an empty cell."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerows([_cell(value) for value in cells] for cells in (headings, *rows))


def _cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        text = shown(value, 200)
        return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
    return json.dumps(value) if isinstance(value, list) else value
