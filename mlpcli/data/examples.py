"""Examples and their splits: arrays with their shapes stated."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.mapped import MappedFeatures

    Features = NDArray[Any] | MappedFeatures  # uint8 or float32 [n, inputs]
    Targets = NDArray[np.int32]


@dataclass(frozen=True)
class Examples:
    """What a network sees and what it is to say.

    `features` are uint8 [n, inputs], which a network sees times `scale`, or float32 [n, inputs],
    which it sees as they are; `targets` are int32 [n], 0 to classes - 1. `class_weights`, one a
    class, are what an example counts in the loss that is trained; without any all count alike.
    """

    features: Features
    targets: Targets
    scale: float = 1.0
    class_weights: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.targets)

    def __getitem__(self, part: slice | NDArray[Any]) -> Examples:
        """Return a part of them; or those with the numbers int [m]."""
        features, targets = self.features[part], self.targets[part]
        return replace(self, features=features, targets=targets)

    def samples(self, count: int, size: int) -> list[Examples]:
        """Return the first `count` samples that share no example, smaller where data are few."""
        size = max(1, min(size, len(self) // count))
        return [self[i * size : (i + 1) * size] for i in range(count)]


@dataclass(frozen=True)
class Splits:
    """The three parts of a data set: validation chooses, test reports."""

    train: Examples
    validation: Examples
    test: Examples
