"""The initial loss of a regression, held against networks drawn as Keras draws them."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from mlpcli.config.schema import Config
from mlpcli.theory.gaussian import activated
from mlpcli.theory.prediction import predict
from mlpcli.theory.weights import weight_stddev

SEEDS = 200


def diabetes(**keys: Any) -> Config:
    rest = {"layers": 2, "width": 16, "learning_rate": 0.1, "steps": 100, "batch_size": 32, **keys}
    if rest["layers"] == 1:
        del rest["width"]
    return Config(name="a", dataset="diabetes", **rest)


def first_losses(config: Config) -> tuple[float, np.ndarray]:
    """The mean loss of all training examples over seeds, and that of a batch of each seed."""
    train, rng = config.data.load().train, np.random.default_rng(7)
    means, of_batches = [], []
    for _ in range(SEEDS):
        z = train.features.astype(float)
        for layer, shape in enumerate(pairwise(config.sizes)):
            z = activated(config.activation, z)[0] if layer else z
            z = z @ (weight_stddev(config, *shape) * rng.standard_normal(shape))
        errors = np.square(z - train.targets).mean(axis=1)
        means.append(errors.mean())
        of_batches.append(rng.choice(errors, config.batch_size, replace=False).mean())
    return float(np.mean(means)), np.array(of_batches)


def test_outputs_that_know_nothing_add_their_variance_to_that_of_the_targets() -> None:
    # ten standardized inputs: squared norm 10, so He's first layer has sums of variance 2, half of
    # whose squares ReLU keeps, and the outputs 2 again
    assert predict(diabetes()).initial_loss == pytest.approx(3.0, abs=1e-4)
    assert predict(diabetes(layers=1, init="zeros")).initial_loss == 1


@pytest.mark.parametrize(
    "keys",
    [{}, {"activation": "tanh", "width": 64}, {"layers": 4, "batch_size": 8}, {"layers": 1}],
    ids=str,
)
def test_the_first_loss_is_predicted_with_the_range_of_95_of_100_seeds(
    keys: dict[str, Any],
) -> None:
    config = diabetes(**keys)
    expected = predict(config)
    mean, of_batches = first_losses(config)
    error = np.std(of_batches) / SEEDS**0.5
    assert mean == pytest.approx(expected.initial_loss, abs=3.5 * error + 0.05 * mean)
    inside = (of_batches >= expected.initial_loss_low) & (of_batches <= expected.initial_loss_high)
    assert 0.9 <= inside.mean() <= 0.995
