"""How often looks after every seed are wrong, and how many seeds they take, by simulation."""

from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from rounds import Target, print_table, print_targets

from mlpcli.stats.sequential import Look, look
from mlpcli.stats.verdicts import ALPHA, seeds_needed

TRIALS = 4_000  # so that 5 % is known to 0.3 points
MOST, SOONER = 30, 10  # seeds
FIRST = 3  # the seeds of the first look
FAMILIES = (2, 4)  # settings beside the first
EFFECTS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # true differences, in sd of a seed's
MARGINS = (0.7, 1.0, 1.5, 2.0)  # the same
SEED = 18

Draw = Callable[[Generator, tuple[int, ...]], NDArray[np.float64]]  # differences whose mean is 0


def benchmark() -> None:
    """Simulate and print the shares of errors and the seeds taken, the same ones each time."""
    alarms = _report_alarms()
    families = _report_families()
    _report_power()
    wrong = _report_equivalence()
    print_targets(
        [
            Target("normal differences: any false alarm in 30 looks", 5, alarms, " %", least=False),
            Target("2 or 4 settings: any false alarm in 30 looks", 5, families, " %", least=False),
            Target("different by the margin, called equivalent", 5, wrong, " %", least=False),
        ]
    )


def _populations() -> dict[str, Draw]:
    """Return by name how differences are drawn."""
    return {
        "normal": lambda rng, shape: rng.normal(size=shape),
        "t of 5 degrees of freedom": lambda rng, shape: rng.standard_t(5, shape),
        "skewness 0.5 (chi square of 32)": lambda rng, shape: rng.chisquare(32, shape) - 32,
        "skewness 1 (chi square of 8)": lambda rng, shape: rng.chisquare(8, shape) - 8,
        "skewness 2 (exponential)": lambda rng, shape: rng.exponential(size=shape) - 1,
        "one example more or less right": lambda rng, shape: (
            rng.poisson(0.5, shape) - rng.poisson(0.5, shape).astype(float)
        ),
        "one seed in ten diverges": lambda rng, shape: (
            rng.normal(size=shape) + 30.0 * (rng.random(shape) < 0.1) - 3
        ),
    }


def _report_alarms() -> float:
    """Print how often equal settings are told apart, and return the share of normal ones."""
    print(f"Differences whose true mean is 0, {TRIALS:,} trials: called better or worse, in %\n")
    rows, shares = [], {}
    for name, draw in _populations().items():
        drawn = draw(np.random.default_rng(SEED), (TRIALS, MOST))
        ends = [_end(d) for d in drawn]
        told = [each.n for each in ends if each.answer != "undecided"]
        shares[name] = _percent(len(told))
        sooner = _percent(sum(n <= SOONER for n in told))
        rows.append((name, *_fixed(drawn), f"{sooner:.1f}", f"{shares[name]:.1f}"))
    once, repeated = f"t test once at {SOONER}", f"t test after each to {MOST}"
    print_table(("differences", once, repeated, f"looks to {SOONER}", f"looks to {MOST}"), rows)
    return shares["normal"]


def _fixed(drawn: NDArray[np.float64]) -> tuple[str, str]:
    """Return the false alarms of Student's test at SOONER seeds, and after each seed, in %."""
    from scipy.special import stdtr

    n = np.arange(1, MOST + 1)
    mean = np.cumsum(drawn, 1) / n
    squares = np.maximum(np.cumsum(drawn**2, 1) - n * mean**2, 1e-12)
    t = np.abs(mean) / np.sqrt(squares / np.maximum(n - 1, 1) / n)
    alarms = (2 * stdtr(np.maximum(n - 1, 1), -t) < ALPHA)[:, FIRST - 1 :]
    once, ever = alarms[:, SOONER - FIRST], alarms.any(axis=1)
    return f"{100 * once.mean():.1f}", f"{100 * ever.mean():.1f}"


def _report_families() -> float:
    """Print how often any of several equal settings is told from the first; return the most."""
    print("Equal settings beside a first, all paired with its seeds: any false alarm, in %\n")
    shares = []
    for others in FAMILIES:
        rng = np.random.default_rng(SEED + others)
        drawn = rng.normal(size=(TRIALS // others, others + 1, MOST))
        alarms = sum(
            any(_end(each - first, comparisons=others).answer != "undecided" for each in rest)
            for first, *rest in drawn
        )
        shares.append(100 * alarms / len(drawn))
    rows = [(str(k), f"{share:.1f}") for k, share in zip(FAMILIES, shares, strict=True)]
    print_table(("settings beside the first", f"looks to {MOST}"), rows)
    return max(shares)


def _report_power() -> None:
    """Print how many seeds it takes to see a true difference, beside a test of fixed n."""
    print("A true difference, in sd of a seed's: found, in %, and mean seeds taken\n")
    rows = []
    for effect in EFFECTS:
        ends = [_end(d + effect) for d in np.random.default_rng(SEED).normal(size=(TRIALS, MOST))]
        right, wrong = (sum(each.answer == word for each in ends) for word in ("better", "worse"))
        taken = fmean(each.n for each in ends)
        fixed = [str(seeds_needed(1, effect, power, paired=True)) for power in (0.8, 0.95)]
        cells = f"{_percent(right):.1f}", f"{_percent(wrong):.2f}", f"{taken:.1f}"
        rows.append((f"{effect:g}", *cells, *fixed))
    head = ("difference", "found", "wrong sign", "seeds taken", "fixed n, 80 %", "fixed n, 95 %")
    print_table(head, rows)


def _report_equivalence() -> float:
    """Print how often equal settings are seen to be so; return how often different ones are."""
    print("A margin, in sd of a seed's: called equivalent, in %, and mean seeds taken\n")
    drawn = np.random.default_rng(SEED).normal(size=(TRIALS, MOST))
    rows, wrong = [], []
    for margin in MARGINS:
        equal = [_end(d, margin) for d in drawn]
        found, taken = sum(e.answer == "equivalent" for e in equal), fmean(e.n for e in equal)
        apart = [_end(d + margin, margin) for d in drawn]
        wrong.append(_percent(sum(each.answer == "equivalent" for each in apart)))
        rows.append((f"{margin:g}", f"{_percent(found):.1f}", f"{taken:.1f}", f"{wrong[-1]:.2f}"))
    print_table(("margin", "equal", "seeds taken", "different by the margin"), rows)
    return max(wrong)


def _end(d: NDArray[np.float64], margin: float = 0.0, comparisons: int = 1) -> Look:
    """Return the look that decides, or the last."""
    found: Look | None = None
    for found in _looks([*map(float, d)], margin, comparisons):
        if found.answer != "undecided":
            break
    assert found
    return found


def _looks(d: Sequence[float], margin: float, comparisons: int) -> Iterator[Look]:
    zeros = dict.fromkeys(range(len(d)), 0.0)
    for n in range(FIRST, len(d) + 1):
        yield look(dict(enumerate(d[:n])), zeros, margin, comparisons)


def _percent(number: int) -> float:
    return 100 * number / TRIALS
