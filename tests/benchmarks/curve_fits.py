"""How often forecasts of learning curves hold: power laws that are known, with seeds' noise.

    python tests/benchmarks/curve_fits.py --draws 400 --seed 1

Laws: floor 0 or a fifth to a half of the first error, rate 0.15 to 1; points a factor 2 to 3
apart; noise of 2 to 10 % of the error a seed, a third of its variance shared by all points of the
seed or none. Prints how often the interval ten times further out holds the law, how wide it is (the
median of high / low), and how often the largest point, held out, lies inside its interval.
"""

import argparse

import numpy as np

from mlpcli.stats.power_law import CurvePoint, learning_curve


def drawn_curve(
    rng: np.random.Generator, points: int, seeds: int, shared: float
) -> tuple[list[CurvePoint], float]:
    """Return noisy points of a law, and what the law is ten times further out."""
    x = 100 * rng.uniform(2, 3.2) ** np.arange(points)
    rate, floor = rng.uniform(0.15, 1), rng.choice([0, rng.uniform(0.02, 0.5)])
    sd = rng.uniform(0.02, 0.1)
    law = floor + (1 - floor) * (x / x[0]) ** -rate
    of_seed = rng.normal(0, sd * np.sqrt(shared), seeds)
    own = rng.normal(0, sd * np.sqrt(1 - shared), (points, seeds))
    values = 0.3 * law[:, None] * (1 + of_seed + own)
    found = [
        CurvePoint(float(at), dict(enumerate(map(float, each))))
        for at, each in zip(x, values, strict=True)
    ]
    ahead = 0.3 * (floor + (1 - floor) * (10 * x[-1] / x[0]) ** -rate)
    return found, float(ahead)


def main() -> None:
    """Print coverages by the number of points and of seeds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("points seeds shared  forecast holds  high/low  held-out inside")
    for points in (4, 5, 7):
        for seeds in (3, 5):
            for shared in (0.0, 0.33):
                rng = np.random.default_rng([given.seed, points, seeds, int(100 * shared)])
                held, inside, widths = 0, 0, []
                for _ in range(given.draws):
                    found, truth = drawn_curve(rng, points, seeds, shared)
                    curve = learning_curve(found)
                    low, high = curve.forecast.low or 0.0, curve.forecast.high or 0.0
                    held += low <= truth <= high
                    inside += bool(curve.is_foreseen)
                    widths.append(high / low)
                share, out = held / given.draws, inside / given.draws
                wide, case = float(np.median(widths)), f"{points:6} {seeds:5} {shared:6.2f}"
                print(f"{case} {share:15.1%} {wide:9.2f} {out:16.1%}", flush=True)


if __name__ == "__main__":
    main()
