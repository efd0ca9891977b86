"""What a run's metrics come to, read without trust: thinned evenly, and what was reached when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from mlpcli.config import Stopping
from mlpcli.errors import RunError, shown
from mlpcli.runs.choice import NOTHING, Choice
from mlpcli.runs.layout import METRICS_FILE
from mlpcli.runs.metrics import rows
from mlpcli.runs.records import MetricsRow
from mlpcli.runs.validate import finite
from mlpcli.system import reason

MAX_READ_ROWS = 1_000_000  # read in about a second; a run may have a hundred million
KEPT_ROWS = 500  # rows at most of each kind: more than a terminal has columns

Item = TypeVar("Item")
ALL_STEPS = Stopping()


@dataclass(frozen=True, slots=True)  # a hostile run may have a million
class Reached:
    """The accuracy or R squared of a validation, and when it was first reached."""

    val_accuracy: float | None  # None of values
    step: int
    seconds: float
    val_r2: float | None = None

    @property
    def score(self) -> float:
        """That of the two which the task has."""
        score = self.val_r2 if self.val_accuracy is None else self.val_accuracy
        assert score is not None
        return score


@dataclass(frozen=True)
class History:
    """The first row and rows spread evenly over the others, the same of validations, and records.

    `records` are the validations that were better than all before, so the last is the best.
    """

    rows_total: int = 0
    rows: tuple[MetricsRow, ...] = ()
    validations_total: int = 0
    validations: tuple[MetricsRow, ...] = ()
    records: tuple[Reached, ...] = ()
    last: MetricsRow | None = None
    cut: bool = False  # whether there are rows beyond those that were read
    step_time: float = 0.0  # as Rows has it
    choice: Choice = NOTHING  # of validation, as the config says

    @property
    def examples_per_second(self) -> float:
        """Over all steps: validations take no time of it."""
        return self.last.step / self.step_time if self.last and self.step_time else 0.0

    @property
    def best(self) -> Reached | None:
        """The best validation, at the first step that reached it."""
        return self.records[-1] if self.records else None

    def first_reached(self, score: float) -> Reached | None:
        """Return the first validation that was as good as that; None if none was."""
        return next((each for each in self.records if each.score >= score), None)


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


def read_rows(path: Path) -> Iterator[MetricsRow]:
    """Yield a run's rows up to the first line that is none or follows from none, MAX_ROWS at most.

    Raises RunError, without the path, if they cannot be read.
    """
    step, seconds = 0, 0.0
    try:
        for row in islice(rows(path / METRICS_FILE), MAX_READ_ROWS):
            if row.step <= step or row.seconds < seconds:
                return
            step, seconds = row.step, row.seconds
            yield row
    except OSError as error:
        raise RunError(f"{METRICS_FILE} cannot be read: {reason(error)}") from error


def read_history(path: Path, last_step: object = None, stopping: Stopping = ALL_STEPS) -> History:
    """Return what the rows of a run come to.

    `last_step` is the step of the file's last row, by which rows that were not read are noticed.
    Raises RunError, with the path, if they cannot be read.
    """
    every, validated, records = Sample(KEPT_ROWS), Sample(KEPT_ROWS), list[Reached]()
    last: MetricsRow | None = None
    step_time, choice = 0.0, NOTHING
    try:
        for row in read_rows(path):
            step_time += (row.step - (last.step if last else 0)) / row.examples_per_second
            last = row
            every.add(row)
            choice = choice.after(row, stopping)
            if row.score is not None:
                validated.add(row)
                if not records or row.score > records[-1].score:
                    records.append(Reached(row.val_accuracy, row.step, row.seconds, row.val_r2))
    except RunError as error:
        raise RunError(f"{shown(path, 200)}: {error}") from error
    beyond = finite(last_step)
    return History(
        rows_total=every.seen,
        rows=tuple(every.with_last()),
        validations_total=validated.seen,
        validations=tuple(validated.with_last()),
        records=tuple(records),
        last=last,
        cut=beyond is not None and beyond > (last.step if last else 0),
        step_time=step_time,
        choice=choice,
    )


def representative_rows(history: History, most: int = 20) -> tuple[MetricsRow, ...]:
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
