"""A data set on one screen of 80 columns and 24 lines, or in full."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from mlpcli.data import ColumnFacts, Description
from mlpcli.errors import shown
from mlpcli.terminal import Section, Table, Text, count, number, table_of

WIDTH = 80
LINES = 23  # of a screen; what to type next has the last one
LEAST_COLUMNS = 4  # that are shown whatever else there is to say
NAME = 26  # characters at most of a column's name
CLASSES = 12  # that are named with their rows
WARNING_LINES = 7
ROLES = {
    "target": "target",
    "numeric": "number",
    "categorical": "category",
    "split_by": "split_by",
    "unused": "not used",
}
Row = tuple[str, str, str, str]


def full_sections(found: Description) -> Iterator[Section]:
    """Yield the sections with all columns, classes and warnings."""
    yield Section(headline(found), [_table([_row(each) for each in found.columns])])
    yield Section("", [Text(text) for text in learned_texts(found, len(found.classes))])
    if found.warnings:
        yield Section(_warnings_title(found), [Text(each, "warning") for each in found.warnings])


def brief_sections(found: Description) -> Iterator[Section]:
    """Yield the sections that fit a screen: columns as far as there is room, then the rest."""
    warnings = list(_brief_warnings(found))
    yield Section(headline(found), [_table(_rows(found.columns, _room(found)))])
    yield Section("", [Text(text) for text in learned_texts(found, CLASSES)])
    if warnings:
        yield Section(_warnings_title(found), warnings)


def is_cut(found: Description) -> bool:
    """Say whether the full sections say more than the brief ones."""
    warnings = [each.text for each in _brief_warnings(found)]
    return (
        len(found.columns) > _room(found)
        or len(found.classes) > CLASSES
        or warnings != [*found.warnings]
    )


def _room(found: Description) -> int:
    """Return the lines that are left for columns."""
    below = 1 + sum(map(_lines, learned_texts(found, CLASSES)))
    if found.warnings:
        below += 2 + sum(_lines(each.text) for each in _brief_warnings(found))
    if found.problem:
        below += _lines(str(found.problem)) + _lines(found.problem.hint)
    return max(LEAST_COLUMNS, LINES - 2 - below)


def headline(found: Description) -> str:
    """Name the data set with its size."""
    columns = count(found.width, "column")
    return f"{shown(found.name, 40)}: {count(found.rows, 'row')}, {columns}"


def learned_texts(found: Description, most: int) -> Iterator[str]:
    """Yield what is to be learned, and how the rows are split."""
    data = found.data
    if not data:
        yield "not to be learned from as it stands"
        return
    what = ", ".join(shown(each) for each in found.targets[:3]) or "the target"
    last = (
        " (the last column, for no other is named)"
        if found.spec.target is None and found.targets
        else ""
    )
    if found.classes:
        named = [
            f"{shown(name, 30)} {rows / found.rows:.1%}" for name, rows in found.classes[:most]
        ]
        left = len(found.classes) - len(named)
        more = f" and {left:,} more" if left else ""
        yield f"learns {what}{last}: {len(found.classes):,} classes: {', '.join(named)}{more}"
    for each in found.values[:most]:
        spread = f"mean {number(each.mean)}, standard deviation {number(each.deviation)}"
        ends = f"{_plain(each.low)} to {_plain(each.high)}"
        yield f"learns {shown(each.name)}{last}: numbers from {ends}, {spread}"
    spec, seed = data.spec, f", seed {data.spec.split_seed}"
    how = f"{spec.split or 'as filed'}{'' if spec.split in (None, 'first', 'time') else seed}"
    yield (
        f"split: {data.train_examples:,} train, {data.validation_examples:,} validate, "
        f"{data.test_examples:,} test ({how})"
    )
    yield f"a network sees {count(data.inputs, 'number')} of each row ({_scaling(found)})"


def _scaling(found: Description) -> str:
    assert found.data
    scaling = found.data.spec.scaling or "minmax"
    categories = len(found.of_role("categorical"))
    one_hot = f"; {count(categories, 'column')} one-hot" if categories else ""
    return f"scaling: {scaling}{one_hot}"


def _warnings_title(found: Description) -> str:
    return count(len(found.warnings), "warning")


def _brief_warnings(found: Description) -> Iterator[Text]:
    """Yield the warnings that there is room for, one at least, and how many more there are."""
    room = WARNING_LINES
    for nth, each in enumerate(found.warnings):
        left = len(found.warnings) - nth
        if nth and _lines(each) > room - (left > 1):
            yield Text(f"and {left} more: --full", "strong")
            return
        room -= _lines(each)
        yield Text(each, "warning")


def _lines(text: str) -> int:
    return len(textwrap.wrap(text, WIDTH)) or 1


def _rows(columns: Sequence[ColumnFacts], room: int) -> list[Row]:
    """Return a row a column: the target first, then as many as there is room for."""
    targets = [each for each in columns if each.role == "target"]
    ordered = [*targets, *(each for each in columns if each.role != "target")]
    if len(ordered) <= room:
        return [_row(each) for each in ordered]
    rest = ordered[room - 1 :]
    kinds = {kind: sum(each.role == kind for each in rest) for kind in ROLES}
    said = ", ".join(f"{n:,} {ROLES[kind]}" for kind, n in kinds.items() if n)
    gaps = sum(bool(each.missing) for each in rest)
    missing = f"; {gaps:,} with missing values" if gaps else ""
    row = (f"and {len(rest):,} more", "", "", f"{said}{missing}")
    return [*(_row(each) for each in ordered[: room - 1]), row]


def _row(each: ColumnFacts) -> Row:
    name = f"{each.columns:,} columns" if each.columns > 1 else each.name
    missing = f"{each.missing:,}" if each.missing else "-"
    return shown(name, NAME), ROLES[each.role], missing, _content(each)


def _content(each: ColumnFacts) -> str:
    if each.holds in ("numbers", "whole numbers"):
        if each.low is None or each.high is None:
            return "all missing"
        ends = f"{_plain(each.low)} to {_plain(each.high)}"
        return f"{ends}, {each.different:,} different" if each.different is not None else ends
    named = ", ".join(f"{shown(value, 20)} {rows:,}" for value, rows in each.common)
    more = ", ..." if (each.different or 0) > len(each.common) else ""
    return f"{each.different:,}: {named}{more}"


def _table(rows: Sequence[Row]) -> Table:
    names, kinds, gaps = (max(map(len, column)) for column in [*zip(*rows, strict=True)][:3])
    room = WIDTH - max(names, 6) - max(kinds, 5) - max(gaps, 7) - 6
    cut = [(*row[:3], shown(row[3], max(room, 10))) for row in rows]
    return table_of(("column", "is a", "missing", "values"), cut, texts=4)


def _plain(value: float) -> str:
    """Write a number as it may stand in a file: a year has no comma."""
    return f"{value:.10g}" if value == round(value) else f"{value:.6g}"
