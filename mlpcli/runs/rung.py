"""A stop before a run's last step that a search chose: where, why, and how good it was there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from mlpcli.runs.quantities import Count, Float32, RSquared, Share

STOPPED = "stopped"  # the key of run.json, and the status
LONGEST_WHY = 200  # characters


class Rung(Struct, frozen=True):
    """The step after which a run was stopped, with its state saved, and its validation there.

    Its loss is None where that was not finite. It is no metrics row, since a run that goes on from
    here has the rows of one that was never stopped.
    """

    step: Count
    why: str
    val_loss: Float32 | None = None
    val_accuracy: Share | None = None
    val_r2: RSquared | None = None

    @property
    def score(self) -> float | None:
        """What validation chooses by: accuracy, or R squared."""
        return self.val_r2 if self.val_accuracy is None else self.val_accuracy

    @property
    def text(self) -> str:
        """Say where it stopped, and why."""
        return f"stopped after step {self.step:,}: {self.why[:LONGEST_WHY]}"


def rung_of(info: Mapping[str, Any]) -> Rung | None:
    """Return the rung that run.json says; None where it says none that can be."""
    try:
        return msgspec.convert(info.get(STOPPED), Rung)
    except ValueError:
        return None
