"""When a run stops before its last step, and which of its weights are kept.

A record of four keys, which those who train, check or read a run ask; without pydantic, for configs
that were read back are mappings.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

OWN = {"classification": "accuracy", "regression": "r2"}  # what a task is scored by


@dataclass(frozen=True)
class Stopping:
    """What validation chooses by, how long it waits, and what is kept."""

    metric: str | None = None  # accuracy, r2 or loss; None: the one of the task's scores
    patience: int | None = None  # validations
    min_delta: float = 0.0  # in the unit of the metric: a share, R squared, nats
    keep: str = "last"

    @property
    def keeps_best(self) -> bool:
        """Whether the weights of the best validation are kept, and not the last."""
        return self.keep == "best"

    @property
    def is_used(self) -> bool:
        """Whether a run depends on which of its validations is the best."""
        return self.keeps_best or self.patience is not None

    def value(self, score: float | None, loss: float | None) -> float:
        """Return what of a validation is the better the larger it is; -inf for none."""
        if self.metric == "loss":
            return -math.inf if loss is None else -loss
        return -math.inf if score is None else score

    def words(self, kind: str) -> str:
        """Return the metric's name for people, for a kind of task."""
        metric = self.metric or OWN.get(kind, "accuracy")
        return {"r2": "validation R squared"}.get(metric, f"validation {metric}")

    def why_stopped(self, kind: str) -> str:
        """Say why patience ended a run, of a kind of task."""
        far = f" by more than {self.min_delta:g}" if self.min_delta else ""
        validations = f"{self.patience:,} validation{'s' * (self.patience != 1)}"
        return f"{validations} without a better {self.words(kind)}{far}" if self.patience else ""


STOPPING_KEYS = tuple(field.name for field in fields(Stopping))


def stated_stopping(config: Mapping[str, Any]) -> Stopping:
    """Return what a config says that was read back; what cannot be so is as if left out."""
    metric, patience = config.get("metric"), config.get("patience")
    delta = config.get("min_delta")
    return Stopping(
        metric if metric in ("accuracy", "r2", "loss") else None,
        patience if type(patience) is int and patience > 0 else None,
        float(delta) if isinstance(delta, int | float) and 0 <= delta < math.inf else 0.0,
        "best" if config.get("keep") == "best" else "last",
    )


def conflicts(values: Mapping[str, Any], given: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) where keys are given that have no meaning without another.

    Of a key that is given, and whose value is wrong, nothing is known yet.
    """
    wrong = "patience" in given and "patience" not in values
    if values.get("min_delta") and values.get("patience") is None and not wrong:
        yield "min_delta", "for patience alone; remove it, or set patience: 5"
    waits = values.get("patience") is not None or values.get("keep") == "best"
    unknown = {key for key in ("patience", "keep") if key in given and key not in values}
    if values.get("metric") is not None and not waits and not unknown:
        yield "metric", "for patience or keep: best alone; remove it, or set keep: best"


def metric_problem(metric: str | None, kind: str) -> str:
    """Say that a metric is none of a kind of task, or return ""."""
    if metric in (None, "loss", OWN[kind]):
        return ""
    return f"not one of {kind}, got {metric}, allowed {OWN[kind]}, loss"
