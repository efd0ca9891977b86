"""Activations and softmax cross-entropy under a Gaussian: one-dimensional integrals.

numpy and scipy are imported where they are needed: a command that predicts nothing does without.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DEGREE = 40  # of the last Hermite polynomial; ReLU's squared coefficients beyond sum to 0.0005
SMALL = 0.5  # of logits' standard deviations: below it the Gaussian is the narrower of two
LAST = 1e38  # float32 ends at 3.4e38


@dataclass(frozen=True)
class Moments:
    """What an activation f makes of z ~ N(0, q)."""

    square: float  # E[f(z)^2]
    slope_square: float  # E[f'(z)^2]
    spread: float  # Var(f(z)^2) / E[f(z)^2]^2; 5 for ReLU
    exponent: float  # d log E[f(z)^2] / d log q; 1 for ReLU


def moments(activation: str, q: float) -> Moments:
    """Return the moments of an activation under N(0, q), q > 0.

    >>> relu = moments("relu", 4.0)
    >>> round(relu.square, 9), round(relu.slope_square, 9), round(relu.spread, 9)
    (2.0, 0.5, 5.0)
    """
    xi, weights = _nodes()
    z = math.sqrt(q) * xi
    value, slope = activated(activation, z)
    square = float(weights @ value**2)
    if not square:
        return Moments(0.0, float(weights @ slope**2), 0.0, 1.0)
    unit = value / math.sqrt(square)
    return Moments(
        square=square,
        slope_square=float(weights @ slope**2),
        spread=max(float(weights @ unit**4) - 1.0, 0.0),
        exponent=float(weights @ (unit * slope * z)) / math.sqrt(square),
    )


def correlations(activation: str, q: float, before: Floats) -> Floats:
    """Return the cosines E[f(u) f(v)] / E[f(z)^2], where u and v ~ N(0, q) correlate by `before`.

    With a_k = E[f(sqrt(q) xi) he_k(xi)], he_k the normalized Hermite polynomials, it is
    sum a_k^2 c^k / sum a_k^2 (Mehler; Daniely, Frostig and Singer 2016). What lies beyond DEGREE
    counts as of the next degree.
    """
    import numpy as np

    xi, weights = _nodes()
    value, _ = activated(activation, math.sqrt(q) * xi)
    total = float(weights @ value**2)
    if not total:
        return before
    resume_point, this = np.zeros_like(xi), np.ones_like(xi)
    result, rest = np.zeros_like(before), 1.0
    for k in range(DEGREE + 1):
        share = float(weights @ (value * this)) ** 2 / total
        result += share * before**k
        rest -= share
        resume_point, this = this, (xi * this - math.sqrt(k) * resume_point) / math.sqrt(k + 1)
    after: Floats = np.clip(result + max(rest, 0.0) * before ** (DEGREE + 1), -1.0, 1.0)
    return after


def expected_cross_entropy(stddev: float, classes: int) -> float:
    """Return E[logsumexp(s xi)], xi ~ N(0, I) of [classes], in nats.

    It is the expected cross-entropy of logits that know nothing of the labels. With Gumbel noise
    g, logsumexp(z) is the mean of max(z_i + g_i) less Euler's constant, so it is

        integral of (t > 0) - H(t)^classes dt - 0.5772,  H(t) = P(s xi + g <= t)

    by the trapezoidal rule; H is integrated over the narrower of xi and g.
    ln C for s = 0; about ln C + s^2 (1 - 1/C) / 2 for small s, and 1.5388 s for large s and ten
    classes, the expected maximum of ten normals.

    >>> [round(expected_cross_entropy(s, 10), 4) for s in (0.0, 0.473, 1000.0)]
    [2.3026, 2.4021, 1538.754]
    """
    import numpy as np

    if not stddev:
        return math.log(classes)
    if stddev > LAST:
        return math.inf
    low, high = -9.0 * stddev - 5.0, 9.0 * stddev + 40.0
    t = np.linspace(low, high, 500)
    below = _smoothed_gumbel(t, stddev)
    return float(high - np.trapezoid(below**classes, t) - np.euler_gamma)


def _smoothed_gumbel(t: Floats, stddev: float) -> Floats:
    """Return P(s xi + g <= t), g Gumbel noise: [len(t)]."""
    import numpy as np
    from scipy.special import ndtr

    if stddev < SMALL:
        xi = np.arange(-9.0, 9.0, 0.2)
        weights = np.exp(-xi * xi / 2)
        with np.errstate(over="ignore"):
            below: Floats = np.exp(-np.exp(stddev * xi - t[:, None])) @ (weights / weights.sum())
        return below
    g = np.arange(-4.5, 40.0, 0.2)
    weights = np.exp(-g - np.exp(-g))
    smooth: Floats = ndtr((t[:, None] - g) / stddev) @ (weights / weights.sum())
    return smooth


@lru_cache(maxsize=1)
def _nodes() -> tuple[Floats, Floats]:
    """Return points and weights that integrate over N(0, 1), whatever happens at 0.

    The trapezoidal rule in u with xi = +-exp(u): an activation's kink at 0 falls between the two
    halves, and one that saturates at any scale is smooth in u. Gauss-Hermite's error for ReLU is
    a thousandth at 200 points.
    """
    import numpy as np

    step = 0.02
    u = np.arange(-40.0, 2.6, step)
    half = np.exp(u)
    weights = np.exp(-half * half / 2) * half
    weights /= 2 * weights.sum()
    return np.concatenate([-half[::-1], half]), np.concatenate([weights[::-1], weights])


def activated(activation: str, z: Floats) -> tuple[Floats, Floats]:
    """Return an activation and its slope, both [len(z)], as Keras has them."""
    values: tuple[Floats, Floats] = _ACTIVATIONS[activation](z)
    return values


def _relu(z: Floats) -> tuple[Floats, Floats]:
    import numpy as np

    return np.maximum(z, 0.0), np.where(z > 0, 1.0, 0.0)


def _tanh(z: Floats) -> tuple[Floats, Floats]:
    import numpy as np

    value = np.tanh(z)
    return value, 1.0 - value**2


def _sigmoid(z: Floats) -> tuple[Floats, Floats]:
    from scipy.special import expit

    value = expit(z)
    return value, value * (1.0 - value)


def _gelu(z: Floats) -> tuple[Floats, Floats]:
    """Return z Phi(z) and its slope: Keras's default is the exact form."""
    import numpy as np
    from scipy.special import ndtr

    below = ndtr(z)
    with np.errstate(over="ignore"):
        return z * below, below + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _elu(z: Floats) -> tuple[Floats, Floats]:
    import numpy as np

    below = np.exp(np.minimum(z, 0.0))
    return np.where(z > 0, z, below - 1.0), np.where(z > 0, 1.0, below)


def _linear(z: Floats) -> tuple[Floats, Floats]:
    import numpy as np

    return z, np.ones_like(z)


_ACTIVATIONS: dict[str, Callable[[Floats], tuple[Floats, Floats]]] = {
    "relu": _relu,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "gelu": _gelu,
    "elu": _elu,
    "linear": _linear,
}
