"""Examples and their splits: arrays with their shapes stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Images = NDArray[np.uint8]
    Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Examples:
    """Images uint8 [n, features], 0 to 255, and labels int32 [n], 0 to classes - 1."""

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Data:
    """The three splits of a data set."""

    train: Examples
    validation: Examples
    test: Examples
