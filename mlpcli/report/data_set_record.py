"""A data set as a record; `data --json` prints it, and its schema says what stands in it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from mlpcli.data import Description
from mlpcli.runs import json_shape


class ColumnRecord(Struct, frozen=True):
    """A column, or all of an array's together: what it is used as, and what is in it.

    `different` is the number of its values, null of numbers with a fraction; `low` and `high` are
    null of what is no number; `common` has the most common values of others, with their rows.
    """

    name: str
    role: Literal["target", "numeric", "categorical", "split_by", "unused"]
    holds: Literal["numbers", "whole numbers", "text", "true or false"]
    missing: int
    different: int | None
    low: float | None
    high: float | None
    common: tuple[tuple[str, int], ...]
    odd: Literal["", "constant", "identifier"]
    columns: int


class ClassRecord(Struct, frozen=True):
    """A class, and how many rows are of it."""

    name: str
    rows: int


class ValuesRecord(Struct, frozen=True):
    """A target of numbers, over all rows, in its unit."""

    name: str
    low: float
    high: float
    mean: float
    deviation: float


class DataSetRecord(Struct, frozen=True):
    """A data set; what depends on what is learned is null where nothing can be, for `problem`.

    `inputs` is how many numbers a network takes of a row; `classes` has the largest first.
    """

    name: str
    sha256: str | None
    rows: int
    task: Literal["classification", "regression"] | None
    targets: tuple[str, ...] = field(name="target")
    columns: tuple[ColumnRecord, ...]
    classes: tuple[ClassRecord, ...]
    values: tuple[ValuesRecord, ...]
    inputs: int | None
    train_examples: int | None
    validation_examples: int | None
    test_examples: int | None
    warnings: tuple[str, ...]
    problem: str | None


def data_json(found: Description) -> dict[str, Any]:
    """Return a description for JSON."""
    facts = found.data.facts if found.data else None
    record = DataSetRecord(
        name=found.name,
        sha256=facts.sha256 if facts else None,
        rows=found.rows,
        task=facts.task.kind if facts else None,
        targets=found.targets,
        columns=tuple(ColumnRecord(**asdict(each)) for each in found.columns),
        classes=tuple(ClassRecord(name, rows) for name, rows in found.classes),
        values=tuple(ValuesRecord(**asdict(each)) for each in found.values),
        inputs=facts.inputs if facts else None,
        train_examples=facts.train_examples if facts else None,
        validation_examples=facts.validation_examples if facts else None,
        test_examples=facts.test_examples if facts else None,
        warnings=found.warnings,
        problem=str(found.problem) if found.problem else None,
    )
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain


def data_schema() -> dict[str, Any]:
    """Return the JSON Schema of a data set."""
    return json_shape(DataSetRecord)
