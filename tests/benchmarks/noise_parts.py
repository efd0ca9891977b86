"""How well the parts of the noise are told apart, by simulation: their bias and their intervals."""

from collections.abc import Iterator, Sequence
from math import sqrt

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from rounds import Target, print_table, print_targets

from mlpcli.stats.variance_parts import NoiseParts, Part, noise_parts

TRIALS = 2_000  # so that 95 % is known to half a point
SIZES = (3, 4, 6)  # seeds of the weights, and as many of the order
TRUTHS = ((1, 1, 1), (4, 1, 1), (0, 1, 1), (0, 0, 1), (0.1, 0.1, 1))  # variances
SEED = 19
LEAST = 93.0  # % of the intervals


def benchmark() -> None:
    """Simulate and print bias and coverage, the same ones each time."""
    print(
        f"Crossed designs, normal noise, {TRIALS:,} trials. Bias in % of the whole variance; "
        "coverage\nof the 95 % intervals in %; mean: of Student's, as if all runs were "
        "independent\n"
    )
    rows, least = [], 100.0
    for size in SIZES:
        rng = np.random.default_rng(SEED + size)
        for truth in TRUTHS:
            trials = [*_trials(rng, size, truth)]
            bias = _bias([found for _, found in trials], truth)
            held = _held([found for _, found in trials], truth)
            least = min(least, *held)
            mean = _mean_held(np.array([y for y, _ in trials]))
            cells = [*(f"{each:+.1f}" for each in bias), *(f"{each:.1f}" for each in held)]
            name = ", ".join(f"{each:g}" for each in truth)
            rows.append((f"{size} x {size}", name, *cells, f"{mean:.1f}"))
    head = ("seeds", "init, order, rest", *("bias init", "order", "rest"))
    print_table((*head, "held init", "order", "rest", "mean"), rows)
    print_targets([Target("intervals that hold the truth, the least", LEAST, least, " %")])


def _trials(
    rng: Generator, size: int, truth: Sequence[float]
) -> Iterator[tuple[NDArray[np.float64], NoiseParts]]:
    """Yield the scores of designs, and what their parts are told to be."""
    init, order, rest = map(sqrt, truth)
    for _ in range(TRIALS):
        y = init * rng.normal(size=(size, 1)) + order * rng.normal(size=(1, size))
        y = y + rest * rng.normal(size=(size, size))
        found = noise_parts({(i, j): float(v) for (i, j), v in np.ndenumerate(y)})
        assert found
        yield y, found


def _bias(found: Sequence[NoiseParts], truth: Sequence[float]) -> list[float]:
    """Return how far the mean estimates are from the truth, in % of the whole variance."""
    parts = [[each.variance for each in _parts(one)] for one in found]
    return [float(100 * v / sum(truth)) for v in np.mean(parts, axis=0) - truth]


def _held(found: Sequence[NoiseParts], truth: Sequence[float]) -> list[float]:
    """Return how many of the intervals hold the truth, in %."""
    held = [
        [part.low <= true <= part.high for part, true in zip(_parts(one), truth, strict=True)]
        for one in found
    ]
    return [float(100 * share) for share in np.mean(held, axis=0)]


def _mean_held(scores: NDArray[np.float64]) -> float:
    """Return how often Student's interval of the mean of all holds it, in %; it is 0."""
    from scipy.special import stdtrit

    y = scores.reshape(len(scores), -1)
    n = y.shape[1]
    wide = stdtrit(n - 1, 0.975) * y.std(axis=1, ddof=1) / sqrt(n)
    return float(100 * np.mean(np.abs(y.mean(axis=1)) <= wide))


def _parts(found: NoiseParts) -> tuple[Part, Part, Part]:
    return found.of_rows, found.of_columns, found.rest
