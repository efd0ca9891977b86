"""Which learning rate: the rates that were tried, the next ones to try, and the choice.

The search goes in rounds of as many networks, so that they compile once. The first rounds are
coarse, one seed at rates far apart, and go on past an edge that is best; the last is fine, a few
rates around the best with several seeds. The judge is the mean training accuracy over the second
half of a round's steps, each step's before its update; of values it is R squared, as 1 less the
loss of standardized targets, and 0 below that. The loss at the end of so short a round is no judge:
it is ruled by a few examples where logits are saturated.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from mlpcli.data import DataFacts, Regression
from mlpcli.theory import AGREE, SATURATED

NETWORKS = 8  # of a round
SEEDS = 2  # of each rate in the fine round
COARSE = 5.0  # times from one rate to the next: eight span 78,000 times
FINE = 1.8
LOWEST = 1e-4  # of the first round, which ends at 7.8
MOST_ROUNDS = 4  # coarse ones
STEPS = 56  # of a round at least, if the run has as many
EXAMPLES = 5_600  # that a round sees at least, with small batches
MOST_ROUND_STEPS = 400
LEAST_STEPS = 20
# A short round likes rates that are high for a whole run. Over 268 whole runs of 11 configs 0.7
# times the rate that was best by steps 101 to 200 lost 0.33 points in the mean, 0.92 at most.
SAFETY = 0.7
LEARNED_R2 = 0.05
NEAR = 0.02  # in accuracy or R squared: rates that lose no more on the best are in the interval
HIGHEST = 1e3  # no round begins beyond it


@dataclass(frozen=True)
class Candidate:
    """A rate, and what came of each seed: its score from 0 to 1, None where it diverged."""

    rate: float
    scores: tuple[float | None, ...]  # accuracy, or R squared

    @property
    def diverged(self) -> int:
        """How many seeds diverged."""
        return self.scores.count(None)

    @property
    def value(self) -> float:
        """The mean score; a seed that diverged counts as 0."""
        return sum(a or 0.0 for a in self.scores) / len(self.scores)

    @property
    def error(self) -> float | None:
        """The standard error of the mean over the seeds, where there are several."""
        n = len(self.scores)
        if n < 2:
            return None
        squares = sum(((a or 0.0) - self.value) ** 2 for a in self.scores)
        return math.sqrt(squares / (n - 1) / n)


@dataclass(frozen=True)
class Curvature:
    """The sharpness of initial networks, for each of two seeds on each of two samples."""

    sharpness: tuple[float, ...]
    limits: tuple[float, ...]  # the stable learning rate of each
    logit_scale: float  # RMS over examples of the standard deviation over classes, or of outputs
    of_values: bool = False  # whether the loss is a squared error: its outputs do not saturate

    @property
    def guides(self) -> bool:
        """Whether a limit of the learning rate can be read from it."""
        sound = all(value > 0 for value in self.sharpness)  # NaN is not
        agree = max(self.sharpness) <= AGREE * min(self.sharpness)
        return sound and agree and (self.of_values or self.logit_scale <= SATURATED)


@dataclass(frozen=True)
class Choice:
    """The best rate, the interval around it, and what to think of them."""

    best: float
    low: float
    high: float
    edge: str  # "lowest" or "highest" where that rate of the coarse ones was the best, else ""
    learns: bool  # whether any rate did
    candidates: tuple[Candidate, ...]  # by rate


@dataclass(frozen=True)
class RateResult:
    """All that was found of a config's learning rate."""

    choice: Choice
    curvature: Curvature
    steps: int  # of each round
    rounds: int
    seconds: float


