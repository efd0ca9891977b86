"""What theory says of an untrained network, held against networks drawn as Keras draws them."""

import math
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from drawing import drawn
from numpy.typing import NDArray

from mlpcli.config.schema import Config
from mlpcli.data.mnist import MNIST
from mlpcli.theory.gaussian import activated
from mlpcli.theory.prediction import predict

INITS = 25
HEALTHY = ("he_normal", "he_uniform", "glorot_uniform", "glorot_normal", "lecun_normal")


def config(layers: int, width: int, **keys: Any) -> Config:
    """A config of that network."""
    rest = {"learning_rate": 0.1, "steps": 100, "batch_size": 100, **keys}
    return Config(name="a", layers=layers, **({"width": width} if layers > 1 else {}), **rest)


@cache
def sample() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Every 110th training image: 500 with the mean norm of all, to 0.3 %."""
    train = MNIST.load().train
    return train.features[::110].astype(np.float32) / 255, train.targets[::110]


def first_costs(config: Config) -> Iterator[float]:
    """The mean cross-entropy on the sample, of one network after the other."""
    images, labels = sample()
    sizes = (784, *config.hidden_widths, 10)
    for seed in range(INITS):
        rng = np.random.default_rng(seed)
        z = images @ drawn(config, sizes[:2], rng)
        for shape in pairwise(sizes[1:]):
            z = activated(config.activation, z)[0].astype(np.float32) @ drawn(config, shape, rng)
        top = z.max(axis=1)
        sums = np.exp((z - top[:, None]).astype(np.float64)).sum(axis=1)
        right = z[np.arange(len(z)), labels]
        yield float((top - right + np.log(sums)).mean(dtype=np.float64))


NETWORKS = [
    *(
        config(layers, 500, init=init)
        for init in ("he_normal", "glorot_normal", "normal")
        for layers in (1, 2, 3, 6)
    ),
    *(
        config(layers, 100, init=init, activation=activation)
        for activation in ("tanh", "sigmoid")
        for init in ("glorot_uniform", "normal")
        for layers in (3, 6)
    ),
    *(config(3, 100, activation=activation) for activation in ("gelu", "elu", "linear")),
    config(6, 32, init="normal"),
]


def spelled(config: Config) -> str:
    return f"{config.activation}-{config.init}-{config.layers}x{config.width or ''}"


@pytest.mark.parametrize("network", NETWORKS, ids=spelled)
def test_the_first_cost_is_the_mean_over_inits(network: Config) -> None:
    costs = np.array(list(first_costs(network)))
    predicted, error = predict(network), costs.std(ddof=1) / math.sqrt(INITS)
    assert abs(costs.mean() - predicted.initial_loss) < 3 * error
    within = (costs > predicted.initial_loss_low) & (costs < predicted.initial_loss_high)
    assert within.sum() >= 22  # of 25; P(fewer) is 3 % where 95 % is true


@pytest.mark.parametrize("layers", [1, 2, 3, 6])
def test_zeros_cost_the_logarithm_of_the_classes_whatever_the_seed(layers: int) -> None:
    predicted = predict(config(layers, 500, init="zeros"))
    costs = (predicted.initial_loss, predicted.initial_loss_low, predicted.initial_loss_high)
    assert costs == (math.log(10),) * 3


@pytest.mark.parametrize(
    ("init", "cost"), [("he_normal", 2.402), ("glorot_normal", 2.333), ("normal", 3545.0)]
)
def test_wide_layers_cost_what_the_formula_says(init: str, cost: float) -> None:
    assert predict(config(3, 500, init=init)).infinite_width_loss == pytest.approx(cost, rel=3e-4)


def test_deep3_begins_with_weights_fifteen_to_twenty_times_hes() -> None:
    first, second, last = predict(config(3, 500, init="normal")).layers
    ratios = [layer.he_ratio for layer in (first, second, last)]
    assert ratios == pytest.approx([math.sqrt(392), math.sqrt(250), math.sqrt(250)])
    assert (first.signal_gain, last.gradient_gain) == (None, None)
    assert second.signal_gain == pytest.approx(250)  # n Var(w) / 2
    assert second.gradient_gain == pytest.approx(math.sqrt(250))


def test_he_keeps_a_relu_networks_signal_and_gradient() -> None:
    for layer in predict(config(5, 64)).layers[1:-1]:
        assert layer.he_ratio == pytest.approx(1.0)
        assert layer.signal_gain == pytest.approx(1.0)
    gains = [layer.gradient_gain for layer in predict(config(5, 64)).layers[:-1]]
    assert gains == pytest.approx([1.0] * 4)


def test_logits_beyond_float32_cost_infinitely_much() -> None:
    predicted = predict(config(100, 16_384, init="normal"))
    assert (
        predicted.logit_scale == predicted.initial_loss == predicted.initial_loss_high == math.inf
    )


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "elu", "linear"])
@pytest.mark.parametrize("stddev", [1e-37, 1e-3, 1e18])
def test_every_scale_of_weights_has_a_prediction(activation: str, stddev: float) -> None:
    keys = {"init": "normal", "init_stddev": stddev, "activation": activation}
    predicted = predict(config(4, 20, **keys))
    assert predicted.initial_loss >= math.log(10) * (1 - 1e-9)
    assert predicted.initial_loss_low <= predicted.initial_loss_high


@pytest.mark.tf
@pytest.mark.parametrize("init", [*HEALTHY, "normal"])
def test_the_weights_stddev_is_what_keras_draws(init: str) -> None:
    from mlpcli.training.model import build_mlp

    network = config(2, 300, init=init)
    first, _, last, _ = build_mlp(network).get_weights()
    layers = predict(network).layers
    assert first.std() == pytest.approx(layers[0].weight_stddev, rel=0.01)
    assert last.std() == pytest.approx(layers[1].weight_stddev, rel=0.05)
