"""Rows at a point before the runs' ends: what their metrics rows say there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from mlpcli.compare.at import At, Point
from mlpcli.compare.rows import Row
from mlpcli.errors import RunError, shown
from mlpcli.runs import MetricsRow, at_row, finite, read_rows, rows_beyond, whole


@dataclass
class _Survey:
    """What a first reading of all runs finds: the points that each of them has before one."""

    reached: int = 0
    validated: int = 0
    rows: set[float] = field(default_factory=set)  # that all runs that reached the point have
    validations: set[float] = field(default_factory=set)

    def add(self, rows: set[float], validations: set[float]) -> None:
        """Take in what a run that reached the point has before it."""
        self.reached += 1
        self.validated += bool(validations)
        if self.reached == 1:
            self.rows, self.validations = rows, validations
        self.rows, self.validations = self.rows & rows, self.validations & validations

    def common(self, unit: str) -> float | None:
        """Return the last point that all validated or, if none did so, that all have a row of."""
        if unit == "seconds":  # of which no two runs have the same
            return None
        return max(self.validations if self.validated else self.rows, default=None)


def rows_at(rows: Sequence[Row], at: At) -> tuple[list[Row], Point, list[str]]:
    """Return the runs' rows at a point, where they are compared, and a warning for each lost.

    All that reached it are read at the last point before it that all of them validated; if none
    did, at the last that all have a row of; and else, each at its own last. The others are read at
    their end. Takes two readings, so that no run's rows are kept.
    """
    survey, kept, warnings = _Survey(), list[tuple[Row, bool]](), list[str]()
    for row in rows:
        try:
            reached, warning = _surveyed(row, at, survey)
        except RunError as error:
            warnings.append(f"{shown(row.path, 200)}: {error}")
            continue
        kept.append((row, reached))
        if warning:
            warnings.append(f"{shown(row.path, 200)}: {warning}")
    common = survey.common(at.unit)
    limit = at.value if common is None else common
    read = [_read(row, at, limit if reached else at.value) for row, reached in kept]
    found = [
        replace(each, reached=reached, counts=reached)
        for each, (_, reached) in zip(read, kept, strict=True)
    ]
    return found, Point(at, len(found), survey.reached, survey.validated, common), warnings


def _surveyed(row: Row, at: At, survey: _Survey) -> tuple[bool, str]:
    """Say whether a run reached the point, and what of its rows is lost; note what it has there.

    Raises RunError if the rows cannot be read, or if examples are asked for and the run's config
    does not say its batch_size.
    """
    batch_size = _batch_size(row)
    if at.unit == "examples" and not batch_size:
        raise RunError("its config does not say the batch_size")
    rows, validations = set[float](), set[float]()
    far, last, count = -1.0, 0, 0
    for each in read_rows(Path(row.path)):
        far = at.passed(each, batch_size)
        if far > at.value:
            break
        last, count = each.step, count + 1
        rows.add(far)
        if each.score is not None:
            validations.add(far)
    reached = far >= at.value
    if reached:
        survey.add(rows, validations)
    ended = finite(row.results["steps_taken"])
    if reached or ended is None or ended <= last:
        return reached, ""
    return reached, rows_beyond(count, ended)


def _read(row: Row, at: At, limit: float) -> Row:
    """Return a run's row with what its last metrics row up to a limit says, and validation."""
    batch_size = _batch_size(row)
    last: MetricsRow | None = None
    validation: MetricsRow | None = None
    for each in read_rows(Path(row.path)):
        if at.passed(each, batch_size) > limit:
            break
        last = each
        validation = each if each.score is not None else validation
    step = validation.step if validation else None
    return replace(row, results=at_row(last, validation), val_step=step)


def _batch_size(row: Row) -> int:
    return whole(row.config.get("batch_size"), 1) or 0
