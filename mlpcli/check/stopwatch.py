"""A program of its own: this machine's speed at float32 matrix products, in FLOP/s, on stdout.

All cores multiply at once, each for itself, and the median product counts, so that the speed is
that of a machine with nothing else to do. Run it with OPENBLAS_NUM_THREADS=1: a product that
OpenBLAS's threads share runs at a third of the speed where one of the cores is busy.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import numpy as np

SECONDS = 0.1
ROWS, INPUTS, UNITS = 128, 512, 512  # fits a core's cache; 0.7 ms at 100 GFLOP/s


def product_seconds(until: float) -> float:
    """Multiply until then, at least three times; return what the median product took."""
    a, b = np.ones((ROWS, INPUTS), np.float32), np.ones((INPUTS, UNITS), np.float32)
    out = np.empty((ROWS, UNITS), np.float32)
    took: list[float] = []
    while len(took) < 3 or time.perf_counter() < until:
        began = time.perf_counter()
        np.matmul(a, b, out=out)
        took.append(time.perf_counter() - began)
    return median(took)


def main() -> None:
    """Print the speed of all cores together."""
    cores = len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(cores) as pool:
        took = pool.map(product_seconds, [time.perf_counter() + SECONDS] * cores)
        sys.stdout.write(f"{sum(2 * ROWS * INPUTS * UNITS / each for each in took):.4g}\n")


if __name__ == "__main__":
    main()
