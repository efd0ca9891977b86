"""A point that all runs are compared at: so many steps, seconds, or training examples."""

from __future__ import annotations

from dataclasses import dataclass

from mlpcli.errors import MlpcliError, shown
from mlpcli.runs import LARGEST, MetricsRow
from mlpcli.terminal import count

UNITS = ("steps", "seconds", "examples")


class AtError(MlpcliError):
    """A point that is not one."""

    exit_code = 2


@dataclass(frozen=True)
class At:
    """A point of a run: `value` of a unit of UNITS."""

    unit: str
    value: float

    def __str__(self) -> str:
        if self.value % 1:
            return f"{self.value:,} {self.unit}"
        return count(int(self.value), self.unit.removesuffix("s"))

    def passed(self, row: MetricsRow, batch_size: int) -> float:
        """Return how far a run was at a row, in this unit."""
        passed = {"steps": row.step, "seconds": row.seconds, "examples": row.step * batch_size}
        return passed[self.unit]


@dataclass(frozen=True)
class Point:
    """A point, and where the runs are compared that came so far.

    `common` is, in its unit, the last point at or before it that all of them validated, or, if
    none did, that all have a row of; None if there is none. Then each value is of its own step.
    """

    at: At
    runs: int
    reached: int
    validated: int  # of those that reached it, how many validated before
    common: float | None

    @property
    def mixed(self) -> bool:
        """Whether validations are of different steps, though steps or examples were asked for."""
        return self.common is None and self.validated > 0 and self.at.unit != "seconds"

    @property
    def own_steps(self) -> bool:
        """Whether each validation has a step of its own."""
        return self.common is None or self.reached < self.runs

    def __str__(self) -> str:
        ended = self.runs - self.reached
        return f"{self._where()} (* ended before)" if ended and self.reached else self._where()

    def _where(self) -> str:
        if not self.reached:
            return f"at {self.at}, which no run reached: each * is of its own last step"
        if self.at.unit == "seconds":
            return f"at {self.at}, each score that of the last validation, at val_step"
        if self.common is None:
            return (
                f"at {self.at}, each score of its own val_step: no step before is one that "
                f"{self._who} validated, so the order compares different steps"
            )
        where = f"at {At(self.at.unit, self.common)}"
        if self.common < self.at.value:
            what = "validated" if self.validated else "have a row of"
            where += f", the last at or before {self.at.value:,g} that {self._who} {what}"
        return where if self.validated else f"{where}; none has validated"

    @property
    def _who(self) -> str:
        if self.reached < self.runs:
            return f"the {self.reached:,} of {self.runs:,} runs that came so far"
        return "the run" if self.runs == 1 else f"all {self.runs:,} runs"


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
