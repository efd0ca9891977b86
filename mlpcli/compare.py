"""Runs to rows: which there are, what differs between their configs, and what came out."""

import glob
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.files import reason
from mlpcli.runs import Run, is_run, load_run
from mlpcli.statistics import wilson_interval

LARGEST_FIRST = ("val_accuracy", "test_accuracy", "examples_per_second")
RESULTS = (
    "val_accuracy", "val_low", "val_high", "test_accuracy", "test_low", "test_high", "test_loss",
    "steps_taken", "seconds", "examples_per_second",
)  # fmt: skip


class SortKeyError(MlpcliError):
    """A key to sort by that no run has."""

    exit_code = 2


@dataclass(frozen=True)
class Row:
    """One run: its config as it is in the directory, and a number or None for each result."""

    run: str
    path: str
    status: str
    config: Mapping[str, Any]
    results: Mapping[str, float | None]

    def get(self, key: str) -> Any:
        """Return what stands in the column `key`, None if nothing does."""
        if key in ("run", "status"):
            return getattr(self, key)
        return self.results[key] if key in self.results else self.config.get(key)


@dataclass(frozen=True)
class Comparison:
    """The rows in order, the config keys that differ, what is shared, and what was not read."""

    rows: tuple[Row, ...]
    differing: tuple[str, ...]
    shared: Mapping[str, Any]
    warnings: tuple[str, ...]


def compare_runs(
    arguments: Iterable[str],
    sort: str = "val_accuracy",
    reverse: bool = False,
    top: int | None = None,
) -> Comparison:
    """Read the runs that the arguments name and put them in order.

    The order is that of `sort`, the largest first for accuracies and speed and the smallest first
    else; runs that have no such number, and then runs that were not completed, come last.
    Raises SortKeyError if no run has the key.
    """
    warnings: list[str] = []
    rows = []
    for path in _expand(arguments, warnings):
        try:
            rows.append(_row(load_run(path)))
        except RunError as error:
            warnings.append(f"{shown(path, 200)}: {error}")
    keys = list(dict.fromkeys(key for row in rows for key in row.config))
    if rows and sort not in {"run", "status", *RESULTS, *keys}:
        choices = ", ".join(["run", "status", *RESULTS, *map(shown, keys)])
        raise SortKeyError(f"--sort {shown(sort)}: no such column", f"choose from {choices}")
    ordered = _ordered(rows, sort, reverse)[:top]
    differing = [key for key in keys if key != "name" and _differs(key, ordered)]
    shared = {key: ordered[0].config.get(key) for key in keys if key not in ("name", *differing)}
    return Comparison(tuple(ordered), tuple(differing), shared, tuple(warnings))


def _expand(arguments: Iterable[str], warnings: list[str]) -> list[Path]:
    """Return the run directories that the arguments name, each once."""
    found: dict[str, Path] = {}  # by what they really are
    for argument in arguments:
        path = Path(argument)
        # os.path and glob: a name may be too long, or a pattern absolute, which pathlib refuses
        there = os.path.exists(path)  # noqa: PTH110
        matches = [path] if there else sorted(map(Path, glob.glob(argument)))  # noqa: PTH207
        try:
            runs = [run for match in matches for run in _runs_at(match, warnings)]
        except OSError as error:
            warnings.append(f"{shown(error.filename or argument, 200)}: {reason(error)}")
            continue
        for run in runs:
            found.setdefault(os.path.realpath(run), run)
        if not matches:
            warnings.append(f"{shown(argument, 200)}: no such file or directory")
        elif not runs:
            warnings.append(f"{shown(argument, 200)}: no run directory, and none in it")
    return list(found.values())


def _runs_at(path: Path, warnings: list[str]) -> Iterator[Path]:
    """Yield the path if it is a run, or else the runs that it holds; links there may lead away."""
    if not path.is_dir():
        return
    if is_run(path):
        yield path
        return
    for child in sorted(path.iterdir()):
        if not child.is_dir() or not is_run(child):
            continue
        if child.is_symlink() and child.resolve().parent != path.resolve():
            warnings.append(f"{shown(child, 200)}: a link out of its folder; name it to compare it")
        else:
            yield child


def _row(run: Run) -> Row:
    results = _finished(run.summary) if run.status == "completed" else _unfinished(run.last)
    return Row(run.name, str(run.path), run.status, run.config, dict.fromkeys(RESULTS) | results)


def _finished(summary: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the results of a summary; raise RunError if one is missing or cannot be true."""
    names = ("val_accuracy", "test_accuracy", "seconds", "examples_per_second")
    results: dict[str, float | None] = {name: _number(summary, name) for name in names}
    not_finite = "test_loss" in summary and summary["test_loss"] is None  # so JSON has it
    results["test_loss"] = None if not_finite else _number(summary, "test_loss")
    results["steps_taken"] = _number(summary, "steps")
    for name in ("val", "test"):
        share, examples = _number(summary, f"{name}_accuracy"), _number(summary, f"{name}_examples")
        if share > 1:
            raise RunError(f"summary.json is damaged: {name}_accuracy is not a share")
        if examples < 1:
            raise RunError(f"summary.json is damaged: {name}_examples is less than 1")
        low, high = wilson_interval(round(share * examples), int(examples))
        results |= {f"{name}_low": low, f"{name}_high": high}
    return results


def _unfinished(last: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what the last metrics row says."""
    names = ("val_accuracy", "seconds", "examples_per_second")
    return {name: _finite(last.get(name)) for name in names} | {
        "steps_taken": _finite(last.get("step"))
    }


def _finite(value: Any) -> float | None:
    """Return a number that JSON may hold as it is, and None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < 1e18 and math.isfinite(value) else None


def _number(summary: Mapping[str, Any], key: str) -> float:
    value = _finite(summary.get(key))
    if value is None or value < 0:
        raise RunError(f"summary.json is damaged: {key} is not a number of at least 0")
    return value


def _ordered(rows: list[Row], sort: str, reverse: bool) -> list[Row]:
    def comparable(row: Row) -> tuple[bool, Any]:
        value = row.get(sort)
        numeric = isinstance(value, int | float)
        return not numeric, value if numeric else str(value)

    def unranked(row: Row) -> tuple[bool, bool]:
        return row.status != "completed", row.get(sort) is None

    ranked = sorted(rows, key=comparable, reverse=reverse != (sort in LARGEST_FIRST))
    return sorted(ranked, key=unranked)  # stable: the order above stays within each kind


def _differs(key: str, rows: list[Row]) -> bool:
    return any(row.config.get(key) != rows[0].config.get(key) for row in rows)
