"""Targets as a network learns them: the numbers of classes, or standardized values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mlpcli.data.class_targets import class_ids, class_names, unlearned_classes
from mlpcli.data.spec import DataSpec
from mlpcli.data.split_plan import Parts
from mlpcli.data.targets import Target
from mlpcli.data.task import Classification, Regression, Task
from mlpcli.data.value_targets import fit_values, target_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mlpcli.data.table import Rows


@dataclass(frozen=True)
class Learned:
    """The targets of the main file's rows as a network learns them, and the task that they are."""

    target: Target
    task: Task
    values: NDArray[Any]  # int32 [n] classes, or float64 [n, targets]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the classes."""
        return self.task.classes if isinstance(self.task, Classification) else ()

    def fitted(self, train: Rows) -> Learned:
        """Return the same, with values standardized by the training rows."""
        if isinstance(self.task, Classification):
            return self
        return replace(self, task=Regression(fit_values(self.target, self.values, train)))

    def of(self, target: Target) -> NDArray[Any]:
        """Return another file's targets, or these, as a network learns them."""
        if isinstance(self.task, Classification):
            return self.values if target is self.target else class_ids(target, self.task.classes)
        values = self.values if target is self.target else target_values(target)
        return self.task.scale.standardized(values)

    def warnings(self, parts: Parts) -> list[str]:
        """Return what is odd about how the parts have the classes."""
        if isinstance(self.task, Regression):
            return []
        return unlearned_classes(self.values, self.names, parts)


def learned_of(target: Target, spec: DataSpec) -> Learned:
    """Return targets as a network learns them, values by the scale of all rows for now."""
    import numpy as np

    if (spec.task or target.task) == "regression":
        values = target_values(target)
        every = np.arange(len(values))  # stands in until the rows are split
        return Learned(target, Regression(fit_values(target, values, every)), values)
    names = class_names(target)
    return Learned(target, Classification(names), class_ids(target, names))
