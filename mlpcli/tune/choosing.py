"""Which of the rates that were tried is the best for a whole run, and which are about as good."""

import math
from dataclasses import dataclass

from msgspec.structs import replace

from mlpcli.config import Config
from mlpcli.data import DataFacts, Regression
from mlpcli.tune.plan import Plan
from mlpcli.tune.records import Candidate, Candidates, Choice, best_of, of_most_seeds

LEARNED_R2 = 0.05
NEAR = 0.02  # in accuracy or R squared: rates that lose no more on the best are in the interval
# What the lower (-1) and the upper edge (1) lose where they are read off. Training fails soon
# beyond the upper one, and at other rates with other seeds: it lost no more than NEAR in 89 of 100
# whole runs (37 drawn configs), and in 83 (18) where it was read off at NEAR, as the lower one is.
READ_OFF = {-1: NEAR, 1: 0.015}
# Rates whose scores differ by less than this many standard errors of a score are equally good, and
# the middle of them is the best: over 56 drawn configs it lost 0.15 points, and the highest 0.23.
EQUAL = 0.5
# What loses more than this on the best counts as losing this where neighbors are mixed
FAILED = 0.1
# The best rate of a training of n steps is (steps / n) ** -drift that of a run. At a constant rate
# the noise of small batches stays, and counts the more the longer the run is. From 200 and 400
# steps to 2,000 the best rate of 22 drawn configs fell by 0.38 octaves a doubling in the mean where
# batches had 1 to 8 examples, and by 0.10 where they had 12 to 548; whatever the momentum. With a
# decay, which removes the noise, it fell by 0.11 (36 configs), and 0 to 0.1 lost the same.
DRIFT_OF_ONE, DRIFT_A_DOUBLING, LEAST_DRIFT = 0.4, 0.05, 0.1
DRIFT_OF_DECAY = 0.05
# The edges move otherwise. A rate that is too low is so for the steps that it has: the lower edge
# fell by 0.3 octaves a doubling or more in 80 of 100 of 64 configs; the upper one, where training
# fails, hardly at all, and by more than 0.2 in a quarter of 58.
DRIFT_OF_LOW, DRIFT_OF_HIGH = 0.3, 0.2


@dataclass(frozen=True)
class Judge:
    """What scores are held against."""

    learned: float  # the score that a network which has learned anything reaches
    examples: int  # that are scored
    of_values: bool = False
    drift: float = LEAST_DRIFT

    def error(self, score: float) -> float:
        """Return the standard error of a score from 0 to 1, by the examples that it is of.

        Of the share p that is right sqrt(p (1 - p) / n); of R squared about (1 - R2) sqrt(2 / n),
        where errors are normal.
        """
        lacking = 1 - min(max(score, 0.0), 1.0)
        variance = 2 * lacking**2 if self.of_values else lacking * (1 - lacking)
        return math.sqrt(variance / self.examples)


def learned_score(facts: DataFacts, class_weights: str = "none") -> float:
    """Return the score that a network which has learned anything reaches: accuracy, or R squared.

    Of values LEARNED_R2: whoever answers the mean has 0, give or take the few examples of a round.
    With class weights always to answer the largest class gains nothing, and who tells rare classes
    may be right less often than that: a share of one class takes the place of the largest one's.
    """
    if isinstance(facts.task, Regression):
        return LEARNED_R2
    if class_weights != "none":
        facts = replace(facts, largest_class=1 / facts.task.outputs)
    return facts.learned_accuracy


def drift_of(config: Config) -> float:
    """Return by which power of their lengths' ratio a longer training's best rate is smaller."""
    if config.decay != "constant":
        return DRIFT_OF_DECAY
    return max(DRIFT_OF_ONE - DRIFT_A_DOUBLING * math.log2(config.batch_size), LEAST_DRIFT)


def top(candidates: Candidates) -> float:
    """Return the rate at the top of the parabola through the best candidate and its two neighbors.

    It is a parabola in x = ln rate: with the neighbors h to the left and k to the right, and
    accuracies p and q below the best's, the top is (p k^2 - q h^2) / (2 (p k + q h)) to the right.
    At an end there is none, and the best candidate it is.

    >>> round(top([Candidate(0.1, (0.8,)), Candidate(1.0, (0.9,)), Candidate(10.0, (0.8,))]), 6)
    1.0
    """
    at = candidates.index(best_of(candidates))
    best = candidates[at]
    if not 0 < at < len(candidates) - 1:
        return best.rate
    left, right = candidates[at - 1], candidates[at + 1]
    h, k = math.log(best.rate / left.rate), math.log(right.rate / best.rate)
    p, q = best.value - left.value, best.value - right.value
    if p + q == 0:
        return best.rate
    return best.rate * math.exp((p * k**2 - q * h**2) / (2 * (p * k + q * h)))


