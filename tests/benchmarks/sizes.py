"""How often settings are rightly called equivalent, what more seeds settle, and the best of K."""

import math
from itertools import product

import numpy as np
from numpy.random import Generator
from rounds import Target, print_table, print_targets

from mlpcli.stats.differences import Difference, MeanTest, mean_test
from mlpcli.stats.intervals import standard_deviation
from mlpcli.stats.shrinkage import shrunken_winner
from mlpcli.stats.verdicts import ALPHA, Answer, Verdict, equivalence_p, verdict

FIRST = 40_000  # the seed of what is quoted
TRIALS = 2_000
SEEDS = (3, 5, 10, 20)
MARGINS = (0.5, 1.0, 2.0)  # in standard deviations of the paired differences
APART = (0.3, 0.5, 1.0)  # true differences, likewise
FIRST_LOOK = (3, 5, 10)
UNDECIDED = 300  # first looks that were undecided, of each true difference
MOST_SEEDS = 2_000
SETTINGS = (3, 5, 10, 30)
BETWEEN = (0.0, 0.5, 1.0, 2.0)  # the settings' true spread, in standard errors of a mean
WINNER_SEEDS = 5


def benchmark(first_seed: int) -> None:
    """Simulate and print the shares, the same ones for the same seed."""
    rng = np.random.default_rng(first_seed)
    alarms = _report_equivalence(rng)
    settled = _report_settled(rng)
    bias = _report_winner(rng)
    print_targets(
        [
            Target("margin apart: called equivalent", 5.5, alarms[0], " %", least=False),
            Target("equal settings: called better or worse", 5.5, alarms[1], " %", least=False),
            Target("undecided: settled by the most seeds advised", 85, settled, " %"),
            Target("best of K: bias, in standard errors of a mean", 0.35, bias, "", least=False),
        ]
    )


def _report_equivalence(rng: Generator) -> tuple[float, float]:
    """Print how often pairs are called what they are, and return the most false alarms."""
    print(f"Verdicts with a margin, {TRIALS:,} trials, in %; margin in sd of the differences\n")
    rows, wrong, different = [], [], []
    for n, margin in product(SEEDS, MARGINS):
        at_zero = _answers(rng, n, margin, 0.0)
        wrong.append(_share(_answers(rng, n, margin, margin), Answer.EQUIVALENT))
        different.append(_share(at_zero, Answer.BETTER, Answer.WORSE))
        power = _share(at_zero, Answer.EQUIVALENT)
        shown = _share(_answers(rng, n, margin, 2 * margin), Answer.BETTER)
        rows.append((f"{n}", f"{margin:g}", *_texts(wrong[-1], different[-1], power, shown)))
    heads = ("margin", "false equivalent", "false better", "equal: equivalent", "2 margins: better")
    print_table(("seeds", *heads), rows)
    return max(wrong), max(different)


def _answers(rng: Generator, n: int, margin: float, truth: float) -> list[Answer]:
    """Return verdicts on TRIALS pairs of settings whose differences have that mean, and sd 1."""
    return [_looked(d, margin).answer for d in rng.normal(truth, 1, (TRIALS, n)).tolist()]


def _share(answers: list[Answer], *wanted: Answer) -> float:
    return 100 * sum(each in wanted for each in answers) / len(answers)


def _report_settled(rng: Generator) -> float:
    """Print what share the seeds settle that were advised, and return the least of high ends."""
    print(f"Undecided pairs, {UNDECIDED} each: settled by the low, middle and high end, in %\n")
    rows, high = [], []
    for apart, n, margin in product(APART, FIRST_LOOK, (0.1, 1.0)):
        drawn = [_one_undecided(rng, apart, n, margin) for _ in range(UNDECIDED)]
        shares = [100 * sum(each[0][end] for each in drawn) / UNDECIDED for end in range(3)]
        low, most = (float(np.median([each[1][end] for each in drawn])) for end in (0, 2))
        high.append(shares[2])
        rows.append(
            (f"{apart:g}", f"{n}", f"{margin:g}", *_texts(*shares), f"{low:.0f}", f"{most:.0f}")
        )
    ends = ("low", "middle", "high", "seeds, low", "high")
    print_table(("true d / sd", "seeds", "margin / sd", *ends), rows)
    return min(high)


def _one_undecided(
    rng: Generator, apart: float, n: int, margin: float
) -> tuple[list[bool], list[int]]:
    """Draw until n seeds are undecided; return what each end settles, and its seeds."""
    while True:
        d = rng.normal(apart, 1, MOST_SEEDS).tolist()
        said = _looked(d[:n], margin)
        if said.answer is Answer.UNDECIDED:
            break
    low, high = said.seeds_low or n, min(said.seeds_high or MOST_SEEDS, MOST_SEEDS)
    ends = [max(n, low), max(n, round(math.sqrt(low * high))), max(n, high)]
    return [_settles(d[:end], margin) for end in ends], ends


def _looked(d: list[float], margin: float) -> Verdict:
    """Return the verdict on differences, without the bootstrap's interval, which takes long."""
    test = _tested(d)
    bare = Difference(
        **vars(test),
        low=None,
        high=None,
        sd=standard_deviation(tuple(d)),
        p_better=0.5,
        paired=True,
    )
    return verdict(bare, test.p, margin=margin)


def _tested(d: list[float]) -> MeanTest:
    return mean_test(dict(enumerate(d)), dict.fromkeys(range(len(d)), 0.0))


def _settles(d: list[float], margin: float) -> bool:
    test = _tested(d)
    return min(test.p, equivalence_p(test, margin)) < ALPHA


def _report_winner(rng: Generator) -> float:
    """Print how far the best mean is off, raw and shrunken, and return the shrunken one's most."""
    print(f"The best of K, {WINNER_SEEDS} seeds, {TRIALS:,} trials; in standard errors of a mean\n")
    rows, most = [], 0.0
    for k, between in product(SETTINGS, BETWEEN):
        truths = rng.normal(0, between, (TRIALS, k))
        noise = math.sqrt(WINNER_SEEDS) * rng.normal(size=(TRIALS, k, WINNER_SEEDS))
        off = [
            _off(truth, truth[:, None] + each) for truth, each in zip(truths, noise, strict=True)
        ]
        raw, shrunken = (np.array(each) for each in zip(*off, strict=True))
        most = max(most, abs(float(shrunken.mean())))
        errors = [float(np.sqrt((each**2).mean())) for each in (raw, shrunken)]
        held = [100 * float((np.abs(each) < 1.96).mean()) for each in (raw, shrunken)]
        means = [f"{raw.mean():+.2f}", f"{shrunken.mean():+.2f}"]
        rms = (f"{each:.2f}" for each in errors)
        rows.append((f"{k}", f"{between:g}", *means, *rms, *_texts(*held)))
    heads = ("bias", "shrunken", "rms error", "shrunken", "within 1.96, %", "shrunken")
    print_table(("K", "true sd", *heads), rows)
    return most


def _off(truth: np.ndarray, seeds: np.ndarray) -> tuple[float, float]:
    found = shrunken_winner(seeds.tolist())
    assert found is not None
    best = float(truth[seeds.mean(axis=1).argmax()])
    return found.raw - best, found.estimate - best


def _texts(*shares: float) -> list[str]:
    return [f"{share:.1f}" for share in shares]
