"""Runs in the order in which they were started, a line each: what `mlpcli ls` lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from mlpcli.compare.conditions import choose
from mlpcli.compare.rows import Row, load_rows
from mlpcli.compare.where import Where
from mlpcli.errors import RunError
from mlpcli.runs import STAMP, json_shape, load_run, whole

TIME_LENGTH = 40  # characters of a start in ISO 8601, and more


class Listed(Struct, frozen=True):
    """A run in a line; accuracies are shares, of values R squared; times are in seconds."""

    run: str
    path: str
    name: str | None
    started: str | None  # ISO 8601, as run.json has it
    status: str
    learned: bool | None  # None where it was not completed, or on data that are not known here
    steps: int | None  # that the config asks for
    steps_taken: int | None
    val_accuracy: float | None
    val_step: int | None  # after whose update the network had it
    test_accuracy: float | None  # of a completed run, after its last step
    val_r2: float | None
    test_r2: float | None
    seconds: float | None


class Listing(Struct, frozen=True):
    """The runs, the newest last: those that were asked for, or the newest of them."""

    runs: tuple[Listed, ...]
    total: int  # of which these are the newest
    warnings: tuple[str, ...]


def list_runs(paths: Sequence[Path], where: Where | None, most: int | None) -> Listing:
    """Read runs as far as the condition holds of them; `most` of them, the newest.

    Raises ColumnError if no run has a key that the condition asks for.
    """
    total = None
    if most is not None and where is None and all(STAMP.match(path.name) for path in paths):
        total = len(paths)  # their names tell which are the newest, and no other need be read
        paths = sorted(paths, key=lambda path: path.name)[-most:]
    rows, warnings = load_rows(paths)
    rows = choose(where, rows) if where else rows
    rows.sort(key=lambda row: (row.started[:TIME_LENGTH], row.run))
    chosen = rows if most is None else rows[-most:]
    return Listing(
        tuple(map(_listed, chosen)), len(rows) if total is None else total, tuple(warnings)
    )


def listing_json(listing: Listing) -> dict[str, Any]:
    """Return a listing for JSON."""
    record: dict[str, Any] = msgspec.to_builtins(listing)
    return record


def listing_schema() -> dict[str, Any]:
    """Return the JSON Schema of a listing."""
    return json_shape(Listing)


def _listed(row: Row) -> Listed:
    results = row.results
    taken, step = whole(results["steps_taken"], 0), whole(row.val_step, 0)
    accuracy, r2 = results["val_accuracy"], results["val_r2"]
    if row.status == "running" and accuracy is None and r2 is None:
        accuracy, r2, step = _last_validation(row)
    name = row.config.get("name")
    return Listed(
        run=row.run,
        path=row.path,
        name=name if isinstance(name, str) else None,
        started=row.started[:TIME_LENGTH] or None,
        status=row.status,
        learned=row.learned,
        steps=whole(row.config.get("steps"), 1),
        steps_taken=taken,
        val_accuracy=accuracy,
        val_step=step,
        test_accuracy=results["test_accuracy"],
        val_r2=r2,
        test_r2=results["test_r2"],
        seconds=results["seconds"],
    )


def _last_validation(row: Row) -> tuple[float | None, float | None, int | None]:
    """Return the last validation of a run under way, whose last row may have none."""
    try:
        validations = load_run(Path(row.path)).history.validations
    except RunError:
        return None, None, None
    if not validations:
        return None, None, None
    last = validations[-1]
    return last.val_accuracy, last.val_r2, last.step
