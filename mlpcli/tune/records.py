"""What a search for a learning rate has: the rates that were tried, and what was chosen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlpcli.theory import AGREE, SATURATED
from mlpcli.tune.plan import Plan


@dataclass(frozen=True)
class Candidate:
    """A rate, and what came of each seed: its score from 0 to 1, None where it diverged."""

    rate: float
    scores: tuple[float | None, ...]  # accuracy, or R squared
    steps: int = 0  # that it was trained for

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


Candidates = Sequence[Candidate]  # by rate, rising


def best_of(candidates: Candidates) -> Candidate:
    """Return the candidate with the highest score."""
    return max(candidates, key=lambda candidate: candidate.value)


def of_most_seeds(candidates: Candidates) -> list[Candidate]:
    """Return the candidates that more seeds trained than the others, or all alike."""
    most = max(len(each.scores) for each in candidates)
    return [each for each in candidates if len(each.scores) == most]


@dataclass(frozen=True)
class Choice:
    """The best rate, the interval around it, and what to think of them."""

    best: float
    low: float
    high: float
    edge: str  # "lowest" or "highest" where that rate of all was the best, else ""
    learns: bool  # whether any rate did
    candidates: tuple[Candidate, ...]  # of the fine search, or where there was none the coarse
    coarse: tuple[Candidate, ...]


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
class RateResult:
    """All that was found of a config's learning rate."""

    choice: Choice
    plan: Plan
    scored: int  # validation examples that the score is of
    drift: float  # of the best rate with the length: the judge's
    seconds: float  # from the first training to the choice
    run_seconds: float  # about what the training of a run takes
    curvature: Curvature | None = None  # where it was asked for
