"""How sure a number is."""

import math

Z95 = 1.959963984540054  # the 97.5 % point of the standard normal distribution


def wilson_interval(right: int, examples: int, z: float = Z95) -> tuple[float, float]:
    """Return the score interval of a proportion, two shares from 0 to 1.

    (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), with p = right / n (Wilson 1927).

    >>> [round(share, 4) for share in wilson_interval(9_800, 10_000)]
    [0.9771, 0.9826]
    """
    p, n = right / examples, examples
    center = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (center - half) / scale), min(1.0, (center + half) / scale)
