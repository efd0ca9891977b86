"""Columns of numbers: what is put for a missing one, and how they are centred and scaled."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

Scaling = Literal["standard", "robust", "minmax", "none"]
MOST_COLUMNS = 1_000_000
LARGEST = 3.4028234663852886e38  # of float32, which a network computes in
SMALLEST = 1.1754943508222875e-38  # a spread below it counts as none
CLIP = 3.0  # robust scaling lets no number be larger
ROUNDING = 1e-15  # of a column's center: a spread below it is that of the last digit

Name = Annotated[str, Meta(max_length=100_000)]
Names = Annotated[tuple[Name, ...], Meta(max_length=MOST_COLUMNS)]
Float = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
Floats = Annotated[tuple[Float, ...], Meta(max_length=MOST_COLUMNS)]
Flags = Annotated[tuple[bool, ...], Meta(max_length=MOST_COLUMNS)]


class Numeric(Struct, frozen=True):
    """Columns of numbers, with what was fitted for each on the training rows.

    A number x becomes z = (x - center) / scale, where x is the median if it is missing; z = 0 where
    the scale is 0, that of a constant column. With `clip`, z / sqrt(1 + (z / 3)^2) follows.
    """

    names: Names = ()
    medians: Floats = ()
    centers: Floats = ()
    scales: Floats = ()
    # whether a feature says that the number is missing: where some training rows have one and some
    # have none
    indicators: Flags = ()
    clip: bool = False

    def __post_init__(self) -> None:
        columns = (self.medians, self.centers, self.scales, self.indicators)
        if {len(each) for each in columns} != {len(self.names)}:
            raise ValueError("numeric columns do not have one value each of every kind")
        numbers = (*self.medians, *self.centers, *self.scales)
        if not all(map(math.isfinite, numbers)) or min(self.scales, default=0) < 0:
            raise ValueError("a median, center or scale is no number that it can be")

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features: the columns, then the indicators."""
        return (*self.names, *(f"{name} missing" for name in compress(self.names, self.indicators)))

    def transform(self, x: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        """Return the scaled numbers of x [n, columns], and which of x are missing (NaN)."""
        import numpy as np

        missing, scales = np.isnan(x), np.array(self.scales)
        z = np.where(missing, np.array(self.medians), x)
        z -= np.array(self.centers)
        z /= np.where(scales > 0, scales, math.inf)
        if self.clip:
            z /= np.sqrt(1 + (z / CLIP) ** 2)
        return z, missing

    def untransformed(self, nth: int, z: Numbers) -> Numbers:
        """Return the numbers x [n] of a column whose scaled ones are z [n].

        Of one that was missing the median, and of a constant column its center.

        >>> import numpy as np
        >>> both = Numeric(("a",), (4.0,), (2.0,), (3.0,), (False,), clip=True)
        >>> both.untransformed(0, both.transform(np.array([[8.0], [-70.0]]))[0][:, 0])
        array([  8., -70.])
        """
        import numpy as np

        if self.clip:
            z = z / (1 - (z / CLIP) ** 2).clip(1e-12) ** 0.5
        scale, center = self.scales[nth], self.centers[nth]
        # a float32 has seven digits: what is beyond six of the largest there is noise
        digits = 6 - math.ceil(math.log10(max(abs(scale), abs(center), 1e-300)))
        found: Numbers = np.round(z * scale + center, digits) + 0.0
        return found


def fit_numeric(names: Sequence[str], columns: Iterable[Numbers], scaling: Scaling) -> Numeric:
    """Return what `scaling` makes of columns of training rows, each [n] with NaN for missing."""
    fitted = [_fit_column(each, scaling) for each in columns]
    medians, centers, scales, indicators = zip(*fitted, strict=True) if fitted else ((),) * 4
    return Numeric(tuple(names), medians, centers, scales, indicators, scaling == "robust")


def _fit_column(values: Numbers, scaling: Scaling) -> tuple[float, float, float, bool]:
    """Return a column's median, center and scale, and whether some of it is missing.

    They are those of the numbers that are there; of a column without any, all 0.
    """
    import numpy as np

    missing = np.isnan(values)
    some = bool(missing.any())
    present = values[~missing] if some else values
    if not len(present):
        return 0.0, 0.0, 0.0, False
    center, scale = _SCALES[scaling](present)
    scale = 0.0 if scale < max(SMALLEST, ROUNDING * abs(center)) else scale
    return quantile(present, 0.5), center, scale, some


def quantile(values: Numbers, share: float) -> float:
    """Return the value below which a share of the values lies, interpolated between neighbours.

    A twentieth of np.quantile's time, by what np.partition does fast, one place.

    >>> import numpy as np
    >>> quantile(np.array([4.0, 1.0, 2.0, 8.0]), 0.5)
    3.0
    """
    import numpy as np

    position = (len(values) - 1) * share
    low = int(position)
    parted = np.partition(values, low)
    below = float(parted[low])
    if position == low:
        return below
    return below + (float(parted[low + 1 :].min()) - below) * (position - low)


def _standard(values: Numbers) -> tuple[float, float]:
    """Return the mean and the standard deviation."""
    return float(values.mean()), float(values.std())


def _robust(values: Numbers) -> tuple[float, float]:
    """Return the median and q75 - q25, or (max - min) / 2 where that is 0.

    Holzmueller et al. 2024, "Better by default", section 3; a column of two values, most of them
    alike, keeps them apart.
    """
    low, middle, high = (quantile(values, share) for share in (0.25, 0.5, 0.75))
    return middle, high - low or float(values.max() - values.min()) / 2


def _minmax(values: Numbers) -> tuple[float, float]:
    """Return the smallest number, and how far the largest is from it."""
    return float(values.min()), float(values.max() - values.min())


_SCALES: dict[str, Callable[[Numbers], tuple[float, float]]] = {
    "standard": _standard,
    "robust": _robust,
    "minmax": _minmax,
    "none": lambda _: (0.0, 1.0),
}
