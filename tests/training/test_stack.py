"""Stacked training against each member's own run."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from mlpcli.config.schema import Config
from mlpcli.data.examples import Splits
from mlpcli.data.mnist import MNIST
from mlpcli.training.model import build_mlp, initial_weights
from mlpcli.training.stack import MEMBERS, Stack, StackError, stackable
from mlpcli.training.trainer import Training

pytestmark = pytest.mark.tf


def config(**changes: Any) -> Config:
    values = {
        "name": "test",
        "layers": 3,
        "width": 24,
        "learning_rate": 0.1,
        "steps": 100,
        "batch_size": 20,
    }
    return Config(**{**values, **changes})


@pytest.fixture(scope="module")
def data() -> Splits:
    whole = MNIST.load()
    train = whole.train[:3_000]
    few = whole.test[:50]
    return Splits(train, few, few)


def alone(settings: Config, data: Splits) -> Training:
    run = Training(settings, build_mlp(settings), data)
    for _ in run.stops():
        pass
    return run


def stacked(configs: Sequence[Config], data: Splits, **more: Any) -> Stack:
    stack = Stack(configs, data.train, **more)
    stack.take(100)
    return stack


MIXES: dict[str, list[dict[str, Any]]] = {
    "rates": [{"learning_rate": rate} for rate in (0.001, 0.01, 0.1)],
    "seeds, orders and inits": [
        {"seed": 1},
        {"seed": 2, "order": "sequential"},
        {"init": "glorot_uniform", "seed": 3},
        {"init": "normal", "init_stddev": 0.02},
        {"init": "zeros"},
    ],
    "momentum and weight decay": [
        {},
        {"momentum": 0.9, "learning_rate": 0.02},
        {"weight_decay": 0.01},
        {"momentum": 0.5, "weight_decay": 0.001},
    ],
    "nesterov": [
        {"momentum": 0.9, "nesterov": True, "learning_rate": 0.02},
        {"momentum": 0.5, "nesterov": True, "weight_decay": 0.001},
    ],
    "schedules": [{"decay": "cosine"}, {"decay": "linear", "warmup_steps": 30}],
    "one": [{"momentum": 0.9, "activation": "tanh"}],
    "one layer": [
        {"layers": 1, "width": (), "momentum": 0.9},
        {"layers": 1, "width": (), "seed": 4},
    ],
}


@pytest.mark.parametrize("mix", MIXES)
def test_a_member_equals_its_solo_run_over_a_hundred_steps(mix: str, data: Splits) -> None:
    configs = [config(**changes) for changes in MIXES[mix]]
    stack = stacked(configs, data)
    for k, settings in enumerate(configs):
        for ours, own in zip(stack.weights(k), alone(settings, data).weights, strict=True):
            size = np.linalg.norm(own)
            assert np.linalg.norm(ours - own) <= 1e-5 * size


def test_losses_and_numbers_right_are_those_of_each_members_batches(data: Splits) -> None:
    configs = [config(seed=seed, log_every=1) for seed in range(3)]
    losses, correct = Stack(configs, data.train).take(100)
    assert losses.shape == correct.shape == (100, 3)
    for k, settings in enumerate(configs):
        rows = list(Training(settings, build_mlp(settings), data).stops())
        np.testing.assert_allclose(losses[:, k], [row.loss for row in rows if row], rtol=1e-4)
        assert (correct[:, k] == [round(row.accuracy * 20) for row in rows if row]).all()


@pytest.mark.parametrize("others", [MEMBERS - 1, 2 * MEMBERS])
def test_a_member_that_becomes_nan_leaves_the_others_bits_as_they_are(
    others: int, data: Splits
) -> None:
    healthy = [config(seed=seed, momentum=0.5) for seed in range(others)]
    bad = config(learning_rate=1e30, momentum=0.9)
    good = config(seed=77, momentum=0.5)
    sick, well = (stacked([each, *healthy], data) for each in (bad, good))
    assert not all(np.isfinite(w).all() for w in sick.weights(0))
    assert all(np.isfinite(w).all() for w in well.weights(0))
    for k in range(1, others + 1):
        pairs = zip(sick.weights(k), well.weights(k), strict=True)
        assert all(a.tobytes() == b.tobytes() for a, b in pairs)


def test_how_steps_are_parted_into_calls_changes_no_bit(data: Splits) -> None:
    configs = [config(seed=seed, decay="cosine") for seed in range(3)]
    whole, parted = stacked(configs, data), Stack(configs, data.train, capacity=7)
    parts = [parted.take(count)[0] for count in (1, 50, 49)]
    assert np.concatenate(parts).shape == (100, 3)
    for k in range(3):
        pairs = zip(whole.weights(k), parted.weights(k), strict=True)
        assert all(a.tobytes() == b.tobytes() for a, b in pairs)


def test_what_check_raises_ends_the_steps_between_two_calls(data: Splits) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    stack = Stack([config(), config(seed=1)], data.train, check=stop, capacity=10)
    with pytest.raises(KeyboardInterrupt):
        stack.take(100)
    assert 1 <= stack.step <= 10


def test_configs_of_one_shape_go_together() -> None:
    configs = [
        config(),
        config(width=25),
        config(width=(24, 24), seed=5, learning_rate=3.0, momentum=0.9, init="normal", steps=7),
        config(activation="tanh"),
        config(batch_size=21),
        config(layers=1, width=(), activation="tanh"),
        config(layers=1, width=(), activation="elu"),
    ]
    assert stackable(configs) == [[0, 2], [1], [3], [4], [5, 6]]


def test_configs_of_two_shapes_are_refused_with_what_differs(data: Splits) -> None:
    with pytest.raises(StackError) as caught:
        Stack([config(), config(width=25, batch_size=21)], data.train)
    assert str(caught.value) == (
        "these configs cannot be trained as one: they differ in hidden_widths and batch_size"
    )


@pytest.mark.parametrize("init", ["he_normal", "glorot_uniform", "normal", "zeros"])
def test_initial_weights_are_those_of_the_network(init: str) -> None:
    settings = config(init=init, seed=9)
    network = build_mlp(settings).trainable_variables
    pairs = zip(initial_weights(settings), network, strict=True)
    assert all(a.numpy().tobytes() == b.numpy().tobytes() for a, b in pairs)
