"""The smallest difference that a test set can show, worked by hand."""

import numpy as np
import pytest

from mlpcli.stats.margins import accuracy_margin, r_squared_margin


# 50 of 10,000 apart: 17 + 33 has p = 0.033, 18 + 32 has 0.065; so 16 more on one side
def test_of_ten_thousand_examples_it_is_sixteen() -> None:
    assert accuracy_margin(10_000) == 16 / 10_000


# six that are all on one side: 2 / 2^6 = 0.031; of five 0.0625
def test_of_few_examples_it_is_six_and_of_fewer_than_six_everything() -> None:
    assert accuracy_margin(200) == 6 / 200
    assert accuracy_margin(5) == accuracy_margin(0) == 1


# two networks whose errors are normal, with variance 0.3 and correlation 0.995: the difference of
# their R squared over 400 examples stays below the margin in 95 % of cases
def test_of_r_squared_it_is_what_chance_seldom_exceeds() -> None:
    rng = np.random.default_rng(4)
    shared, own = rng.normal(size=(2_000, 400)), rng.normal(size=(2, 2_000, 400))
    errors = 0.3**0.5 * (0.995**0.5 * shared + 0.005**0.5 * own)
    apart = np.abs((errors[0] ** 2 - errors[1] ** 2).mean(axis=1))
    assert (apart < r_squared_margin(400, 0.7)).mean() == pytest.approx(0.95, abs=0.015)
