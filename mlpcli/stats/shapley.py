"""A difference split among what brought it about (Shapley 1953)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, permutations
from random import Random

EXACT = 4  # players, up to which all orders are taken: 24 of 16 coalitions
PAIRS = 6  # of orders that are sampled, each with its reverse, of more players

Coalition = frozenset[int]
Value = Callable[[Coalition], float]


def orders(players: int, seed: int = 0) -> list[tuple[int, ...]]:
    """Return the orders in which players join: all of them of few, else a sample.

    A sampled order is followed by its reverse, for what one gives a player too much the other
    gives too little (antithetic sampling; Mitchell et al. 2022).

    >>> len(orders(3)), len(orders(5)), orders(5)[1] == orders(5)[0][::-1]
    (6, 12, True)
    """
    if players <= EXACT:
        return list(permutations(range(players)))
    draw, found = Random(seed), list[tuple[int, ...]]()
    for _ in range(PAIRS):
        order = tuple(draw.sample(range(players), players))
        found += [order, order[::-1]]
    return found


def coalitions(taken: Iterable[Sequence[int]]) -> list[Coalition]:
    """Return the coalitions that orders pass through, from none to all, the small ones first."""
    found = {frozenset(order[:n]) for order in taken for n in range(len(order) + 1)}
    return sorted(found, key=lambda each: (len(each), sorted(each)))


def shapley_values(taken: Sequence[Sequence[int]], value: Value) -> list[float]:
    """Return what each player brings: the mean over orders of what it adds when it joins.

    They sum to value(all) - value(none), whatever the orders. Over all orders they are Shapley's.
    """
    players = len(taken[0])
    brought: list[list[float]] = [[] for _ in range(players)]
    for order in taken:
        for n, player in enumerate(order):
            before = frozenset(order[:n])
            brought[player].append(value(before | {player}) - value(before))
    return [math.fsum(each) / len(each) for each in brought]


def interactions(players: int, value: Value) -> dict[tuple[int, int], float]:
    """Return for each pair of players what they bring together beyond what each brings alone.

    Shapley's interaction index (Grabisch and Roubens 1999): the mean over coalitions S of the
    others, weighted by |S|! (n - |S| - 2)! / (n - 1)!, of
    v(S + i + j) - v(S + i) - v(S + j) + v(S).
    """
    found = {}
    for i, j in combinations(range(players), 2):
        others = [k for k in range(players) if k not in (i, j)]
        total = 0.0
        for size in range(len(others) + 1):
            ways = math.factorial(size) * math.factorial(players - size - 2)
            for chosen in combinations(others, size):
                s = frozenset(chosen)
                more = value(s | {i, j}) - value(s | {i}) - value(s | {j}) + value(s)
                total += ways / math.factorial(players - 1) * more
        found[i, j] = total
    return found