def middle(candidates: Candidates, judge: Judge) -> float:
    """Return the middle, in ln rate, of the rates beside the best that are as good as it is.

    Where none is it is the top of the parabola.
    """
    best = best_of(candidates)
    limit = best.value - EQUAL * judge.error(best.value) / math.sqrt(len(best.scores))
    first = last = candidates.index(best)
    while first and candidates[first - 1].value >= limit:
        first -= 1
    while last + 1 < len(candidates) and candidates[last + 1].value >= limit:
        last += 1
    if first == last:
        return top(candidates)
    return math.sqrt(candidates[first].rate * candidates[last].rate)


def smoothed(candidates: Candidates) -> list[Candidate]:
    """Return candidates each of whose scores has a quarter of both neighbors'.

    Where a training is shorter than the run, the rate from which it fails is not yet where it will
    be: one that is next to it is worth less than it seems. An end is its own neighbor.
    """
    least = best_of(candidates).value - FAILED
    values = [max(each.value, least) for each in candidates]
    padded = [values[0], *values, values[-1]]
    mixed = [(padded[i] + 2 * v + padded[i + 2]) / 4 for i, v in enumerate(values)]
    return [
        Candidate(c.rate, (v,) * len(c.scores), c.steps)
        for c, v in zip(candidates, mixed, strict=True)
    ]


def choose(plan: Plan, judge: Judge, coarse: Candidates, fine: Candidates) -> Choice:
    """Return the choice by the candidates of most seeds, and the rates about as good."""
    known, shift = of_most_seeds(fine), plan.shift(judge.drift)
    best = two_digits(middle(known if plan.whole else smoothed(known), judge) * shift)
    low, high = interval(plan, coarse, fine)
    winner, every = best_of(fine), sorted((*coarse, *fine), key=lambda each: each.rate)
    edges = {every[0].rate: "lowest", every[-1].rate: "highest"}
    return Choice(
        best=best,
        low=min(two_digits(low), best),
        high=max(two_digits(high), best),
        edge=edges.get(winner.rate, ""),
        learns=True,
        candidates=tuple(fine),
        coarse=tuple(coarse),
    )


def interval(plan: Plan, coarse: Candidates, fine: Candidates) -> tuple[float, float]:
    """Return the rates from which and up to which a run loses no more than NEAR.

    Where the fine rates do not reach so far the coarse ones say it, by what they lose on theirs.
    """
    found = []
    for outward, drift in ((-1, DRIFT_OF_LOW), (1, DRIFT_OF_HIGH)):
        edge, inside = crossing(fine, outward)
        rate = edge * plan.shift(drift)
        if inside:
            edge, _ = crossing(coarse, outward)
            far = edge * plan.shift(drift, coarse[0].steps)
            rate = min(rate, far) if outward < 0 else max(rate, far)
        found.append(rate)
    return found[0], found[1]


def crossing(candidates: Candidates, outward: int) -> tuple[float, bool]:
    """Return the rate where the score falls READ_OFF below the best, down (-1) or up (1) from it.

    Where the seeds of the best differ by more than that, by their standard error.
    Between candidates it is a line over ln rate. Where it falls nowhere so far: the last rate, and
    True.
    """
    at = candidates.index(best_of(candidates))
    best = candidates[at]
    limit = best.value - max(READ_OFF[outward], best.error or 0.0)
    inside = best
    for candidate in candidates[at::outward][1:]:
        if candidate.value < limit:
            share = (inside.value - limit) / (inside.value - candidate.value)
            return float(inside.rate * (candidate.rate / inside.rate) ** share), False
        inside = candidate
    return inside.rate, True


def two_digits(rate: float) -> float:
    """Round to what the search can resolve.

    >>> two_digits(0.006137), two_digits(0.2349)
    (0.0061, 0.23)
    """
    return float(f"{rate:.2g}")
