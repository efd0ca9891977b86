"""Which columns of a source are predicted, which are predicted from, and what kind each is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlpcli.data.preparation import Kind
from mlpcli.data.sources.keys import no_column
from mlpcli.data.spec import DataSpec, Name
from mlpcli.data.table import Arrays, Table
from mlpcli.errors import DataError, shown

LISTED = 5_000  # characters at most of the columns of a kind that a config lists, which has 16,384


@dataclass(frozen=True)
class ChosenColumns:
    """The columns that are predicted, and the kind of each that they are predicted from."""

    targets: tuple[str, ...]
    kinds: dict[str, Kind]

    def of_kind(self, kind: Kind) -> tuple[str, ...]:
        """Return the columns of a kind, in the file's order."""
        return tuple(name for name, its in self.kinds.items() if its == kind)


def listed(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that a config has room for as a list, and none if it has not."""
    return names if sum(len(each.encode()) + 4 for each in names) <= LISTED else ()


def choose_columns(source: Table | Arrays, spec: DataSpec) -> ChosenColumns:
    """Return the columns that a config names, the others by its defaults.

    The last column is predicted, all others are predicted from, but for the one that rows are
    split by; text is categorical, numbers and booleans are numeric. Raises DataError, with the key,
    for a column that is not there, or is given two parts.
    """
    columns = _columns(source)
    targets = _targets(source, spec, columns)
    asked = _named(source, "inputs", spec.inputs, columns)
    left_out = spec.ignore if isinstance(source, Arrays) else ()  # a table's are not even read
    ignored = {*_named(source, "ignore", left_out, columns), *targets}
    if spec.split_by is not None:
        by = _named(source, "split_by", (spec.split_by,), columns)
        ignored |= {*by} - {*asked}
    if both := [name for name in asked if name in ignored]:
        what = "the target" if both[0] in targets else "ignored"
        raise DataError(f"{shown(both[0])} is {what} too", "leave it out", key="inputs")
    inputs = [name for name in columns if (name in asked if asked else name not in ignored)]
    if not inputs:
        raise DataError(f"{source.source}: no column is left to predict from", key="ignore")
    return ChosenColumns(targets, _kinds(source, spec, columns, inputs))


def _columns(source: Table | Arrays) -> tuple[str, ...]:
    return source.columns


def _targets(source: Table | Arrays, spec: DataSpec, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to predict; none where an array of their own holds the targets."""
    if isinstance(source, Arrays) and source.targets is not None:
        return ()
    if spec.target is None:
        return (columns[-1],)
    named = spec.target if isinstance(spec.target, tuple) else (spec.target,)
    return _named(source, "target", named, columns)


def _named(
    source: Table | Arrays, key: str, names: Iterable[Name], columns: Sequence[str]
) -> tuple[str, ...]:
    """Return the columns that a key names, in its order. Raises DataError for one not there."""
    known = set(columns)
    for name in names:
        if str(name) not in known:
            raise no_column(str(name), key, columns, source.source)
    return tuple(map(str, names))


def _kinds(
    source: Table | Arrays, spec: DataSpec, columns: Sequence[str], inputs: Sequence[str]
) -> dict[str, Kind]:
    categorical = {*_named(source, "categorical", spec.categorical, columns)}
    numeric = {*_named(source, "numeric", spec.numeric, columns)}
    if both := sorted(categorical & numeric):
        raise DataError(f"{shown(both[0])} is categorical too", "leave it out", key="numeric")
    kinds: dict[str, Kind] = {}
    for name in inputs:
        text = isinstance(source, Table) and not _is_number(source, name)
        if text and name in numeric:
            raise DataError(f"{shown(name)} is text", "leave it out", key="numeric")
        kinds[name] = "categorical" if text or name in categorical else "numeric"
    return kinds


def _is_number(table: Table, name: str) -> bool:
    import polars as pl

    dtype = table.frame.schema[name]
    return dtype.is_numeric() or dtype == pl.Boolean
