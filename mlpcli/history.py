"""What a run's metrics come to, read without trust: thinned evenly, and what was reached when."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from mlpcli.errors import RunError, shown
from mlpcli.files import reason
from mlpcli.metrics import rows
from mlpcli.rundir import METRICS

MAX_ROWS = 1_000_000  # read in 5 to 10 seconds; a run may have a hundred million
KEPT = 500  # rows at most of each kind: more than a terminal has columns
LARGEST = 1e18  # numbers beyond it are no results

Item = TypeVar("Item")
Values = Mapping[str, Any]


def finite(value: object, most: float = LARGEST) -> float | None:
    """Return a number of at most that size, and None for anything else.

    >>> finite(0.5), finite(float("nan")), finite(10**400), finite(True), finite("1")
    (0.5, None, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= most and math.isfinite(value) else None


def share(value: object) -> float | None:
    """Return a number from 0 to 1, and None for anything else."""
    number = finite(value, 1)
    return None if number is None or number < 0 else number


@dataclass(frozen=True)
class Row:
    """A metrics row as it stands there, None for what is missing or cannot be true."""

    step: int
    loss: float | None
    accuracy: float | None
    learning_rate: float | None
    seconds: float | None
    examples_per_second: float | None
    val_loss: float | None
    val_accuracy: float | None


@dataclass(frozen=True, slots=True)  # a hostile run may have a million
class Reached:
    """A validation accuracy, and when it was first reached."""

    val_accuracy: float
    step: int
    seconds: float | None


@dataclass(frozen=True)
class History:
    """The first row and rows spread evenly over the others, the same of validations, and records.

    `records` are the validations that were better than all before, so the last is the best.
    """

    rows_total: int = 0
    rows: tuple[Row, ...] = ()
    validations_total: int = 0
    validations: tuple[Row, ...] = ()
    records: tuple[Reached, ...] = ()
    last: Row | None = None
    cut: bool = False  # whether there are rows beyond those that were read

    @property
    def best(self) -> Reached | None:
        """The best validation accuracy, at the first step that reached it."""
        return self.records[-1] if self.records else None

    def first_reached(self, val_accuracy: float) -> Reached | None:
        """Return the first validation that was as good as that; None if none was."""
        return next((each for each in self.records if each.val_accuracy >= val_accuracy), None)


class Sample:
    """At most `most` items of a stream whose length nobody knows: each 1st, 2nd, 4th, ... one."""

    def __init__(self, most: int) -> None:
        self.items: list[Any] = []
        self.seen, self._stride, self._most = 0, 1, most
        self._last: Any = None

    def add(self, item: Any) -> None:
        """See the next item."""
        if self.seen % self._stride == 0:
            if len(self.items) == self._most:
                self.items = self.items[::2]
                self._stride *= 2
            if self.seen % self._stride == 0:
                self.items.append(item)
        self.seen += 1
        self._last = item

    def with_last(self) -> list[Any]:
        """Return the items and, if it is not among them, the last that was seen."""
        there = not self.items or self.items[-1] is self._last
        return self.items if there else [*self.items, self._last]


def read_history(path: Path, last_step: object = None) -> History:
    """Read a run's metrics up to the first line that is no row or follows from none before.

    `last_step` is the step of the file's last row, by which rows that were not read are noticed.
    Raises RunError if the file cannot be read.
    """
    every, validated, records = Sample(KEPT), Sample(KEPT), list[Reached]()
    last: Values = {"step": 0}
    try:
        for values in islice(rows(path / METRICS), MAX_ROWS):
            if not last["step"] < values["step"] <= LARGEST:
                break
            last = values
            every.add(values)
            accuracy = share(values["val_accuracy"]) if "val_accuracy" in values else None
            if accuracy is not None:
                validated.add(values)
                if not records or accuracy > records[-1].val_accuracy:
                    records.append(Reached(accuracy, values["step"], finite(values.get("seconds"))))
    except OSError as error:
        raise RunError(f"{shown(path, 200)}: {METRICS} cannot be read: {reason(error)}") from error
    beyond = finite(last_step)
    return History(
        rows_total=every.seen,
        rows=tuple(map(_row, every.with_last())),
        validations_total=validated.seen,
        validations=tuple(map(_row, validated.with_last())),
        records=tuple(records),
        last=_row(last) if every.seen else None,
        cut=beyond is not None and beyond > last["step"],
    )


def _row(values: Values) -> Row:
    def positive(key: str) -> float | None:
        number = finite(values.get(key))
        return None if number is None or number < 0 else number

    return Row(
        step=values["step"],
        loss=positive("loss"),
        accuracy=share(values.get("accuracy")),
        learning_rate=positive("learning_rate"),
        seconds=positive("seconds"),
        examples_per_second=positive("examples_per_second"),
        val_loss=positive("val_loss"),
        val_accuracy=share(values.get("val_accuracy")),
    )


def telling_rows(history: History, most: int = 20) -> tuple[Row, ...]:
    """Return the first row, the validations and the last row, or `most` of them evenly spread.

    Of a run without validations, all rows count.
    """
    chosen = {row.step: row for row in history.validations or history.rows}
    if history.rows and history.last:
        chosen |= {row.step: row for row in (history.rows[0], history.last)}
    return spread([chosen[step] for step in sorted(chosen)], most)


def spread(items: Sequence[Item], most: int) -> tuple[Item, ...]:
    """Return at most `most` items, evenly spread, the first and the last among them.

    >>> spread(range(10), 4)
    (0, 3, 6, 9)
    """
    if len(items) <= most:
        return tuple(items)
    return tuple(items[round(i * (len(items) - 1) / (most - 1))] for i in range(most))
