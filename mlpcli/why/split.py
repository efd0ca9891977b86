"""The difference of two settings, split among the keys in which they differ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mlpcli.stats import EXACT, Coalition, Interval, interactions, mean_interval, shapley_values
from mlpcli.why.players import Between

Found = Mapping[tuple[Coalition, int], float]  # the score of each coalition and seed


@dataclass(frozen=True)
class Share:
    """What a player brings, in the score's unit: mean over seeds, with its 95 % interval."""

    keys: tuple[str, ...]
    brings: Interval


@dataclass(frozen=True)
class Split:
    """A difference and its shares, which sum to it; the largest first."""

    between: Between
    key: str  # the score
    seeds: tuple[int, ...]  # that all coalitions have
    a: Interval
    b: Interval
    difference: Interval
    shares: tuple[Share, ...]
    # the strongest pair, and what they bring together beyond what each brings; of few players
    together: tuple[tuple[str, ...], tuple[str, ...], Interval] | None


def split(between: Between, key: str, found: Found) -> Split | None:
    """Split the difference; None where no seed has a score of all coalitions."""
    every = sorted({seed for _, seed in found})
    seeds = tuple(s for s in every if all((each, s) in found for each in between.needed(s)))
    if not seeds:
        return None
    none, whole = frozenset[int](), frozenset(range(len(between.players)))
    ends = [[found[each, seed] for seed in seeds] for each in (none, whole)]
    values = [shapley_values(between.taken(seed), _of_seed(found, seed)) for seed in seeds]
    shares = [
        Share(keys, mean_interval([each[i] for each in values]))
        for i, keys in enumerate(between.players)
    ]
    return Split(
        between=between,
        key=key,
        seeds=seeds,
        a=mean_interval(ends[0]),
        b=mean_interval(ends[1]),
        difference=mean_interval([y - x for x, y in zip(*ends, strict=True)]),
        shares=tuple(sorted(shares, key=lambda share: -abs(share.brings.mean))),
        together=_together(between, found, seeds),
    )


def _together(
    between: Between, found: Found, seeds: tuple[int, ...]
) -> tuple[tuple[str, ...], tuple[str, ...], Interval] | None:
    players = between.players
    if not 2 <= len(players) <= EXACT:
        return None
    every = [interactions(len(players), _of_seed(found, seed)) for seed in seeds]
    means = {pair: mean_interval([each[pair] for each in every]) for pair in every[0]}
    (i, j), strongest = max(means.items(), key=lambda item: abs(item[1].mean))
    return players[i], players[j], strongest


def _of_seed(found: Found, seed: int) -> Callable[[Coalition], float]:
    return lambda coalition: found[coalition, seed]
