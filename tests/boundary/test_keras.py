"""The network in numpy against Keras's own, with each activation that a config allows."""

from typing import get_args

import numpy as np
import pytest

from mlpcli.boundary import ACTIVATIONS, network_outputs
from mlpcli.config import Config

pytestmark = pytest.mark.tf


def test_every_activation_of_a_config_is_known() -> None:
    assert {*ACTIVATIONS} == {*get_args(Config.model_fields["activation"].annotation)}


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_numpy_and_keras_agree(activation: str) -> None:
    from mlpcli.training.backend import keras
    from mlpcli.training.model import network

    sizes = (3, 7, 5, 2)
    model = network(sizes, activation, [keras.initializers.HeNormal(seed=n) for n in range(3)])
    features = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    found = network_outputs(features, model.get_weights(), activation)
    assert found == pytest.approx(model.predict(features, verbose=0), abs=1e-5)
