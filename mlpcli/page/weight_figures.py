"""What the first layer looks for, as images, where the examples are images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpcli.page.examined import Examined
from mlpcli.page.examples import grid_of, square
from mlpcli.picture import LEVELS, Figure, Images, Thumbnail, diverging, indexed_png

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNITS = 40  # at most
LOW, HIGH = (213, 94, 0), (0, 114, 178)  # vermillion and blue


def weight_figures(seen: Examined) -> list[Figure]:
    """Return the weights of units of the first layer: those with the largest outgoing weights."""
    import numpy as np

    network, facts = seen.network, seen.facts
    if network is None or facts is None:
        return []
    kernel: NDArray[Any] = network.kernels[0]
    grid = grid_of(seen)
    side, colors = square(len(kernel)) if not facts.input_columns else (0, 0)
    height, width = (grid.height, grid.width) if grid else (side, side)
    if not height or not (grid or colors == 1) or not np.isfinite(kernel).all():
        return []
    if grid:
        kernel = grid.spread(kernel.T).T
    units = np.arange(kernel.shape[1])
    if len(network.kernels) > 1:
        out = np.nan_to_num(np.abs(network.kernels[1]).sum(axis=1))
        units = np.argsort(-out, kind="stable")
    thumbs = []
    for unit in units[:UNITS]:
        weights = kernel[:, unit] / (np.abs(kernel[:, unit]).max() or 1.0)
        places = ((weights + 1) / 2 * (LEVELS - 1)).round().astype(np.uint8)
        png = indexed_png(places.tobytes(), width, height, diverging(LOW, HIGH))
        thumbs.append(Thumbnail(png, (f"unit {unit + 1}",)))
    of = f"{len(thumbs)} of {len(units)} units, by the size of what they pass on"
    said = f"Weights from each pixel: blue above 0, vermillion below. {of}."
    return [Images("Weights of the first layer", said, thumbs, ("unit",))]
