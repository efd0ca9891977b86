"""One-dimensional integrals: against closed forms, and against Keras's own activations."""

import math

import numpy as np
import pytest

from mlpcli.theory.gaussian import activated, correlations, expected_cross_entropy, moments

ACTIVATIONS = ["relu", "tanh", "sigmoid", "gelu", "elu", "linear"]


@pytest.mark.parametrize("q", [1e-200, 1e-6, 1.0, 4.0, 1e200])
def test_relu_halves_the_square_and_the_slopes_and_has_a_spread_of_five(q: float) -> None:
    relu = moments("relu", q)
    assert relu.square == pytest.approx(q / 2, rel=1e-9)
    assert relu.slope_square == pytest.approx(0.5, rel=1e-9)
    assert relu.spread == pytest.approx(5.0, rel=1e-9)
    assert relu.exponent == pytest.approx(1.0, rel=1e-9)


def test_a_linear_units_square_spreads_as_a_normals_does() -> None:
    linear = moments("linear", 3.0)
    assert (linear.square, linear.spread) == pytest.approx((3.0, 2.0), rel=1e-9)


def test_a_saturated_tanh_is_a_sign() -> None:
    tanh = moments("tanh", 1e12)
    assert tanh.square == pytest.approx(1.0, abs=1e-5)
    # E[sech^4(sqrt(q) xi)] = (4 / 3) / sqrt(2 pi q) for large q
    assert tanh.slope_square == pytest.approx(4 / 3 / math.sqrt(2 * math.pi * 1e12), rel=1e-6)


def test_a_sigmoid_of_nothing_is_a_half() -> None:
    assert moments("sigmoid", 1e-12).square == pytest.approx(0.25, rel=1e-6)
    assert moments("sigmoid", 1e-12).slope_square == pytest.approx(1 / 16, rel=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_exponent_is_the_logarithms_slope(activation: str) -> None:
    low, high = (moments(activation, q).square for q in (1.999, 2.001))
    slope = math.log(high / low) / math.log(2.001 / 1.999)
    assert moments(activation, 2.0).exponent == pytest.approx(slope, rel=1e-5)


def test_relus_cosines_are_the_arc_cosine_kernel() -> None:
    cosine = np.array([0.0, 0.4, 0.9, 1.0])
    kernel = (np.sqrt(1 - cosine**2) + (np.pi - np.arccos(cosine)) * cosine) / np.pi
    assert correlations("relu", 2.0, cosine) == pytest.approx(kernel, abs=1e-3)


def test_linear_layers_keep_cosines_and_sigmoids_share_their_mean() -> None:
    cosine = np.array([0.2, 0.7])
    assert correlations("linear", 2.0, cosine) == pytest.approx(cosine, abs=1e-9)
    assert (correlations("sigmoid", 0.1, cosine) > 0.97).all()


def test_logits_of_zero_cost_the_logarithm_of_the_classes() -> None:
    assert expected_cross_entropy(0.0, 10) == math.log(10)
    assert expected_cross_entropy(1e-9, 7) == pytest.approx(math.log(7), rel=1e-9)


def test_small_logits_add_their_variance_and_large_ones_the_expected_maximum() -> None:
    assert expected_cross_entropy(0.01, 10) - math.log(10) == pytest.approx(0.45e-4, rel=1e-3)
    # ten normals' expected maximum is 1.538753 (Harter 1961); two's is 1 / sqrt(pi)
    assert expected_cross_entropy(1e6, 10) == pytest.approx(1.538753e6, rel=1e-6)
    assert expected_cross_entropy(1e6, 2) == pytest.approx(1e6 / math.sqrt(math.pi), rel=1e-6)


@pytest.mark.parametrize("stddev", [0.2, 0.4999, 0.5001, 1.0, 3.0, 30.0])
def test_the_expected_cost_is_the_mean_over_draws(stddev: float) -> None:
    xi = np.random.default_rng(0).standard_normal((200_000, 10))
    draws = np.log(np.exp(stddev * xi).sum(axis=1)) - stddev * xi.mean(axis=1)
    error = draws.std() / math.sqrt(len(draws))
    assert expected_cross_entropy(stddev, 10) == pytest.approx(draws.mean(), abs=4 * error)


@pytest.mark.tf
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_are_kerass_and_slopes_their_derivatives(activation: str) -> None:
    from mlpcli.training.backend import keras, tensorflow

    z = np.array([-30.0, -2.0, -0.3, 0.3, 2.0, 30.0])
    value, slope = activated(activation, z)
    theirs = keras.activations.get(activation)(tensorflow.constant(z))
    assert value == pytest.approx(theirs.numpy(), abs=1e-7)
    above, below = (activated(activation, z + h)[0] for h in (1e-5, -1e-5))
    assert slope == pytest.approx((above - below) / 2e-5, abs=1e-6)
