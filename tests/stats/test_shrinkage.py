"""The best of several settings without its luck, worked by hand."""

import pytest

from mlpcli.stats.shrinkage import shrunken_winner


# means 1, 2, 6: their mean 3, their variance (4 + 1 + 9) / 2 = 7; each setting has the variance 2
# of its two seeds, 1 of its mean; between 7 - 1 = 6, kept 6 / (6 + 1): 3 + 6 / 7 * 3
def test_the_best_mean_is_shrunk_towards_the_mean_of_all() -> None:
    found = shrunken_winner([[0.0, 2.0], [5.0, 7.0], [1.0, 3.0]])
    assert found is not None
    assert (found.raw, found.grand, found.settings) == (6.0, 3.0, 3)
    assert found.estimate == pytest.approx(3 + 18 / 7)


def test_settings_no_further_apart_than_their_seeds_leave_the_mean_of_all() -> None:
    found = shrunken_winner([[0.0, 4.0], [1.0, 5.0], [0.0, 4.0]])
    assert found is not None
    assert found.estimate == pytest.approx(7 / 3)
    assert found.raw == 3


def test_without_any_spread_the_best_mean_stands() -> None:
    found = shrunken_winner([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    assert found is not None
    assert (found.raw, found.estimate) == (3.0, 3.0)


def test_of_two_settings_or_of_one_seed_each_nothing_is_known() -> None:
    assert shrunken_winner([[0.0, 2.0], [5.0, 7.0]]) is None
    assert shrunken_winner([[0.0], [5.0], [7.0]]) is None
