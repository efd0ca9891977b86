"""Conditions that can hold of no run, and why none is left: told, with what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mlpcli.compare.columns import (
    SHARES,
    STATUSES,
    ColumnError,
    is_r_squared,
    kind_of,
    refuse_without_point,
    require_columns,
)
from mlpcli.compare.rows import Row
from mlpcli.compare.where import Condition, Where
from mlpcli.errors import nearest, shown
from mlpcli.runs import NO_RESULTS
from mlpcli.terminal import value_text

KINDS: dict[type, str] = {bool: "true or false", int: "a number", float: "a number", str: "a text"}
MOST_VALUES = 5  # told one by one


class ConditionError(ColumnError):
    """A condition that can hold of no run, or that holds of each."""


def choose(where: Where, rows: Sequence[Row]) -> list[Row]:
    """Return the rows of which a condition holds, of runs at their ends.

    Raises ColumnError for a key that no run has, and ConditionError.
    """
    asked = [("--where", key) for key in sorted(where.keys)]
    kind_of(asked, "run", "")
    refuse_without_point(asked)
    if rows:
        require_columns(asked, {key for row in rows for key in row.config})
    return chosen(where, rows)


def chosen(where: Where, rows: Sequence[Row]) -> list[Row]:
    """Return the rows of which a condition holds, whose keys are there. Raises ConditionError."""
    refuse_conditions(where, rows)
    return [row for row in rows if where.matches(row.get)]


def refuse_conditions(where: Where, rows: Sequence[Row]) -> None:
    """Raise ConditionError for a comparison that can hold of no run, whatever others say."""
    for condition in where.conditions:
        _refuse_share(condition)
        _refuse_status(condition)
        _refuse_kind(condition, rows)


def _refuse_share(condition: Condition) -> None:
    """Refuse a share beyond 0 to 1, which is a percentage, and results below 0."""
    key, value = condition.key, condition.value
    if key not in NO_RESULTS or isinstance(value, bool) or not isinstance(value, int | float):
        return
    if key in SHARES and not 0 <= value <= 1:
        meant = f"{value / 100:.12g}" if 1 < value <= 100 else "0.9"
        raise ConditionError(
            f"--where {condition}: {key} goes from 0 to 1",
            f"did you mean --where '{key}{condition.sign}{meant}'?",
        )
    if is_r_squared(key):
        if value > 1:
            raise ConditionError(
                f"--where {condition}: {key} is at most 1", f"for example --where '{key}>0.5'"
            )
        return
    if value < 0 or (value == 0 and condition.sign == "<"):
        raise ConditionError(
            f"--where {condition}: {key} is never below 0", f"for example --where '{key}>0'"
        )


def _refuse_status(condition: Condition) -> None:
    value = condition.value
    if condition.key != "status" or condition.sign not in ("=", "==", "!="):
        return
    if isinstance(value, str) and value not in STATUSES:
        near = nearest(value, STATUSES)
        hint = f"did you mean status{condition.sign}{near[0]}? " if near else ""
        raise ConditionError(
            f"--where {condition}: no status", f"{hint}allowed {', '.join(STATUSES)}"
        )


def _refuse_kind(condition: Condition, rows: Sequence[Row]) -> None:
    """Refuse a value of another kind than a key's values are in all the runs that have it."""
    kind = "a text" if condition.sign == "~" else KINDS.get(type(condition.value))
    there = (
        {"a number"}
        if condition.key in NO_RESULTS
        else {KINDS.get(type(each)) for each in _values(condition.key, rows)}
    )
    if kind is None or not there or kind in there or None in there:
        return
    what = " or ".join(sorted(filter(None, there)))
    hint = _meant(condition, rows) or f"its values: {_told(condition.key, rows)}"
    raise ConditionError(f"--where {condition}: {condition.key} is {what}", hint)


def why_none(where: Where, rows: Sequence[Row]) -> Iterator[str]:
    """Yield why no run is left: each comparison that holds of none, with the values there are."""
    yield f"no run is left by --where {shown(where.text, 200)}"
    unmet = [c for c in where.conditions if not any(c.test(row.get) for row in rows)]
    for condition in unmet:
        meant = _meant(condition, rows)
        told = f"{condition.key} is {_told(condition.key, rows)}"
        yield f"{condition} holds of no run: {told}" + (f"; {meant}" if meant else "")
    if len(where.conditions) > 1 and not unmet:
        yield "each condition holds of some run, and all of them of none"


def _meant(condition: Condition, rows: Sequence[Row]) -> str:
    """Return a question for the nearest text that the key has in a run."""
    if not isinstance(condition.value, str):
        return ""
    texts = {each for each in _values(condition.key, rows) if isinstance(each, str)}
    near = nearest(condition.value, sorted(texts))
    return f"did you mean {condition.key}{condition.sign}{shown(near[0])}?" if near else ""


def _told(key: str, rows: Sequence[Row]) -> str:
    """Say which values a key has: all, where they are few, or the least and the most."""
    values = {_hashable(each) for each in _values(key, rows)}
    if not values:
        return "in no run"
    numbers = sorted(each for each in values if isinstance(each, int | float))
    if len(numbers) == len(values) > MOST_VALUES:
        return f"from {numbers[0]:g} to {numbers[-1]:g}"
    ordered = numbers if len(numbers) == len(values) else sorted(values, key=str)
    texts = [value_text(each, 40) for each in ordered[:MOST_VALUES]]
    return _joined(texts if len(values) <= MOST_VALUES else [*texts, "another"])


def _joined(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def _values(key: str, rows: Iterable[Row]) -> Iterator[Any]:
    """Yield the values that a key has in the runs, those of a list each; none for null."""
    for row in rows:
        value = row.get(key)
        if isinstance(value, list | tuple):
            yield from value
        elif value is not None:
            yield value


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)
