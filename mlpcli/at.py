"""A point that all runs are compared at: so many steps, seconds, or training examples."""

from dataclasses import dataclass

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.records import Step
from mlpcli.runs import Run, read_rows
from mlpcli.trust import whole

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
            "train_loss": row.loss if row else None,
            "train_accuracy": row.accuracy if row else None,
            "steps_taken": row.step if row else None,
            "seconds": row.seconds if row else None,
            "examples_per_second": row.examples_per_second if row else None,
            "val_loss": validation.val_loss if validation else None,
            "val_accuracy": validation.val_accuracy if validation else None,
        }

    def _rows(self, run: Run) -> tuple[Step | None, Step | None]:
        batch_size = whole(run.config.get("batch_size"), 1)
        if self.unit == "examples" and batch_size is None:
            raise RunError("its config does not say the batch_size")
        examples_a_step = batch_size or 0
        row: Step | None = None
        validation: Step | None = None
        for each in read_rows(run.path):
            reached = {
                "steps": each.step,
                "seconds": each.seconds,
                "examples": each.step * examples_a_step,
            }
            if reached[self.unit] > self.value:
                break
            row = each
            if each.val_accuracy is not None:
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
