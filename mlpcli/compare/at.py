"""A point that all runs are compared at: so many steps, seconds, or training examples."""

from __future__ import annotations

from dataclasses import dataclass

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import (
    LARGEST,
    MetricsRow,
    Run,
    at_row,
    finite,
    read_rows,
    rows_beyond,
    whole,
)

UNITS = ("steps", "seconds", "examples")


class AtError(MlpcliError):
    """A point that is not one."""

    exit_code = 2


@dataclass(frozen=True)
class Reading:
    """What a run's rows say at a point, whether it came so far, and what is wrong with them."""

    results: dict[str, float | None]
    reached: bool
    warning: str


@dataclass(frozen=True)
class At:
    """A point of a run: `value` of a unit of UNITS."""

    unit: str
    value: float

    def __str__(self) -> str:
        number = int(self.value) if self.value % 1 == 0 else self.value
        return f"{number:,} {self.unit.removesuffix('s') if number == 1 else self.unit}"

    def reading(self, run: Run) -> Reading:
        """Return what the last metrics row up to this point says, and the last validation.

        Raises RunError if the rows cannot be read, or if examples are asked for and the run's
        config does not say its batch_size.
        """
        batch_size = whole(run.config.get("batch_size"), 1)
        if self.unit == "examples" and batch_size is None:
            raise RunError("its config does not say the batch_size")
        row: MetricsRow | None = None
        validation: MetricsRow | None = None
        far, count = -1.0, 0
        for each in read_rows(run.path):
            far = self._passed(each, batch_size or 0)
            if far > self.value:
                break
            row, count = each, count + 1
            if each.val_accuracy is not None:
                validation = each
        reached = far >= self.value
        last = finite(run.last_step)
        cut = not reached and last is not None and last > (row.step if row else 0)
        return Reading(at_row(row, validation), reached, rows_beyond(count) if cut else "")

    def _passed(self, row: MetricsRow, batch_size: int) -> float:
        """Return how far a run was at a row, in this unit."""
        passed = {"steps": row.step, "seconds": row.seconds, "examples": row.step * batch_size}
        return passed[self.unit]


def parse_at(text: str) -> At:
    """Read `steps=1000`, `seconds=10` or `examples=1e5`. Raises AtError for anything else."""
    unit, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if unit not in UNITS or not 0 <= value <= LARGEST:
        raise AtError(
            f"--at {shown(text) or repr(text)}: not a point of a run",
            "for example --at steps=1000, --at seconds=10, --at examples=100000",
        )
    return At(unit, value)
