"""Arrays that a program of another library may use where they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALIGNED = 64  # bytes: where TensorFlow's own tensors begin


def aligned_zeros(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """Return an array of zeros that begins at a multiple of ALIGNED."""
    import numpy as np

    need = math.prod(shape) * np.dtype(dtype).itemsize
    room = np.zeros(need + ALIGNED, np.uint8)
    begin = -room.ctypes.data % ALIGNED
    found: NDArray[Any] = room[begin : begin + need].view(dtype).reshape(shape)
    return found
