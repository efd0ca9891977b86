"""What a data set is, for people: its columns, what is to be learned, and what is odd about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from mlpcli.data.chosen_columns import ChosenColumns, choose_columns
from mlpcli.data.class_targets import class_ids
from mlpcli.data.column_warnings import is_constant, is_identifier
from mlpcli.data.dataset import Dataset
from mlpcli.data.mnist import MNIST
from mlpcli.data.own import dataset_from
from mlpcli.data.raw import Raw, read_raw
from mlpcli.data.registry import dataset_of
from mlpcli.data.spec import DataSpec
from mlpcli.data.table import Arrays, Table
from mlpcli.data.targets import FEW, read_target
from mlpcli.data.task import Classification
from mlpcli.data.value_targets import target_values
from mlpcli.errors import DataError, MlpcliError

if TYPE_CHECKING:
    import polars as pl

COMMON = 5  # values of a column of text that are named, the most common
TRIED = 5  # columns at most that are tried as a target

Role = Literal["target", "numeric", "categorical", "split_by", "unused"]
Holds = Literal["numbers", "whole numbers", "text", "true or false"]


@dataclass(frozen=True)
class ColumnFacts:
    """What is in a column of a table; of arrays, in all of their columns together."""

    name: str
    role: Role
    holds: Holds
    missing: int  # rows
    different: int | None  # values; None of numbers with a fraction
    low: float | None = None  # of numbers
    high: float | None = None
    common: tuple[tuple[str, int], ...] = ()  # the most common values of others, with their rows
    odd: Literal["", "constant", "identifier"] = ""
    columns: int = 1  # that it stands for


@dataclass(frozen=True)
class ValueFacts:
    """The values of a target of numbers over all rows, in its unit."""

    name: str
    low: float
    high: float
    mean: float
    deviation: float


@dataclass(frozen=True)
class Description:
    """A data set as people want to know it."""

    spec: DataSpec  # as it was asked for, with the defaults of where the rows are from
    name: str
    rows: int  # of all files
    columns: tuple[ColumnFacts, ...]
    targets: tuple[str, ...]
    classes: tuple[tuple[str, int], ...] = ()  # with their rows, the largest first
    values: tuple[ValueFacts, ...] = ()
    warnings: tuple[str, ...] = ()
    data: Dataset | None = None  # None where it cannot be learned from, for the `problem`
    problem: MlpcliError | None = None

    @property
    def width(self) -> int:
        """The number of columns, the target among them where it is one."""
        return sum(each.columns for each in self.columns)

    def of_role(self, *roles: Role) -> tuple[ColumnFacts, ...]:
        """Return the columns of a role, or of some, in the file's order."""
        return tuple(each for each in self.columns if each.role in roles)


def describe(spec: DataSpec) -> Description:
    """Return what the data set of a config's data keys is.

    Where its rows can be read but not learned from, as for a target with missing values, the
    columns are described all the same, and `problem` says why. Raises DataError for a file that
    cannot be read, and a column that is not there.
    """
    raw = read_raw(spec)
    chosen = choose_columns(raw.main, raw.spec)
    found = Description(
        spec=raw.spec,
        name=raw.name,
        rows=len(raw.main) + sum(map(len, raw.others.values())),
        columns=tuple(_columns(raw, chosen)),
        targets=chosen.targets,
        warnings=raw.main.notes,
    )
    try:
        data = MNIST if spec == MNIST.spec else dataset_from(raw)
        return _with_targets(replace(found, data=data, warnings=data.warnings), raw)
    except DataError as error:
        return replace(found, problem=error)


def columns_alone(found: Description, problem: MlpcliError) -> Description:
    """Return the description of rows of which nothing is known to be learned, for the problem."""
    columns = tuple(
        replace(each, role="unused") if each.role == "target" else each for each in found.columns
    )
    return replace(
        found, columns=columns, targets=(), classes=(), values=(), data=None, problem=problem
    )


