"""What a split is asked for, and what it gives: a plan, the rows that it is for, and the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from mlpcli.errors import DataError, shown

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.table import Rows

SplitKind = Literal["stratified", "random", "group", "time", "first"]
Amount = float | int  # a share between 0 and 1 (float), or a number of rows (int)
SMALLER = "make validation and test smaller; a share is a number between 0 and 1, such as 0.2"


@dataclass(frozen=True)
class SplitPlan:
    """How rows are split; None where a file of its own gives the part.

    With `folds` the test part is fold `fold` (1 to folds), and `test` is not looked at; the folds
    of one seed have no row in common and hold all rows (of a time split: all but the earliest).
    """

    validation: Amount | None
    test: Amount | None
    kind: SplitKind = "stratified"
    seed: int = 0
    folds: int | None = None
    fold: int | None = None


@dataclass(frozen=True)
class Parts:
    """The rows of each part, by their numbers from 0: int64, no row in two of them.

    Of stratified, random and group splits the rows that train and validate stand in the order in
    which they were drawn, so that the first thousand are a fair sample, and those that test in the
    file's order; of a time split all are in the order of time, of `first` in the file's.
    """

    train: Rows
    validation: Rows
    test: Rows

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the three parts in this order: of each its length, then its rows.

        All are 8-byte little-endian integers. Two runs with the same have the same split.
        """
        import hashlib

        import numpy as np

        digest = hashlib.sha256()
        for rows in (self.train, self.validation, self.test):
            digest.update(np.array([len(rows)], "<i8").tobytes())
            digest.update(np.ascontiguousarray(rows, "<i8").data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Request:
    """A plan, and the rows that are to be split by it."""

    plan: SplitPlan
    rows: int
    classes: NDArray[np.integer[Any]] | None
    by: NDArray[Any] | None
    names: Sequence[str] = ()  # of the classes

    @property
    def fold(self) -> tuple[int, int] | None:
        """The fold from 0 and the number of folds; None where there are none."""
        return (self.plan.fold - 1, self.plan.folds) if self.plan.folds and self.plan.fold else None

    @property
    def part_names(self) -> tuple[str, ...]:
        """The parts that the rows are split into, as messages name them."""
        validation = ("validation",) * (self.plan.validation is not None)
        test = ("test",) * (self.plan.test is not None or self.fold is not None)
        return ("training", *validation, *test)

    def check(self) -> None:
        """Raise DataError for a plan that no rows could be split by, and for too few rows."""
        plan = self.plan
        if (plan.folds is None) != (plan.fold is None):
            raise DataError("folds and fold are given together", "for example folds: 5, fold: 1")
        if plan.folds is not None and plan.fold is not None:
            if not 2 <= plan.folds <= self.rows:
                raise DataError(
                    f"folds: {plan.folds:,} of {self.rows:,} rows", "folds: 2 up to a fold a row"
                )
            if not 1 <= plan.fold <= plan.folds:
                raise DataError(f"fold: {plan.fold}, allowed 1 to {plan.folds}", "fold: 1")
        self._check_room()

    def _check_room(self) -> None:
        """Raise DataError where no row would be left to train on."""
        validation, test = self.validation_rows, self.test_rows
        if self.fold is None and self.rows <= validation + test:
            taken = [f"{n} {k:,}" for n, k in (("validation", validation), ("test", test)) if k]
            raise DataError(
                f"{' and '.join(taken) or 'training'} of {self.rows:,} rows: none is left to train",
                SMALLER,
            )

    @property
    def validation_rows(self) -> int:
        """How many rows are to validate; 0 where a file of its own gives them."""
        return _count("validation", self.plan.validation, self.rows)

    @property
    def test_rows(self) -> int:
        """How many rows are to test; 0 where a file of its own gives them, or a fold."""
        return 0 if self.fold else _count("test", self.plan.test, self.rows)

    def validation_of(self, rows: int) -> int:
        """Return how many validate where a fold uses only so many rows, as those of time do."""
        return _count("validation", self.plan.validation, rows)

    def class_name(self, number: int) -> str:
        """Return a class's name as messages show it."""
        return shown(self.names[number]) if number < len(self.names) else str(number)

    def check_parts(self, parts: Parts) -> None:
        """Raise DataError for a part without rows, or training rows of one class alone."""
        import numpy as np

        sizes = {"training": parts.train, "validation": parts.validation, "test": parts.test}
        empty = [name for name in self.part_names if not len(sizes[name])]
        if empty:
            raise DataError(f"no row is left for {' and '.join(empty)}", SMALLER)
        if self.classes is None:
            return
        found = np.flatnonzero(np.bincount(self.classes[parts.train]))
        if len(found) == 1:
            raise DataError(
                f"all training rows are of one class, {self.class_name(int(found[0]))}: "
                "there is nothing to learn",
                "split: stratified gives each part its share of each class; or choose another "
                "target",
            )


def _count(name: str, amount: Amount | None, rows: int) -> int:
    """Return how many of the rows an amount is: a share to the nearest row, halves up."""
    if amount is None:
        return 0
    if isinstance(amount, float):
        if not 0 < amount < 1:
            raise DataError(
                f"{name}: {amount:g} is no share of rows",
                f"{name}: a share between 0 and 1, a number of rows, or a file",
            )
        count = int(amount * rows + 0.5)
    else:
        count = amount
    if count < 1:
        raise DataError(
            f"{name}: {amount:g} of {rows:,} rows is no row",
            f"{name}: a larger share, or a number of rows from 1, or a file",
        )
    return count