def round_steps(steps: int, batch_size: int) -> int:
    """Return the steps of a round: 56, more with small batches, as many as the run has at most.

    >>> [round_steps(5_000, batch) for batch in (8, 50, 100, 512)], round_steps(60, 8)
    ([400, 112, 56, 56], 60)
    """
    wanted = min(max(STEPS, EXAMPLES // batch_size), MOST_ROUND_STEPS)
    return max(min(wanted, steps), LEAST_STEPS)


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


def first_rates() -> list[float]:
    """Return the rates of the first round, rising."""
    return [LOWEST * COARSE**i for i in range(NETWORKS)]


def further_rates(candidates: Sequence[Candidate], learned: float) -> list[float]:
    """Return the rates of another coarse round, or none where the best has worse on both sides.

    Where nothing learned, the rates go up unless the highest diverged.
    """
    ordered = sorted(candidates, key=lambda candidate: candidate.rate)
    best = max(ordered, key=lambda candidate: candidate.value)
    lowest, highest = ordered[0], ordered[-1]
    nothing = best.value < learned
    if (best is highest or (nothing and not highest.diverged)) and highest.rate < HIGHEST:
        return [highest.rate * COARSE ** (i + 1) for i in range(NETWORKS)]
    if best is lowest or (nothing and highest.diverged):
        return [lowest.rate / COARSE ** (NETWORKS - i) for i in range(NETWORKS)]
    return []


def fine_rates(candidates: Sequence[Candidate]) -> list[float]:
    """Return the rates of the fine round: a few around the best of the coarse ones."""
    center = max(candidates, key=lambda candidate: candidate.value).rate
    count = NETWORKS // SEEDS
    return [center * FINE ** (i - (count - 1) / 2) for i in range(count)]


def top(candidates: Sequence[Candidate]) -> float:
    """Return the rate at the top of the parabola through the best candidate and its two neighbors.

    It is a parabola in x = ln rate: with the neighbors h to the left and k to the right, and
    accuracies p and q below the best's, the top is (p k^2 - q h^2) / (2 (p k + q h)) to the right.
    At an end there is none, and the best candidate it is.

    >>> round(top([Candidate(0.1, (0.8,)), Candidate(1.0, (0.9,)), Candidate(10.0, (0.8,))]), 6)
    1.0
    """
    ordered = sorted(candidates, key=lambda candidate: candidate.rate)
    at = max(range(len(ordered)), key=lambda i: ordered[i].value)
    best = ordered[at]
    if not 0 < at < len(ordered) - 1:
        return best.rate
    left, right = ordered[at - 1], ordered[at + 1]
    h, k = math.log(best.rate / left.rate), math.log(right.rate / best.rate)
    p, q = best.value - left.value, best.value - right.value
    if p + q == 0:
        return best.rate
    return best.rate * math.exp((p * k**2 - q * h**2) / (2 * (p * k + q * h)))


def choose(coarse: Sequence[Candidate], fine: Sequence[Candidate], learned: float) -> Choice:
    """Return the choice: the top of the fine round, and the rates about as good."""
    candidates = tuple(sorted((*coarse, *fine), key=lambda candidate: candidate.rate))
    tops = sorted(coarse, key=lambda candidate: candidate.rate)
    winner = max(tops, key=lambda candidate: candidate.value)
    learns = max(candidate.value for candidate in candidates) >= learned
    edges = {tops[0].rate: "lowest", tops[-1].rate: "highest"}
    best = two_digits(top(fine) * SAFETY)
    low, high = _interval(candidates, max(candidate.value for candidate in fine) - NEAR)
    return Choice(
        best=best,
        low=two_digits(min(low * SAFETY, best)),
        high=two_digits(max(high * SAFETY, best)),
        edge=edges.get(winner.rate, "") if learns else "",
        learns=learns,
        candidates=candidates,
    )


def _interval(candidates: Sequence[Candidate], limit: float) -> tuple[float, float]:
    """Return the rates where accuracy, between candidates a line over ln rate, crosses a limit."""
    at = max(range(len(candidates)), key=lambda i: candidates[i].value)

    def crossing(outward: Sequence[Candidate]) -> float:
        inside = outward[0]
        for candidate in outward[1:]:
            if candidate.value < limit:
                share = (inside.value - limit) / (inside.value - candidate.value)
                return float(inside.rate * (candidate.rate / inside.rate) ** share)
            inside = candidate
        return inside.rate

    return crossing(candidates[at::-1]), crossing(candidates[at:])


def two_digits(rate: float) -> float:
    """Round to what the search can resolve.

    >>> two_digits(0.006137), two_digits(0.2349)
    (0.0061, 0.23)
    """
    return float(f"{rate:.2g}")
