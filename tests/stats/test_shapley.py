"""Shapley values by hand, and what they promise whatever the orders."""

import random

import pytest

from mlpcli.stats.shapley import coalitions, interactions, orders, shapley_values

# the gloves game: player 0 has a left glove, 1 and 2 a right one each; a pair is worth 1
GLOVES = {frozenset(s): float(0 in s and len(s) > 1) for s in coalitions(orders(3))}


def test_the_gloves_game_by_hand() -> None:
    # 0 completes a pair in four of six orders; 1 and 2 in one each
    assert shapley_values(orders(3), GLOVES.__getitem__) == pytest.approx([4 / 6, 1 / 6, 1 / 6])


def test_what_two_bring_together_by_hand() -> None:
    found = interactions(3, GLOVES.__getitem__)
    # 0 and 1: without 2 worth 1 together, with it v(012) - v(02) - v(12) + v(2) = 0: (1 + 0) / 2
    assert found == pytest.approx({(0, 1): 0.5, (0, 2): 0.5, (1, 2): -0.5})
    assert interactions(2, lambda s: float(len(s) == 2)) == {(0, 1): 1.0}


@pytest.mark.parametrize("players", [1, 2, 4, 7])
def test_they_sum_to_the_whole_difference_in_all_orders_and_in_a_sample(players: int) -> None:
    draw = random.Random(players)
    taken = orders(players)
    value = {each: draw.random() for each in coalitions(taken)}
    whole = value[frozenset(range(players))] - value[frozenset()]
    assert sum(shapley_values(taken, value.__getitem__)) == pytest.approx(whole)


def test_of_more_players_than_four_far_fewer_coalitions_are_needed() -> None:
    assert len(coalitions(orders(4))) == 16
    assert len(coalitions(orders(10))) <= 12 * 9 + 2
    assert orders(10) == orders(10)
    assert orders(10)[3] == orders(10)[2][::-1]
