"""The learning rate of each step, and the steps at which a row ends or the network is validated."""

from typing import Any

import numpy as np
import pytest

from mlpcli.config.schedule import (
    keeps_row,
    learning_rates,
    longest_stretch,
    next_row,
    next_stop,
    saves,
    validates,
)
from mlpcli.config.schema import Config

HALF_ROOT = 0.7071067811865476  # cos(pi / 4)


def config(**values: Any) -> Config:
    fixed = {"name": "n", "layers": 1, "learning_rate": 0.4, "batch_size": 1}
    return Config(**{**fixed, **values})


def rows(config: Config) -> list[int]:
    """Return the steps that end a row, from the first to the last."""
    steps = [next_row(config, 0)]
    while steps[-1] < config.steps:
        steps.append(next_row(config, steps[-1]))
    return steps


# u = max(warmup_steps, 1) is where the rate is whole and p = (t - u) / (steps - u) the way from
# there; linear is 1 - p and cosine (1 + cos(pi p)) / 2
@pytest.mark.parametrize(
    ("decay", "warmup_steps", "steps", "shares"),
    [
        ("constant", 0, 5, [1, 1, 1, 1, 1]),
        ("linear", 0, 5, [1, 3 / 4, 1 / 2, 1 / 4, 0]),  # p = 0, 1/4, 1/2, 3/4, 1
        ("cosine", 0, 5, [1, (1 + HALF_ROOT) / 2, 1 / 2, (1 - HALF_ROOT) / 2, 0]),
        ("constant", 3, 5, [1 / 3, 2 / 3, 1, 1, 1]),
        ("linear", 2, 6, [1 / 2, 1, 3 / 4, 1 / 2, 1 / 4, 0]),  # u = 2
        ("cosine", 2, 6, [1 / 2, 1, (1 + HALF_ROOT) / 2, 1 / 2, (1 - HALF_ROOT) / 2, 0]),
        ("constant", 1, 2, [1, 1]),
        ("linear", 1, 3, [1, 1 / 2, 0]),  # a warm-up of one step is none
        ("cosine", 1, 3, [1, 1 / 2, 0]),
        ("constant", 4, 4, [1 / 4, 2 / 4, 3 / 4, 1]),
        ("linear", 4, 4, [1 / 4, 2 / 4, 3 / 4, 1]),  # no steps are left to decay in
        ("cosine", 4, 4, [1 / 4, 2 / 4, 3 / 4, 1]),
        ("constant", 0, 1, [1]),
        ("linear", 0, 1, [1]),
        ("cosine", 0, 1, [1]),
        ("linear", 1, 1, [1]),
        ("linear", 0, 2, [1, 0]),
        ("cosine", 0, 2, [1, 0]),
        ("linear", 3, 4, [1 / 3, 2 / 3, 1, 0]),
    ],
)
def test_the_learning_rate_of_each_step(
    decay: str, warmup_steps: int, steps: int, shares: list[float]
) -> None:
    of = config(decay=decay, warmup_steps=warmup_steps, steps=steps)
    expected = 0.4 * np.array(shares, dtype=float)
    np.testing.assert_allclose(learning_rates(of, 1, steps), expected, rtol=1e-15, atol=1e-17)


@pytest.mark.parametrize("decay", ["constant", "linear", "cosine"])
def test_without_warm_up_the_first_step_has_the_learning_rate_to_the_bit(decay: str) -> None:
    assert learning_rates(config(decay=decay, steps=100), 1, 1).tolist() == [0.4]


@pytest.mark.parametrize("decay", ["linear", "cosine"])
def test_a_decayed_learning_rate_ends_at_zero_to_the_bit(decay: str) -> None:
    of = config(decay=decay, steps=100_000_000, warmup_steps=1_000)
    assert learning_rates(of, 100_000_000, 1).tolist() == [0.0]


@pytest.mark.parametrize("decay", ["constant", "linear", "cosine"])
def test_a_step_has_the_same_learning_rate_alone_as_among_others(decay: str) -> None:
    of = config(decay=decay, warmup_steps=7, steps=50)
    alone = [learning_rates(of, step, 1)[0] for step in range(1, 51)]
    assert learning_rates(of, 1, 50).tolist() == alone


def test_learning_rates_are_float64() -> None:
    assert learning_rates(config(steps=5), 1, 5).dtype == np.float64


