"""How often verdicts and intervals are wrong, over settings whose truth is known."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from rounds import Target, print_table, print_targets

from mlpcli.stats.comparisons import holm, standings
from mlpcli.stats.differences import Scores, difference, mean_test, paired
from mlpcli.stats.intervals import mean_interval
from mlpcli.stats.verdicts import ALPHA, Answer, verdict

SEEDS = (3, 5, 8, 10, 20)
FAMILIES = (2, 5, 10)  # settings
TRIALS = 1_000
INTERVALS = 4_000  # so that 95 % is known to 0.3 points
MOST_SEEDS = 100  # at a second look
MEAN, SEED_SD, OWN_SD = 0.98, 0.001, 0.001  # of an accuracy: the seed's share, and the rest

DIFFERENT = (Answer.BETTER, Answer.WORSE)

Draw = Callable[[Generator, int], NDArray[np.float64]]  # n values


def benchmark() -> None:
    """Simulate and print the shares of errors, the same ones each time."""
    print(f"Equal settings, {TRIALS:,} trials: false alarms in %\n")
    alarms = {n: _percent(_alarm, n, TRIALS) for n in SEEDS}
    looks = {n: _percent(_alarm_at_two_looks, n, TRIALS) for n in SEEDS}
    rows = [(str(n), f"{alarms[n]:.1f}", f"{looks[n]:.1f}") for n in SEEDS]
    print_table(("seeds", "one look", "a second with the seeds advised"), rows)
    families = _report_families()
    held = _report_coverage()
    print_targets(
        [
            Target("equal settings called different", 7, max(alarms.values()), " %", least=False),
            Target("any of 2 to 10 called worse than the best", 7, families, " %", least=False),
            Target("normal values: intervals that hold the mean", 93, min(held), " %"),
            Target("normal values: intervals that hold the mean", 97, max(held), " %", least=False),
        ]
    )


def _report_families() -> float:
    """Print how often the best of K equal settings is called better, and return the most."""
    print(f"K equal settings beside the best-looking, {TRIALS:,} trials: any false alarm, in %\n")
    rows, shares = [], []
    for k in FAMILIES:
        for n in SEEDS:
            naive = _percent(partial(_naive_family_alarm, k=k), n, TRIALS)
            shares.append(_percent(partial(_family_alarm, k=k), n, TRIALS))
            rows.append((str(k), str(n), f"{naive:.1f}", f"{shares[-1]:.1f}"))
    print_table(("K", "seeds", "Holm over K - 1", "over all pairs, as in compare"), rows)
    return max(shares)


def _report_coverage() -> list[float]:
    """Print how often intervals hold the mean, and return the shares of normal values."""
    print(f"95 % intervals, {INTERVALS:,} trials: those that hold the mean, in %\n")
    shares = {
        name: [_percent(partial(_holds, draw=draw, mean=mean), n, INTERVALS) for n in SEEDS]
        for name, (draw, mean) in _populations().items()
    }
    rows = [(name, *(f"{share:.1f}" for share in each)) for name, each in shares.items()]
    print_table(("values", *(f"n = {n}" for n in SEEDS)), rows)
    return shares["normal"]


def _percent(happens: Callable[[Generator, int], bool], n: int, trials: int) -> float:
    rng = np.random.default_rng(n)
    return 100 * sum(happens(rng, n) for _ in range(trials)) / trials


def _equal_settings(rng: Generator, k: int, n: int) -> list[Scores]:
    """Return k equally good settings: n seeds that all share, and noise of their own."""
    accuracies = MEAN + SEED_SD * rng.normal(size=n) + OWN_SD * rng.normal(size=(k, n))
    return [dict(enumerate(map(float, row))) for row in accuracies]


def _different(a: Scores, b: Scores) -> bool:
    apart = difference(a, b)
    return verdict(apart, apart.p).answer in DIFFERENT


def _alarm(rng: Generator, n: int) -> bool:
    return _different(*_equal_settings(rng, 2, n))


def _alarm_at_two_looks(rng: Generator, n: int) -> bool:
    """Test at n seeds, and without evidence once more with all the seeds that were advised."""
    a, b = (list(each.values()) for each in _equal_settings(rng, 2, MOST_SEEDS))
    first = paired(a[:n], b[:n])
    said = verdict(first, first.p)
    if said.answer is not Answer.UNDECIDED:
        return said.answer in DIFFERENT
    advised = min(said.seeds_high or MOST_SEEDS, MOST_SEEDS)
    return advised > n and paired(a[:advised], b[:advised]).p < ALPHA


def _family_alarm(rng: Generator, n: int, k: int) -> bool:
    rows = standings(_equal_settings(rng, k, n)).rows
    return any(row.verdict.answer in DIFFERENT for row in rows if row)


def _naive_family_alarm(rng: Generator, n: int, k: int) -> bool:
    """Choose the best by the data, then test as if it had been named beforehand."""
    settings = sorted(_equal_settings(rng, k, n), key=lambda each: sum(each.values()))
    best = settings.pop()
    return min(holm([mean_test(each, best).p for each in settings])) < ALPHA


def _populations() -> dict[str, tuple[Draw, float]]:
    """Return by name how values are drawn, and their mean."""
    skewed = {
        f"1 - lognormal error, log sd {sd:g}": (
            lambda rng, n, sd=sd: 1 - rng.lognormal(math.log(0.02), sd, n),
            1 - 0.02 * math.exp(sd * sd / 2),
        )
        for sd in (0.1, 0.25, 0.5, 1.0)
    }
    return {
        "normal": (lambda rng, n: rng.normal(size=n), 0.0),
        **skewed,
        "t of 3 degrees of freedom": (lambda rng, n: rng.standard_t(3, n), 0.0),
    }


def _holds(rng: Generator, n: int, draw: Draw, mean: float) -> bool:
    interval = mean_interval(draw(rng, n))
    assert interval.low is not None
    assert interval.high is not None
    return interval.low <= mean <= interval.high
