"""Successive halving: at which steps trials are held against each other, and which go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mlpcli.config import Config
from mlpcli.sweep.trial import Trial

MOST_RUNGS = 4


def rungs(config: Config, eta: int) -> tuple[int, ...]:
    """Return the steps at which a trial may be stopped, in order; its last step is none of them.

    Rung k of K lies at steps / eta^(K - k + 1), put off to the next validation, for as many K as
    leave a validation between two rungs, four at most. Learning rates go by all steps throughout.

    >>> from mlpcli import load_config
    >>> rungs(load_config("configs/tiny.yaml"), 3)  # of 500 steps, validated every 50
    (100, 200)
    """
    if eta == 1:
        return ()
    found: list[int] = []
    every, later = config.eval_every, config.steps
    for k in range(1, MOST_RUNGS + 1):
        step = -(-config.steps // (eta**k * every)) * every
        if config.steps / eta**k < every or step >= later:
            break
        found.append(step)
        later = step
    return tuple(reversed(found))


def is_among_best(score: float, before: Sequence[float], eta: int) -> bool:
    """Say whether a trial goes on from a rung, by the scores there of trials of lower numbers.

    Of k trials, itself among them, the best k / eta go on, at least one: it does where fewer than
    that are better than it (the rule of asynchronous successive halving, Li et al. 2020, in the
    order of the trials' numbers, so that it does not depend on which of them ended first).

    >>> is_among_best(0.8, [0.7, 0.9, 0.6], 3), is_among_best(0.8, [0.7, 0.9, 0.6, 0.5, 0.4], 3)
    (False, True)
    """
    places = max(1, (len(before) + 1) // eta)
    return sum(other > score for other in before) < places


def goes_on(trial: Trial, trials: Sequence[Trial], eta: int) -> bool | None:
    """Say whether a trial that waits goes on from its rung; None where that is not known yet."""
    step, place = trial.step, trial.rungs.index(trial.step)
    before = []
    for other in trials[: trial.number]:
        at = other.rungs[place] if place < len(other.rungs) else step
        if at in other.at:
            before.append(other.at[at])
        elif not other.is_over:
            return None
    return is_among_best(trial.at[step], before, eta)


def no_rungs(configs: Iterable[Config], eta: int) -> str | None:
    """Say that halving stops nothing, where no trial has a rung; else return None."""
    if eta == 1 or any(rungs(config, eta) for config in configs):
        return None
    return f"halving: {eta} stops no trial: they validate too rarely; set validations: {eta + 1}"


def rule_text(eta: int, steps: Sequence[int]) -> str:
    """Say by which rule trials are stopped."""
    at = ", ".join(f"{step:,}" for step in steps)
    what = "step" if len(steps) == 1 else "steps"
    return (
        f"successive halving, eta {eta}: at {what} {at} a trial goes on if it is among the best "
        f"1/{eta} of those before it and itself"
    )
