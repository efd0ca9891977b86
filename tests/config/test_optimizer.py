"""The optimizer: its update by hand, and its limits by the descents that keep or break them."""

from typing import Any

import numpy as np
import pytest

from mlpcli.config.optimizer import SGD, arithmetic, covering
from mlpcli.config.schema import Config

OPTIMIZERS = [SGD(), SGD(momentum=0.5), SGD(momentum=0.9), SGD(0.9, nesterov=True)]


def config(**changes: Any) -> Config:
    return Config(name="a", layers=1, learning_rate=0.1, steps=1, batch_size=1, **changes)


def test_plain_descent_steps_against_the_gradient_and_keeps_no_state() -> None:
    assert SGD().slots == 0
    weights, state = SGD().update((1.0, -2.0), (), (2.0, 0.5), 0.125)
    assert (weights, state) == ((1.0 - 0.25, -2.0 - 0.0625), ())


def test_momentum_and_weight_decay_are_those_of_keras() -> None:
    optimizer = SGD(momentum=0.5, weight_decay=0.25)
    assert optimizer.slots == 1
    # v = 0.5 * 0.5 - 0.125 * 2 = 0; then w = (1 - 0.125 * 0.25) * 1
    assert optimizer.update((1.0,), (0.5,), (2.0,), 0.125) == ((0.96875,), (0.0,))
    # v = 0.5 * -1 - 0.125 * 4 = -1
    assert optimizer.update((1.0,), (-1.0,), (4.0,), 0.125) == ((-0.03125,), (-1.0,))


def test_nesterovs_momentum_steps_once_more_along_what_it_has_gathered() -> None:
    # v = 0.5 * -1 - 0.125 * 4 = -1; then w = 1 + 0.5 * -1 - 0.125 * 4
    assert SGD(0.5, nesterov=True).update((1.0,), (-1.0,), (4.0,), 0.125) == ((0.0,), (-1.0,))


def test_an_update_is_of_arrays_as_of_numbers() -> None:
    kernel, bias = np.ones((2, 3), np.float32), np.zeros(3, np.float32)
    gradients = 2 * kernel, bias + 1
    weights, state = SGD(0.5).update((kernel, bias), (kernel, bias), gradients, 0.25)
    assert [each.tolist() for each in weights] == [[[1.0] * 3] * 2, [-0.25] * 3]
    assert [each.tolist() for each in state] == [[[0.0] * 3] * 2, [-0.25] * 3]


def descended(optimizer: SGD, curvature: float, rate: float) -> float:
    """Return how far from its minimum 200 steps down a quadratic end, begun at 1."""
    weights: tuple[Any, ...] = (1.0,)
    state: tuple[Any, ...] = (0.0,) * optimizer.slots
    for _ in range(200):
        gradients = tuple(curvature * w for w in weights)
        weights, state = optimizer.update(weights, state, gradients, rate)
    return abs(float(weights[0]))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("curvature", [0.5, 10.0])
def test_descent_of_a_quadratic_is_stable_just_below_the_limit_alone(
    optimizer: SGD, curvature: float
) -> None:
    limit = optimizer.stability_limit(curvature)
    assert descended(optimizer, curvature, 0.98 * limit) < 0.3
    assert descended(optimizer, curvature, 1.02 * limit) > 10


def test_the_limit_of_the_learning_rate_follows_from_sharpness_and_momentum() -> None:
    assert SGD().stability_limit(10) == 0.2
    assert SGD(0.9).stability_limit(10) == pytest.approx(0.38)
    assert SGD(0.9, nesterov=True).stability_limit(10) == pytest.approx(0.38 / 2.8)
    assert SGD(0.9).stability_limit(-1) == float("inf")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_down_an_even_slope_come_to_the_effective_rate(optimizer: SGD) -> None:
    weights, state, before = (0.0,), (0.0,) * optimizer.slots, 0.0
    for _ in range(500):
        before = weights[0]
        weights, state = optimizer.update(weights, state, (1.0,), 0.25)
    assert before - weights[0] == pytest.approx(optimizer.effective_rate(0.25))
    assert optimizer.rate_for(optimizer.effective_rate(0.25)) == pytest.approx(0.25)


def test_a_configs_optimizer_has_its_keys() -> None:
    assert config().optimizer == SGD()
    assert config(momentum=0.9, weight_decay=0.1).optimizer == SGD(0.9, 0.1)
    assert arithmetic(config(weight_decay=0.1).resolved()) == (False, True, False)
    assert arithmetic({"momentum": 0.9}) == (True, False, False)


def test_what_covers_several_has_the_arithmetic_that_any_of_them_needs() -> None:
    members = SGD(), SGD(momentum=0.9)
    both = covering(members)
    assert (both, both.slots) == (SGD(1.0, 0.0), 1)
    assert covering([SGD(), SGD()]).slots == 0
    assert [both.at(each.numbers) for each in members] == [SGD(0, 0.0), SGD(0.9, 0.0)]
    # a member's tensor of zeros does not bring back what is left out
    assert both.at((np.zeros(()), np.zeros(()))).weight_decay == 0.0
