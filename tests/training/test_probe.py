"""What is measured of a network, held against definitions worked out one example at a time."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import TINY

from mlpcli.config.load import load_config
from mlpcli.data.examples import Examples, Splits
from mlpcli.data.mnist import FILE, MNIST
from mlpcli.training.backend import tensorflow as tf
from mlpcli.training.evaluate import scaled
from mlpcli.training.model import build_mlp
from mlpcli.training.probe import Measures, Probe, movement, sample_of
from mlpcli.training.sharpness import measure_sharpness
from mlpcli.training.trainer import Training

pytestmark = pytest.mark.tf

ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "elu", "linear")


@pytest.fixture(scope="module")
def data() -> Splits:
    return MNIST.load()


@pytest.fixture(scope="module")
def some(data: Splits) -> Examples:
    return data.train[:60]


def network(*overrides: str) -> tuple[Any, tuple[Any, ...]]:
    config = load_config(Path(TINY), overrides)
    model = build_mlp(config)
    return model, tuple(tf.constant(v.numpy()) for v in model.trainable_variables)


def flat_gradient(model: Any, weights: tuple[Any, ...], some: Examples) -> Any:
    """The mean loss's gradient by all parameters, by automatic differentiation."""
    with tf.GradientTape() as tape:
        tape.watch(weights)
        logits, _ = model.stateless_call(weights, [], scaled(some.features, some.scale))
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(some.targets, logits))
    return np.concatenate([g.numpy().ravel() for g in tape.gradient(loss, weights)])


def only(some: Examples, i: int) -> Examples:
    return some[i : i + 1]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_noise_scale_is_that_of_each_examples_own_gradient(
    activation: str, some: Examples
) -> None:
    model, weights = network("layers=3", "width=16", f"activation={activation}")
    own = np.array([flat_gradient(model, weights, only(some, i)) for i in range(len(some))])
    trace = own.var(axis=0, ddof=1).sum()
    signal = (own.mean(axis=0) ** 2).sum() - trace / len(some)
    assert Probe(activation)(weights, some).noise_scale == pytest.approx(trace / signal, rel=1e-4)


def test_the_noise_scale_is_what_two_batch_sizes_tell(data: Splits) -> None:
    # McCandlish et al. 2018, appendix A.1: |G_b|^2 is |G|^2 + tr(Sigma) / b on average
    model, weights = network("layers=3", "width=16")
    many = data.train[:6000]
    small, large = 20, 1000
    squares = [
        (flat_gradient(model, weights, part) ** 2).sum()
        for part in (many[i : i + small] for i in range(0, 6000, small))
    ]
    big = np.mean(
        [
            (flat_gradient(model, weights, many[i : i + large]) ** 2).sum()
            for i in range(0, 6000, large)
        ]
    )  # fmt: skip

    def estimate(least: float) -> float:
        trace = (least - big) / (1 / small - 1 / large)
        signal = (large * big - small * least) / (large - small)
        return float(trace / signal)

    error = np.std(squares, ddof=1) / np.sqrt(len(squares))
    low, high = (estimate(np.mean(squares) + k * error) for k in (-1.96, 1.96))
    assert low < Probe("relu")(weights, many).noise_scale < high


def test_a_rows_gradient_norm_is_that_of_the_tape_before_step_1_and_after_the_last(
    data: Splits,
) -> None:
    config = load_config(Path(TINY), ("steps=20", "eval_every=20", "layers=3", "width=16"))
    model = build_mlp(config)
    weights = tuple(tf.constant(v.numpy()) for v in model.trainable_variables)
    training = Training(config, model, data)
    rows = {row.step: row.gradient_norm for row in training.stops() if row}
    sample = sample_of(config, data.train)
    for step, at in ((1, weights), (20, tuple(training.weights))):
        norm = np.linalg.norm(flat_gradient(model, at, sample))
        assert rows[step] == pytest.approx(norm, rel=1e-3)
    assert [step for step, norm in rows.items() if norm is not None] == [1, 20]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_loss_gradients_and_signal_are_those_of_the_keras_model(
    activation: str, some: Examples
) -> None:
    model, weights = network("layers=2", "width=8", f"activation={activation}")
    found = Probe(activation)(weights, some)
    logits = model(scaled(some.features, some.scale)).numpy()
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(some.targets, logits)
    assert found.loss == pytest.approx(float(losses.numpy().mean()), rel=1e-5)
    assert found.signal[-1] == pytest.approx((logits**2).mean(), rel=1e-5)
    assert found.logit_scale == pytest.approx(np.sqrt(logits.var(axis=1).mean()), rel=1e-4)
    gradient = flat_gradient(model, weights, some)
    assert found.gradient_square == pytest.approx((gradient**2).sum(), rel=1e-4)
    first = gradient[: 784 * 8]
    assert found.gradient_norm[0] == pytest.approx(np.linalg.norm(first), rel=1e-4)
    assert found.weight_norm[1] == pytest.approx(np.linalg.norm(weights[2].numpy()), rel=1e-5)


