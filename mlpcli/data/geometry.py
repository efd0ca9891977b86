"""What is known of the lengths and angles of a data set's examples."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Geometry:
    """The lengths and angles of the training images, as scaled to [0, 1]."""

    norm: float  # mean of the Euclidean norm
    square_norm: float  # mean of its square
    cosine: float  # mean over pairs of different images
    class_cosine: float  # mean over pairs of different images of one class

    @property
    def log_norm_variance(self) -> float:
        """The variance of the norm's logarithm, if that is normal."""
        return math.log(self.square_norm / self.norm**2)

    @property
    def median_norm(self) -> float:
        """The norm's median, if its logarithm is normal."""
        return self.norm * math.exp(-self.log_norm_variance / 2)
