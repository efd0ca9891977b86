"""A plane of two inputs, with what a network says of each of its places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Plane:
    """Which class a network takes for the likeliest at each place, the top row first.

    `examples` are those of the data set, where it is a set of points: where each stands, its row
    and column here, and its class. Those that lie outside are left out.
    """

    names: tuple[str, str]  # of the inputs: across, and up
    low: tuple[float, float]
    high: tuple[float, float]
    classes: tuple[str, ...]
    likeliest: NDArray[Any]  # the class's number [rows, columns]
    probability: NDArray[Any]  # of that class [rows, columns]
    examples: tuple[tuple[int, int, int], ...] = ()
