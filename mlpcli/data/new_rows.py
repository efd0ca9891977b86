"""Rows that a network has not seen, read from a file as those of its training were."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from mlpcli.data.sources.keys import ColumnKeys
from mlpcli.data.table import Arrays, Table
from mlpcli.errors import DataError, nearest, shown

if TYPE_CHECKING:
    from mlpcli.data.facts import DataFacts

STDIN = "-"
LISTED = 5  # columns at most in a message


@dataclass(frozen=True)
class NewRows:
    """The rows of a file, in its order; `unused` are its columns that were not read."""

    source: Table | Arrays
    unused: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file, as messages name it."""
        return self.source.source


def read_new_rows(
    file: str, facts: DataFacts, targets: Sequence[str] = (), keep: bool = False
) -> NewRows:
    """Read the columns that a network predicts from, whatever their order, and the targets.

    `file` is a path, or "-" for delimited text on standard input. Other columns are not read, or as
    they stand with `keep`. A column that held numbers in training has to hold numbers. Raises
    DataError for that, for a column that is not there, with its place in the schema, and for what
    `read_source` refuses.
    """
    keys = _Wanted.of(facts, targets, keep)
    if file == STDIN:
        from mlpcli.data.sources.text import read_held

        source: Table | Arrays = read_held(sys.stdin.buffer, "standard input", keys)
    else:
        from mlpcli.data.sources import read_with

        source = read_with(Path(file), keys)
    _require_kind(source, facts)
    if isinstance(source, Arrays):
        return NewRows(source, _unused_of_arrays(source, facts))
    if not keep and not source.is_mapped:  # which has no other columns
        source = Table(source.frame.select(keys.all), source.source, source.place, source.notes)
    return NewRows(source, tuple(keys.unused))


@dataclass(frozen=True)
class _Wanted(ColumnKeys):
    """The columns that are read of a file, by those of a network's training."""

    inputs: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    keep: bool = False
    numbers: Collection[str] = ()
    unused: list[str] = field(default_factory=list)  # columns of the file; found while it is read

    trains: ClassVar[bool] = False
    labelled: ClassVar[bool] = False
    why_numbers: ClassVar[str] = "the column held numbers in training"
    otherwise: ClassVar[str] = ""

    @staticmethod
    def of(facts: DataFacts, targets: Sequence[str], keep: bool) -> _Wanted:
        preparation = facts.preparation
        inputs = facts.input_columns
        categorical = {each.name for each in preparation.categorical}
        numbers = set(preparation.numeric.names) if inputs else set()
        kind = _Wanted if targets else _Predicted
        return kind(
            numeric=numbers,
            categorical=categorical,
            target=targets[0] if len(targets) == 1 else None,
            inputs=inputs,
            targets=tuple(targets) if inputs else (),
            keep=keep,
            numbers=numbers | {*(targets if facts.task.kind == "regression" else ())},
        )

    @property
    def all(self) -> list[str]:
        return list(dict.fromkeys((*self.inputs, *self.targets)))

    def is_text(self, name: str) -> bool:
        """Say whether a column is text; a target is what its values are, as in training."""
        return name not in self.numbers and name not in self.targets

    def require_columns(self, names: Sequence[str], source: str) -> None:
        """Raise DataError where a column is not there. Of an array's columns nobody asks here."""
        there = set(names)
        lacking = [each for each in self.all if each not in there]
        if lacking and self.inputs:
            raise self._lacking(lacking, names, source)
        used = set(self.all)
        self.unused[:] = [each for each in names if each not in used]

    def _lacking(self, lacking: Sequence[str], names: Sequence[str], source: str) -> DataError:
        said = ", ".join(map(self._placed, lacking[:LISTED]))
        more = f" and {len(lacking) - LISTED:,} more" if len(lacking) > LISTED else ""
        if lacking[0] not in self.inputs:
            return DataError(f"{source}: no column {said}{more}", "mlpcli predict does without it")
        free = set(names) - set(self.all)
        meant = nearest(lacking[0], free) if len(free) < 10_000 else []
        return DataError(
            f"{source}: no column {said}{more}",
            f'is it "{shown(meant[0])}"? rename it to {shown(lacking[0])}'
            if meant
            else f"add it, with nothing in it where it is not known: {shown(lacking[0])}",
        )

    def _placed(self, name: str) -> str:
        if name not in self.inputs:
            return f'"{shown(name)}", which is to be predicted'
        number = self.inputs.index(name) + 1
        return f'"{shown(name)}", number {number:,} of the {len(self.inputs):,} it was trained on'

    def kept(self, names: Sequence[str], source: str) -> list[str]:
        """Return the columns that are read, in the file's order."""
        wanted = set(self.all or names)  # of arrays none is named, and a table is refused whole
        return [each for each in names if self.keep or each in wanted]


class _Predicted(_Wanted):
    """Columns of which some rows at a time are wanted, and no column whole."""

    streams: ClassVar[bool] = True


def _require_kind(source: Table | Arrays, facts: DataFacts) -> None:
    """Raise DataError where the network was trained on a table, and this is none, or vice versa."""
    name = source.source
    if isinstance(source, Arrays) and facts.input_columns:
        listed = ", ".join(map(shown, facts.input_columns[:LISTED]))
        more = ", ..." if len(facts.input_columns) > LISTED else ""
        raise DataError(
            f"{name}: an array, whose columns have no names; it was trained on {listed}{more}",
            "save it as CSV or Parquet with these columns",
        )
    if isinstance(source, Table) and not facts.input_columns:
        raise DataError(
            f"{name}: a table; it was trained on arrays, of {facts.inputs:,} numbers a row",
            "save it as .npy or .npz",
        )
    if isinstance(source, Arrays):
        columns, needed = source.features.shape[1], _last_column(facts) + 1
        if columns < needed or (not facts.columns and columns != needed):
            raise DataError(
                f"{name}: {columns:,} numbers a row; it was trained on column {needed - 1:,}, too"
                if facts.columns
                else f"{name}: {columns:,} numbers a row, allowed {needed:,}",
                f"save it with the columns of {shown(facts.name)}",
            )


def _last_column(facts: DataFacts) -> int:
    return max(map(int, facts.preparation.columns))


def _unused_of_arrays(source: Arrays, facts: DataFacts) -> tuple[str, ...]:
    used = set(facts.preparation.columns)
    columns = map(str, range(source.features.shape[1]))
    return tuple(each for each in columns if each not in used)