def test_gains_of_he_weights_keep_signal_and_gradient(some: Examples) -> None:
    _, weights = network("layers=5", "width=400")
    found = Probe("relu")(weights, some)
    assert found.signal_gains == pytest.approx([1, 1, 1, 1], abs=0.3)
    assert found.gradient_gains[:-1] == pytest.approx([1, 1, 1], abs=0.3)


def test_a_unit_is_dead_that_no_example_wakes(some: Examples) -> None:
    _, weights = network("layers=2", "width=8")
    bias = np.array([-1e3] * 3 + [1.0] * 5, np.float32)
    dead = Probe("relu")((weights[0], tf.constant(bias), *weights[2:]), some).dead
    assert list(dead) == [3 / 8, 0]


def test_a_saturated_unit_is_dead_and_a_linear_one_never(some: Examples) -> None:
    for activation, dead in (("sigmoid", 1.0), ("tanh", 1.0), ("linear", 0.0)):
        _, weights = network("layers=2", "width=8", f"activation={activation}")
        far = tf.constant(np.full(8, 1e3, np.float32))
        assert Probe(activation)((weights[0], far, *weights[2:]), some).dead[0] == dead


def test_no_weights_and_no_signal_are_told_without_a_crash(some: Examples) -> None:
    _, weights = network("layers=2", "width=8", "init=zeros")
    found = Probe("relu")(weights, some)
    state = found.states(0.1)[0]
    assert (state.weight_norm, state.gradient_norm, state.dead) == (0, 0, 1)
    assert state.update_to_weight == float("inf")
    assert movement(weights, weights) == float("inf")


def test_updates_are_told_relative_to_the_weights() -> None:
    ones = np.ones(1)
    found = Measures(100, 1.0, 1.0, ones, ones, 4 * ones, 0.123456 * ones, 0 * ones, 1.0, 2.0)
    (state,) = found.states(0.5)
    assert (state.gradient_norm, state.update_to_weight) == (0.1235, 0.01543)
    assert (state.signal_gain, state.gradient_gain) == (None, None)


def test_gains_of_a_row_are_those_between_the_layers(some: Examples) -> None:
    _, weights = network("layers=3", "width=8")
    found = Probe("relu")(weights, some)
    states = found.states(0.1)
    forward = [found.signal[1] / found.signal[0], found.signal[2] / found.signal[1]]
    backward = [found.delta[0] / found.delta[1], found.delta[1] / found.delta[2]]
    assert [each.signal_gain for each in states[1:]] == pytest.approx(forward, rel=1e-3)
    assert [each.gradient_gain for each in states[:-1]] == pytest.approx(backward, rel=1e-3)
    assert (states[0].signal_gain, states[-1].gradient_gain) == (None, None)


def test_movement_is_relative_to_the_start() -> None:
    start, end = [np.array([3.0, 4.0])], [np.array([3.0, 3.0])]
    assert movement(start, end) == pytest.approx(0.2)


def test_a_sample_is_the_first_examples_and_fewer_for_a_network_beyond_memory(data: Splits) -> None:
    config = load_config(Path(TINY))
    assert np.array_equal(sample_of(config, data.train).features, data.train.features[:1000])
    wide = config.model_copy(update={"layers": 30, "width": 16_384})
    assert len(sample_of(wide, data.train)) == 2**26 // (29 * 16_384 + 10)


def test_sharpness_of_softmax_regression_is_the_closed_form() -> None:
    # at zero weights every p is 1 / C, and the Hessian's largest eigenvalue is
    # lambda_max(E[x x^T]) / C with x the pixels and a 1 for the bias
    with np.load(FILE) as arrays:
        images = arrays["x_train"][:2000].reshape(2000, -1)
        labels = arrays["y_train"][:2000].astype("int32")
    model, weights = network("layers=1", "init=zeros")
    inputs = np.hstack([images / 255.0, np.ones((2000, 1))])
    exact = np.linalg.eigvalsh(inputs.T @ inputs / 2000)[-1] / 10
    assert exact == pytest.approx(3.960293, abs=1e-6)
    assert measure_sharpness(model, weights, Examples(images, labels, 1 / 255)) == pytest.approx(
        exact, rel=1e-5
    )


def test_sharpness_is_the_largest_eigenvalue_of_the_whole_hessian(some: Examples) -> None:
    model, weights = network("layers=2", "width=1", "activation=tanh", "init=normal")
    w = tf.concat([tf.reshape(each, [-1]) for each in weights], 0)
    sizes = [784, 1, 10, 10]

    def loss(flat: Any) -> Any:
        a, b, c, d = tf.split(flat, sizes)
        parts = (tf.reshape(a, (784, 1)), b, tf.reshape(c, (1, 10)), d)
        logits, _ = model.stateless_call(parts, [], scaled(some.features, some.scale))
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(some.targets, logits))

    with tf.GradientTape(persistent=True) as outer:
        outer.watch(w)
        with tf.GradientTape() as inner:
            inner.watch(w)
            value = loss(w)
        gradient = inner.gradient(value, w)
    hessian = outer.jacobian(gradient, w, experimental_use_pfor=False).numpy()
    values = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    assert values[0] < 0 < values[-1]  # two-sided
    assert measure_sharpness(model, weights, some) == pytest.approx(values[-1], rel=0.02)
