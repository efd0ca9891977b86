"""What `gate` does: runs found and read, held against limits and a baseline, and a line why."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlpcli.compare.gate import Asked, GateError, pass_gate
from mlpcli.compare.gate_limits import parse_limits
from mlpcli.compare.gate_records import gate_json
from mlpcli.compare.gate_view import gate_sections
from mlpcli.compare.grouping import group
from mlpcli.compare.query import amount
from mlpcli.compare.rows import to_row
from mlpcli.errors import RunError, shown
from mlpcli.runs import (
    Run,
    RunNameError,
    find_runs,
    load_run,
    open_run,
    open_sound,
    read_all,
    runs_in,
)
from mlpcli.terminal import print_result, print_warnings


@dataclass(frozen=True)
class GateOptions:
    """What is asked of runs, as the command line has it; see `mlpcli gate --help`."""

    least: Sequence[str] = ()  # KEY=VALUE
    most: Sequence[str] = ()
    baseline: Sequence[str] = ()  # as the runs are named
    margin: float = 0.0  # points of accuracy, or R squared


def show_gate(words: Sequence[str], root: Path, form: str, options: GateOptions) -> int:
    """Print whether runs are as good as was asked; return 0, 1, or 3 where that is undecided."""
    asked = Asked(
        parse_limits(options.least, options.most), amount("margin", options.margin) or 0.0
    )
    if not asked.limits and not options.baseline:
        raise GateError(
            "nothing is asked: no --min, --max or --baseline",
            "for example: mlpcli gate latest --min test_accuracy=0.9 --max seconds=60",
        )
    paths = _found(words, root)
    runs, damaged = _opened(paths)
    theirs, lost = None, list[str]()
    if options.baseline:
        theirs, lost = read_all(open_sound, _others(_found(options.baseline, root), paths))
    gate = pass_gate(runs, damaged, asked, theirs)
    print_warnings([*lost, *gate.warnings])
    print_result(gate, form, gate_sections, gate_json)
    return gate.exit_code


def _opened(paths: Sequence[Path]) -> tuple[list[Run], list[str]]:
    """Return the runs, read closely, and what is wrong with each that cannot be read."""
    runs, damaged = list[Run](), list[str]()
    for path in paths:
        try:
            runs.append(open_run(path))
        except RunError as error:
            damaged.append(str(error))
    return runs, damaged


def _found(words: Sequence[str], root: Path) -> list[Path]:
    """Return the runs that each of the words means.

    Raises RunNameError if one is no name, and RunError if one names a place without runs.
    """
    found: dict[Path, None] = {}
    for word in words:
        try:
            paths, unclear = find_runs([word], root)
        except RunNameError:
            paths, unclear = _of_setting(word, root), []
            if not paths:
                raise
        if unclear:
            raise RunError("\n".join(unclear))
        found.update(dict.fromkeys(paths))
    return list(found)


def _of_setting(label: str, root: Path) -> list[Path]:
    """Return the runs in `root` of the setting that `compare` calls so."""
    runs, _ = read_all(load_run, runs_in(root)[0])
    settings = group(to_row(run) for run in runs)
    named = [each for each in settings if label in (each.label, each.mark)]
    wanted = {row.path for each in named for row in each.rows}
    return [run.path for run in runs if str(run.path) in wanted]


def _others(paths: Sequence[Path], own: Sequence[Path]) -> list[Path]:
    """Return the baseline's runs but for those that are held against it. Raises GateError."""
    mine = {os.path.realpath(path) for path in own}
    others = [path for path in paths if os.path.realpath(path) not in mine]
    if not others:
        where = ", ".join(shown(path, 80) for path in paths[:3])
        raise GateError(
            f"--baseline: no run but those that are held against it: {where}",
            "name other runs, or a folder with others in it",
        )
    return others
