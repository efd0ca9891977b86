"""A difference of two runs as `diff --json` prints it; `mlpcli schema diff` is its JSON Schema."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import msgspec
from msgspec import Struct, field

from mlpcli.compare.diff import Change, ClassChange, Discordance, Race, RunDiff
from mlpcli.compare.diff_errors import ErrorsApart
from mlpcli.runs import RunDetails, json_shape, run_details


class ClassRecord(Struct, frozen=True):
    """The test examples of a class by which network has them right; p is McNemar's, exact.

    `difference` is B - A, a share, and `p_adjusted` by Holm for the number of classes.
    """

    label: int = field(name="class")
    examples: int
    a_correct: int
    b_correct: int
    difference: float
    only_a: int
    only_b: int
    p: float
    p_adjusted: float
    beyond_chance: bool


class DiffRecord(Struct, frozen=True):
    """Two runs; `test` is null where they cannot be compared example by example.

    Of values it is `errors`.

    `config`, `environment` and `data` are the keys whose values differ, `classes` the most changed
    first, and `reached` says when each run first had the best validation score of A, and of B.
    """

    a: RunDetails
    b: RunDetails
    same_run: bool
    conclusion: str
    config: tuple[Change, ...]
    environment: tuple[Change, ...]
    data: tuple[Change, ...]
    test: Discordance | None
    errors: ErrorsApart | None
    classes: tuple[ClassRecord, ...]
    reached: tuple[Race, ...]
    warnings: tuple[str, ...]


def diff_json(diff: RunDiff) -> dict[str, Any]:
    """Return a difference for JSON."""
    record: dict[str, Any] = msgspec.to_builtins(
        DiffRecord(
            a=RunDetails(**run_details(diff.a)),
            b=RunDetails(**run_details(diff.b)),
            same_run=diff.same_run,
            conclusion=diff.conclusion,
            config=diff.config,
            environment=diff.environment,
            data=diff.data,
            test=diff.test,
            errors=diff.errors,
            classes=tuple(map(_class, diff.classes)),
            reached=diff.races,
            warnings=diff.warnings,
        )
    )
    return record


def _class(change: ClassChange) -> ClassRecord:
    return ClassRecord(**asdict(change), beyond_chance=change.beyond_chance)


def diff_schema() -> dict[str, Any]:
    """Return the JSON Schema of a difference."""
    return json_shape(DiffRecord)