@pytest.mark.parametrize(
    ("steps", "log_every", "eval_every", "expected"),
    [
        (1, 1, 1, [1]),
        (1, 100, 100, [1]),
        (2, 100, 100, [1, 2]),
        (5, 1, 5, [1, 2, 3, 4, 5]),
        (10, 5, 10, [1, 5, 10]),
        (10, 100, 5, [1, 5, 10]),  # log_every beyond the steps
        (10, 5, 100, [1, 5, 10]),  # eval_every beyond the steps
        (20, 6, 8, [1, 6, 8, 12, 16, 18, 20]),  # eval_every no multiple of log_every
        (7, 3, 5, [1, 3, 5, 6, 7]),  # steps a multiple of neither
        (5, 3, 1, [1, 2, 3, 4, 5]),
        (100_000_000, 60_000_000, 100_000_000, [1, 60_000_000, 100_000_000]),
    ],
)
def test_rows_end_at_step_1_where_one_is_due_and_at_the_last_step(
    steps: int, log_every: int, eval_every: int, expected: list[int]
) -> None:
    assert rows(config(steps=steps, log_every=log_every, eval_every=eval_every)) == expected


@pytest.mark.parametrize(
    ("step", "expected"), [(0, 1), (1, 6), (5, 6), (6, 8), (7, 8), (8, 12), (16, 18), (19, 20)]
)
def test_the_next_row_is_after_the_step_given(step: int, expected: int) -> None:
    assert next_row(config(steps=20, log_every=6, eval_every=8), step) == expected


@pytest.mark.parametrize(
    ("steps", "eval_every", "expected"),
    [
        (1, 1, [1]),
        (1, 100, [1]),
        (10, 5, [5, 10]),
        (10, 4, [4, 8, 10]),
        (10, 100, [10]),
        (3, 1, [1, 2, 3]),
    ],
)
def test_the_network_is_validated_where_that_is_due_and_at_the_last_step(
    steps: int, eval_every: int, expected: list[int]
) -> None:
    of = config(steps=steps, log_every=1, eval_every=eval_every)
    assert [step for step in rows(of) if validates(of, step)] == expected


SHAPES = [(1, 1, 1), (20, 6, 8), (7, 3, 5), (10, 100, 100), (100, 7, 30)]


@pytest.mark.parametrize(("steps", "log_every", "eval_every"), SHAPES)
def test_every_step_that_validates_ends_a_row(steps: int, log_every: int, eval_every: int) -> None:
    of = config(steps=steps, log_every=log_every, eval_every=eval_every)
    assert {step for step in range(1, steps + 1) if validates(of, step)} <= set(rows(of))


@pytest.mark.parametrize(("steps", "log_every", "eval_every"), SHAPES)
def test_no_way_to_a_stop_is_longer_than_the_longest(
    steps: int, log_every: int, eval_every: int
) -> None:
    of = config(steps=steps, log_every=log_every, eval_every=eval_every)
    stops = [0]
    while stops[-1] < steps:
        stops.append(next_stop(of, stops[-1]))
    assert max(np.diff(stops)) <= longest_stretch(of)


def test_stops_are_where_rows_end_and_checkpoints_are_due() -> None:
    of = config(steps=10, log_every=4, eval_every=6, checkpoint_every=5)
    stops = [0]
    while stops[-1] < 10:
        stops.append(next_stop(of, stops[-1]))
    assert stops == [0, 1, 4, 5, 6, 8, 10]
    assert [step for step in stops[1:] if saves(of, step)] == [5, 10]


def test_checkpoints_are_as_frequent_as_validations_unless_told_otherwise() -> None:
    assert config(steps=95).checkpoint_every == config(steps=95).eval_every == 10


def test_a_row_at_the_last_step_alone_is_not_one_of_a_longer_run() -> None:
    of = config(steps=10, log_every=4, eval_every=6)
    assert [step for step in rows(of) if keeps_row(of, step)] == [1, 4, 6, 8]


@pytest.mark.parametrize("steps", [1, 4])
def test_a_last_row_validated_for_being_the_last_is_not_one_of_a_longer_run(steps: int) -> None:
    of = config(steps=steps, log_every=4, eval_every=6)
    assert not keeps_row(of, steps)
