"""What `tune` tries of a key, declared where the key is."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Tuned:
    """The values of a key that `tune` tries, or its range; as a sweep file has them.

    Of `values` it may leave some out: widths that the time does not train, batches that the noise
    of the gradient does not want. `layers` are those of networks that have the key; () is all. A
    search begins at `start`, or in the middle where there is none.
    """

    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    measured: bool = False
    layers: tuple[int, ...] = ()
    start: Any = None