def likely_target(description: Description) -> str | None:
    """Return a column that can be the target where the one asked for cannot; None where none can.

    Text before numbers, and the last first. Those that are odd or miss values are passed over.
    """
    known = [each for each in reversed(description.columns) if not (each.odd or each.missing)]
    few = [each for each in known if 2 <= (each.different or 0) <= FEW]
    few.sort(key=lambda each: each.holds == "whole numbers")
    numbers = [each for each in known if each.holds in ("numbers", "whole numbers")]
    for each in dict.fromkeys([*few, *numbers][:TRIED]):
        try:
            dataset_of(replace(description.spec, target=each.name, task=None))
        except DataError:
            continue
        return each.name
    return None


def _with_targets(found: Description, raw: Raw) -> Description:
    """Return the description with its classes, or the range of its values."""
    import numpy as np

    assert found.data
    task = found.data.task
    targets = [read_target(each, found.targets) for each in (raw.main, *raw.others.values())]
    if isinstance(task, Classification):
        ids = np.concatenate([class_ids(each, task.classes) for each in targets])
        counts = np.bincount(ids, minlength=task.outputs)
        order = np.argsort(-counts, kind="stable")
        return replace(found, classes=tuple((task.classes[i], int(counts[i])) for i in order))
    values = np.concatenate([target_values(each) for each in targets])
    facts = zip(task.targets, values.T, strict=True)
    return replace(
        found,
        values=tuple(
            ValueFacts(name, *(float(f(x)) for f in (np.min, np.max, np.mean, np.std)))
            for name, x in facts
        ),
    )


def _columns(raw: Raw, chosen: ChosenColumns) -> Iterator[ColumnFacts]:
    if isinstance(raw.main, Arrays):
        yield _of_arrays(raw.main)
        return
    others = [each.frame for each in raw.others.values() if isinstance(each, Table)]
    for column in raw.main.frame.get_columns():
        for other in others:
            if column.name in other.columns and other[column.name].dtype == column.dtype:
                column = column.append(other[column.name])
        yield _of_column(column, _role(column.name, raw.spec, chosen))


def _role(name: str, spec: DataSpec, chosen: ChosenColumns) -> Role:
    if name in chosen.targets:
        return "target"
    if name in chosen.kinds:
        return chosen.kinds[name]
    return "split_by" if name == spec.split_by else "unused"


def _of_column(column: pl.Series, role: Role) -> ColumnFacts:
    odd: Literal["", "constant", "identifier"] = ""
    if is_constant(column):
        odd = "constant"
    elif is_identifier(column):
        odd = "identifier"
    missing = column.null_count()
    if column.dtype.is_numeric():
        low, high = column.min(), column.max()
        whole = column.dtype.is_integer() or bool((column == column.round()).all())
        return ColumnFacts(
            name=column.name,
            role=role,
            holds="whole numbers" if whole else "numbers",
            missing=missing,
            different=column.drop_nulls().n_unique() if whole else None,
            low=None if low is None else float(low),  # type: ignore[arg-type]
            high=None if high is None else float(high),  # type: ignore[arg-type]
            odd=odd,
        )
    counts = column.drop_nulls().value_counts(sort=True)
    common = zip(counts[column.name].head(COMMON), counts["count"].head(COMMON), strict=True)
    return ColumnFacts(
        name=column.name,
        role=role,
        holds="text" if column.dtype.is_(_text()) else "true or false",
        missing=missing,
        different=len(counts),
        common=tuple((str(value), int(count)) for value, count in common),
        odd=odd,
    )


def _text() -> type[pl.DataType]:
    import polars as pl

    return pl.String


def _of_arrays(arrays: Arrays) -> ColumnFacts:
    import numpy as np

    x = arrays.features
    whole = x.dtype.kind in "ui"
    return ColumnFacts(
        name=f"0 to {x.shape[1] - 1:,}",
        role="numeric",
        holds="whole numbers" if whole else "numbers",
        missing=0 if whole else int(np.isnan(x).any(axis=1).sum()),
        different=None,
        low=float(x.min() if whole else np.nanmin(x)),
        high=float(x.max() if whole else np.nanmax(x)),
        columns=x.shape[1],
    )
