"""Features that stay on the disk: those of some rows of a mapped file, read as they are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlpcli.data.table import Rows


@dataclass(frozen=True)
class MappedFeatures:
    """The features of chosen rows of a mapped array [all rows, inputs], which stands as filed.

    Example i is row `rows[i]` of the array. What is read of it is an array in memory.
    """

    stored: NDArray[Any]
    rows: Rows

    @property
    def shape(self) -> tuple[int, int]:
        """The number of examples, and of inputs."""
        return len(self.rows), self.stored.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the numbers."""
        return self.stored.dtype

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: slice | NDArray[np.integer[Any]]) -> NDArray[Any]:
        """Return the features of some examples [n, inputs]."""
        import numpy as np

        examples = np.arange(len(self.rows))[part]
        found = np.empty((len(examples), self.shape[1]), self.dtype)
        features = np.empty_like(found)
        features[self.read(examples, found)] = found
        return features

    def read(self, examples: NDArray[np.integer[Any]], out: NDArray[Any]) -> Rows:
        """Write the features of examples [n] to `out` [n, inputs] as they follow in the file.

        Returns which of the examples each is. Neighbours are read together, which is the sooner
        the less of the file is in memory.
        """
        import numpy as np

        rows = self.rows[examples]
        order = np.argsort(rows)
        # "clip" writes where it is told to, without a copy between
        np.take(np.asarray(self.stored), rows[order], axis=0, out=out, mode="clip")
        return order
