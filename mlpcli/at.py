"""A point that all runs are compared at: so many steps, seconds, or training examples."""

from dataclasses import dataclass
from typing import Any

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import Run, read_rows

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
        return f"{self.unit} {self.value:,g}"

    def results(self, run: Run) -> dict[str, float | None]:
        """Return what the last metrics row up to this point says, and the last validation.

        Raises RunError if the rows cannot be read, or if examples are asked for and the run's
        config does not say its batch_size.
        """
        row, validation = self._rows(run)
        return {
            "train_loss": row.get("loss"),
            "train_accuracy": row.get("accuracy"),
            "steps_taken": row.get("step"),
            "seconds": row.get("seconds"),
            "examples_per_second": row.get("examples_per_second"),
            "val_loss": validation.get("val_loss"),
            "val_accuracy": validation.get("val_accuracy"),
        }

    def _rows(self, run: Run) -> tuple[dict[str, Any], dict[str, Any]]:
        batch_size = run.config.get("batch_size")
        if self.unit == "examples" and type(batch_size) is not int:
            raise RunError("its config does not say the batch_size")
        row: dict[str, Any] = {}
        validation: dict[str, Any] = {}
        for each in read_rows(run.path):
            reached = each["seconds"] if self.unit == "seconds" else each["step"]
            if (reached * batch_size if self.unit == "examples" else reached) > self.value:
                break
            row = each
            if "val_accuracy" in each:
                validation = each
        return row, validation


def parse_at(text: str) -> At:
    """Read `steps=1000`, `seconds=10` or `examples=1e5`. Raises AtError for anything else."""
    unit, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if unit not in UNITS or not 0 <= value < float("inf"):
        raise AtError(
            f"--at {shown(text) or repr(text)}: not a point of a run",
            "for example --at steps=1000, --at seconds=10, --at examples=100000",
        )
    return At(unit, value)
