"""How soon runs and settings reached a value of their validations: `mlpcli compare --to`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from mlpcli.config import pairing_key
from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import read_rows

if TYPE_CHECKING:
    from mlpcli.compare.comparison import Comparison
    from mlpcli.compare.rows import Row

RESULTS = ("val_accuracy", "val_loss", "val_r2")
EXAMPLE = "for example --to val_accuracy=0.97, --to val_loss=0.1, --to val_r2=0.8"


class TargetError(MlpcliError):
    """A target that is none, or that no validation can be."""

    exit_code = 2


@dataclass(frozen=True)
class Target:
    """A value of a result that a validation is to reach: from above where it is a loss."""

    result: str
    value: float

    def __str__(self) -> str:
        return f"{self.result}={self.value:g}"

    def is_reached(self, value: float) -> bool:
        """Say whether a validation is as good as that."""
        return value <= self.value if self.result == "val_loss" else value >= self.value


@dataclass(frozen=True)
class First:
    """The first validation of a run that was as good as the target.

    The network may have been so since the validation `before`, or since the start, 0.
    """

    step: int
    seconds: float
    before: int


@dataclass(frozen=True)
class Times:
    """The runs of a setting, or one run: when each reached the target, None for never."""

    label: str
    reached: tuple[First | None, ...]

    @property
    def firsts(self) -> list[First]:
        """Those that reached it."""
        return [each for each in self.reached if each]

    @property
    def steps(self) -> float | None:
        """The median of the steps over all runs; None where half of them or more never did."""
        return _median([each.step if each else math.inf for each in self.reached])

    @property
    def seconds(self) -> float | None:
        """The median of the seconds, likewise."""
        return _median([each.seconds if each else math.inf for each in self.reached])

    @property
    def resolution(self) -> int | None:
        """How many steps lay, at most, between the validation that reached it and the last."""
        return max((each.step - each.before for each in self.firsts), default=None)


def parse_target(text: str) -> Target:
    """Read `val_accuracy=0.97`. Raises TargetError for anything else."""
    result, _, number = text.partition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if result.strip() not in RESULTS or not math.isfinite(value):
        raise TargetError(f"--to {shown(text) or repr(text)}: not a target", EXAMPLE)
    least, most = {"val_accuracy": (0, 1), "val_r2": (-math.inf, 1)}.get(result, (0, math.inf))
    if not least <= value <= most:
        raise TargetError(
            f"--to {shown(text)}: no validation can be that, allowed {least:g} to {most:g}", EXAMPLE
        )
    return Target(result.strip(), value)


def times_of(comparison: Comparison, target: Target) -> list[Times]:
    """Return when each setting, or run, reached the target, the soonest first by its steps.

    Those without a median stand below, the ones of which more runs reached it first. Raises
    RunError where no run validated that result.
    """
    items: Iterator[tuple[str, Sequence[Row]]]
    if comparison.of_settings:
        items = ((each.label, each.rows) for each in comparison.ranking.every)
    else:
        items = ((row.run, (row,)) for row in comparison.rows)
    found = [
        (label, [_first(row, target) for row in sorted(rows, key=_seed)]) for label, rows in items
    ]
    if not any(validated for _, each in found for validated, _ in each):
        raise RunError(
            f"--to {target}: no run has a validation with a {target.result}",
            f"of classes val_accuracy, of values val_r2, of both val_loss; {EXAMPLE}",
        )
    times = [Times(label, tuple(first for _, first in each)) for label, each in found]
    return sorted(times, key=_order)[: comparison.query.top]


def _order(times: Times) -> tuple[float, float, float]:
    never = len(times.reached) - len(times.firsts)
    steps, seconds = times.steps, times.seconds
    if steps is None or seconds is None:
        return math.inf, never / len(times.reached), 0
    return steps, seconds, 0


def _seed(row: Row) -> tuple[int, str]:
    return pairing_key(row.config) or 0, row.run


def _first(row: Row, target: Target) -> tuple[bool, First | None]:
    """Say whether a run validated the result, and when it first reached the target."""
    before, validated = 0, False
    for each in read_rows(Path(row.path)):
        value = getattr(each, target.result)
        if value is None:
            continue
        validated = True
        if target.is_reached(value):
            return True, First(each.step, each.seconds, before)
        before = each.step
    return validated, None


def _median(values: Sequence[float]) -> float | None:
    found = median(values)
    return found if math.isfinite(found) else None
