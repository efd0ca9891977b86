"""What `compare` does: runs or settings, whichever they make, in each form."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlpcli.compare.as_record import compared, compared_json
from mlpcli.compare.comparison import Comparison, compare
from mlpcli.compare.conditions import why_none
from mlpcli.compare.csv_rows import csv_rows
from mlpcli.compare.next_step import next_step
from mlpcli.compare.query import Options, Query
from mlpcli.compare.ranking import Ranking
from mlpcli.compare.records import Compared
from mlpcli.compare.run_view import run_sections
from mlpcli.compare.setting_view import setting_sections
from mlpcli.compare.target_view import target_sections
from mlpcli.config import first_run
from mlpcli.errors import RunError, shown
from mlpcli.runs import NO_RESULTS, Run, find_runs, see, sweeps_in
from mlpcli.terminal import (
    Section,
    count,
    print_json,
    print_line,
    print_next,
    print_result,
    print_warnings,
    stderr_console,
)

ON_A_TERMINAL, MOST = 20, 40  # rows shown on a terminal, where there are more than the most
MOST_WARNINGS = 10  # lines on a terminal


def show_compared(words: Sequence[str], root: Path, form: str | None, options: Options) -> int:
    """Print what the runs come to, and what could not be read on stderr; return the exit code.

    Without words they are the runs in `root`.
    """
    form = form or "table"
    query = options.query(form)
    comparison = _found(words, root, query)
    if form == "table" and sys.stdout.isatty():
        comparison = _shortened(comparison)
    _print_warnings(comparison.warnings)
    if not comparison.rows:
        if form == "json":
            print_json(compared_json(comparison))
        _print_nothing(comparison, root)
        return 1
    if comparison.of_settings:
        print_warnings(_untrue_verdicts(comparison))
    print_result(comparison, form, comparison_sections, compared_json, csv_rows)
    own_view = comparison.query.curve or comparison.query.to or comparison.query.noise
    if form == "table" and not own_view and (step := next_step(comparison)):
        print_next(step)
    return 0


def compare_runs(*runs: Path | str, runs_dir: Path | str = "runs", **options: Any) -> Compared:
    """Return runs and settings side by side: the record that `mlpcli compare --json` prints.

    `runs` are run directories, folders of them, patterns, unique parts of a run's name in
    `runs_dir`, or "latest"; without any, all in `runs_dir`. Options are the command's: by,
    baseline, where, sort, reverse, top, columns, at, curve, to. What cannot be read is warned of
    (UserWarning). Raises RunError if nothing is left, and MlpcliErrors as the command has them for
    names and options that are none.

    >>> compare_runs("runs/*", where="layers=3").runs[0].config["width"]  # doctest: +SKIP
    500
    """
    query = Options(**options).query()
    comparison = _found([os.fspath(run) for run in runs], Path(runs_dir), query)
    for text in comparison.warnings:
        warnings.warn(text, stacklevel=2)
    if not comparison.rows:
        raise RunError("no run is left to compare", "see which there are: mlpcli compare runs")
    for text in _untrue_verdicts(comparison) if comparison.of_settings else ():
        warnings.warn(text, stacklevel=2)
    return compared(comparison)


def rank_runs(folder: Path, baseline: str) -> Ranking:
    """Return the settings of a folder's runs beside the one of that name. Raises MlpcliErrors."""
    query = Options(by="setting", baseline=baseline).query()
    return _found([str(folder)], folder, query).ranking


def compare_words(words: Sequence[str], root: Path, options: Options) -> Comparison:
    """Return the runs that words mean side by side, as `compare` shows them. Raises MlpcliErrors.

    Without words they are the runs in `root`.
    """
    return _found(words, root, options.query())


def _found(words: Sequence[str], root: Path, query: Query) -> Comparison:
    if not words and not root.exists():
        raise RunError(f"there is no run in {shown(root, 200)} yet", f"make one: {first_run()}")
    paths, unclear = find_runs(words or [str(root)], root)
    return compare(paths, query, unclear)


def comparison_sections(comparison: Comparison) -> Iterator[Section]:
    """Yield a comparison as its query asks for it."""
    if comparison.query.curve:
        from mlpcli.compare.curve_view import curve_sections

        yield from curve_sections(comparison)
    elif comparison.query.noise:
        from mlpcli.compare.noise_view import noise_sections

        yield from noise_sections(comparison)
    elif comparison.query.to:
        yield from target_sections(comparison)
    else:
        yield from _of_all(comparison)


def _of_all(comparison: Comparison) -> Iterator[Section]:
    yield from (setting_sections if comparison.of_settings else run_sections)(comparison)


def show_diff(a: Run, b: Run, form: str, full: bool = False) -> int:
    """Print how two runs differ, and what was not read on stderr; return the exit code."""
    from mlpcli.compare.diff import diff_runs  # reads configs too: 0.1 s to import
    from mlpcli.compare.diff_records import diff_json
    from mlpcli.compare.diff_view import diff_sections, full_diff_sections, next_command

    diff = diff_runs(a, b)
    print_warnings(diff.warnings)
    print_result(diff, form, full_diff_sections if full else diff_sections, diff_json)
    if form != "json":
        print_next(next_command(diff), more=not (full or diff.same_run))
    return 0


def _shortened(comparison: Comparison) -> Comparison:
    """Return a comparison whose first rows alone are shown, where there are many."""
    settings = {row.setting for row in comparison.rows} if comparison.of_settings else ()
    rows = len(settings) if comparison.of_settings else len(comparison.rows)
    if comparison.query.top is not None or rows <= MOST:
        return comparison
    return replace(comparison, query=replace(comparison.query, top=ON_A_TERMINAL), shortened=rows)


def _untrue_verdicts(comparison: Comparison) -> Iterator[str]:
    """Yield what makes verdicts on settings untrue."""
    where = comparison.query.where
    chosen = sorted(where.keys & {"status", "learned", *NO_RESULTS}) if where else []
    if chosen:
        yield (
            f"--where {', '.join(chosen)}: a condition on results chooses among the seeds, and the "
            "verdicts hold for all of them alone; choose by config keys, or add --by run"
        )
    yield from filter(None, (each.disagreement for each in comparison.ranking.settings))


def _print_warnings(warnings: Sequence[str]) -> None:
    """Print what could not be read; on a terminal the first alone, where they would fill it."""
    left = len(warnings) - MOST_WARNINGS
    if left <= 0 or not sys.stderr.isatty():
        print_warnings(warnings)
        return
    print_warnings([*warnings[:MOST_WARNINGS], f"and {count(left, 'more warning')}: --json"])


def _print_nothing(comparison: Comparison, root: Path) -> None:
    where = comparison.query.where
    lines = list(why_none(where, comparison.unmet)) if where and comparison.unmet else []
    hint = see(root) if sweeps_in(root) else f"make one: {first_run()}"
    for line in lines or [f"no run could be read; {hint}"]:
        print_line(stderr_console(), line)
