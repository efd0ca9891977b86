"""Advice followed: one after another, each tried, until a run is healthy or five were tried."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from mlpcli.config import Config
from mlpcli.explain.measure import Explanation
from mlpcli.explain.proof import (
    ADVISED,
    NOTHING,
    NothingToProveError,
    Proof,
    fresh,
    proof_of,
    short_name,
    train_into,
)
from mlpcli.runs import find_runs
from mlpcli.terminal import print_line, stderr_console
from mlpcli.theory import Advice, advice_text

MOST_TRIED = 5  # advices

Advised = tuple[Advice, Config]


class Attempt(Protocol):
    """An advice that was tried."""

    @property
    def config(self) -> Config:
        """The config with it."""

    @property
    def helps(self) -> bool:
        """Whether it is better than the one before."""


Step = TypeVar("Step", bound=Attempt)


@dataclass(frozen=True)
class Tried:
    """An advice, the config with it, and what came of it beside the one that it was given for."""

    advice: Advice
    config: Config
    proof: Proof

    @property
    def helps(self) -> bool:
        """Whether its runs are better in the mean, so that one goes on from it."""
        standing = self.proof.standing
        return standing is not None and standing.difference.mean > 0


@dataclass(frozen=True)
class Followed:
    """What came of following advice: all that was tried, and the best beside the config itself."""

    tried: tuple[Tried, ...]
    proof: Proof  # of all the advice that helped, together
    config: Config  # the best
    healthy: bool  # whether nothing more is advised for it


def follow(found: Explanation, folder: Path, explain: Callable[[Path], Explanation]) -> Followed:
    """Follow the advice for a run, trying MOST_TRIED at most, each with the same fresh seeds.

    Raises NothingToProveError where nothing is advised.
    """
    place = folder / f"{found.path.resolve().name}-followed"
    name = short_name(found.evidence.config)
    own, left = found.evidence.config.model_copy(update={"name": name}), found.all_advised()
    if not left:
        raise NothingToProveError(*NOTHING)
    codes = [train_into(place, fresh(own))]

    def attempt(best: Config, advice: Advice, config: Config, nth: int) -> Tried:
        config = config.model_copy(update={"name": f"{name}{ADVISED}{nth}"})
        print_line(stderr_console(), f"trying {advice_text(advice)}", "dim")
        codes.append(train_into(place, fresh(config)))
        return Tried(advice, config, proof_of(place, best, config, codes[-1]))

    def advised(config: Config) -> list[Advised]:
        return explain(find_runs([f"{place}/*-{config.name}-*"], place)[0][0]).all_advised()

    tried, best, healthy = climb(own, left, attempt, advised)
    return Followed(tuple(tried), proof_of(place, own, best, max(codes)), best, healthy)


def climb(
    best: Config,
    left: Sequence[Advised],
    attempt: Callable[[Config, Advice, Config, int], Step],
    advised: Callable[[Config], list[Advised]],
) -> tuple[list[Step], Config, bool]:
    """Return what was tried, the best config, and whether nothing more is advised for it.

    `left` is the advice for a config, best first. Where an advice helps, one goes on with that for
    its config; where it does not, the next of the same explanation is tried.
    """
    tried, waiting = list[Step](), list(left)
    while waiting and len(tried) < MOST_TRIED:
        advice, config = waiting.pop(0)
        tried.append(attempt(best, advice, config, len(tried) + 1))
        if tried[-1].helps:
            best = tried[-1].config
            waiting = advised(best)
    return tried, best, not waiting
