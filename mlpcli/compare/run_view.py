"""A comparison of runs: what they share, and a table of what differs and what came out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mlpcli.compare.cells import cell, column
from mlpcli.compare.columns import RESERVED, score_columns
from mlpcli.compare.comparison import Comparison
from mlpcli.compare.differing import CELL, columns_of, left_out
from mlpcli.compare.heading import heading, kept_note, shortened, times_note
from mlpcli.compare.rows import Row
from mlpcli.errors import shown
from mlpcli.runs import SCORES
from mlpcli.terminal import (
    Block,
    Column,
    Emphasis,
    Section,
    Table,
    Text,
    status_emphasis,
    value_text,
)

CONFIG_PART = 1  # the second of the parts of a table that does not fit
TIMESTAMP = re.compile(r"^\d{8}-\d{6}-")
NAME = 100  # characters of a run's name
ALIKE = ("steps_taken", "seconds", "examples_per_second")  # results of any task, at any point
OF_VALUES = ("test_rmse",)  # in the unit of the target, where runs have one


def run_sections(comparison: Comparison) -> list[Section]:
    """Return the sections of a comparison of runs; those that do not count are faint."""
    rows = comparison.top
    names, keys = _names(comparison), set(comparison.differing[0])
    ranked = not (comparison.point and comparison.point.mixed)  # else the best is of another step
    columns = [_run_column(rows)]
    columns += [
        _column(name, rows, name in keys and name not in RESERVED, ranked) for name in names
    ]
    emphasis: list[Emphasis] = ["" if row.counts else "faint" for row in rows]
    blocks: list[Block] = [heading(comparison, names), Table(columns, emphasis, gap=1)]
    return [Section("", [*blocks, *_notes(comparison, names)])]


def _names(comparison: Comparison) -> list[str]:
    """Return the names of the columns: those asked for, or what differs and what came out."""
    if comparison.query.columns:
        return [name for name in comparison.query.columns if name != "run"]
    rows = comparison.top
    keys = columns_of(comparison.differing[0], [row.config for row in rows])
    point = comparison.point
    scores = score_columns(row.score_key for row in rows)
    if point:
        scores = [name for name in scores if name in SCORES.values()]
        step = ["val_step"] if point.own_steps else []
        return ["status", *keys, *scores, *step, "val_loss", *ALIKE]
    errors = [key for key in OF_VALUES if any(row.results[key] is not None for row in rows)]
    return ["status", *keys, *scores, *errors, "test_loss", *ALIKE]


def _run_column(rows: Sequence[Row]) -> Column:
    """Return the column of the names, marked where a run did not reach the point asked for."""
    names = [shown(row.run, NAME) + ("" if row.reached else " *") for row in rows]
    whole = Column("run", names)
    return replace(whole, narrow=Column("run", [TIMESTAMP.sub("", name) for name in names]))


def _column(name: str, rows: Sequence[Row], of_config: bool, ranked: bool) -> Column:
    part = CONFIG_PART if of_config else 0
    if of_config:
        cells = [value_text(row.config.get(name), CELL) for row in rows]
        return replace(column(name, cells, part), number=False)
    if name == "status":
        marks = [_status_emphasis(row) for row in rows]
        whole = column(name, [row.standing for row in rows], part, marks)
        short = ["learned nothing" if row.learned is False else row.status for row in rows]
        return replace(whole, narrow=column(name, short, part, marks))
    marks = _best(rows, name) if name in SCORES.values() and ranked else []
    return column(name, [cell(name, row.get(name)) for row in rows], part, marks)


def _status_emphasis(row: Row) -> Emphasis:
    return status_emphasis(row.status, row.learned)


def _best(rows: Sequence[Row], score: str) -> list[Emphasis]:
    """Return the emphasis of validation scores: the largest is green, of several runs."""
    values = [row.results[score] if row.counts else None for row in rows]
    there = [value for value in values if value is not None]
    best = max(there) if len(there) > 1 else None
    return ["better" if value is not None and value == best else "" for value in values]


def _other_data(rows: Sequence[Row]) -> str:
    """Say that scores of runs are not of the same examples; "" where they are."""
    of = {row.scored_on for row in rows if row.counts} - {""}  # where nobody knows
    if len(of) < 2:
        return ""
    names = {row.facts.name for row in rows if row.counts and row.facts}
    sets = f"different data sets ({', '.join(map(shown, sorted(names)[:3]))})"
    what = sets if len(names) > 1 else "different rows or targets of their data"
    return f"These runs are of {what}: a score of one says nothing of another."


def _notes(comparison: Comparison, names: Sequence[str]) -> list[Text]:
    """Say how far accuracies may be off by their examples alone, and which keys are not shown."""
    rows = comparison.top
    halves = {}
    for name in ("val_accuracy", "test_accuracy"):
        stem = name.removesuffix("accuracy")
        bounds = [(row.results[f"{stem}low"], row.results[f"{stem}high"]) for row in rows]
        found = [high - low for low, high in bounds if low is not None and high is not None]
        if found and name in names:
            halves[name] = f"{name} ±{50 * max(found):.1f}"
    notes = [_other_data(rows)]
    if halves:
        notes.append(
            f"95 % intervals by the examples, at most: {', '.join(halves.values())} points; "
            "another seed moves them too."
        )
    if not comparison.query.columns:
        notes.append(left_out(comparison.differing[0], names, [row.config for row in rows]))
    notes += [kept_note(comparison), times_note(comparison, names), shortened(comparison)]
    return [Text(note, "faint") for note in notes if note]
