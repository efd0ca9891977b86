"""How weights are distributed: histograms as TensorBoard draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mlpcli.board.graph import layer_names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUCKETS = 30  # TensorBoard's own number


def weight_histograms(weights: Sequence[NDArray[np.float32]]) -> Mapping[str, NDArray[np.float64]]:
    """Return the histogram of each array, by layer: of each the kernel, then the biases.

    What is not finite is left out.
    """
    names = [f"{each}/{part}" for each in layer_names(len(weights) // 2)
             for part in ("kernel", "bias")]  # fmt: skip
    return {name: buckets(values) for name, values in zip(names, weights, strict=True)}


def buckets(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return buckets of equal width, float64 [buckets, 3]: left, right, and how many are in it.

    Values that are all alike have one bucket, around them; no values have none.
    """
    import numpy as np

    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return np.zeros((0, 3))
    least, most = finite.min(), finite.max()
    if least == most:
        return np.array([[least - 0.5, most + 0.5, finite.size]])
    counts, edges = np.histogram(finite, BUCKETS, (least, most))
    return np.stack([edges[:-1], edges[1:], counts.astype(np.float64)], axis=1)
