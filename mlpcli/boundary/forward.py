"""A multilayer perceptron in numpy: what its layers put out, as Keras computes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


def stated_activation(config: Mapping[str, Any]) -> str | None:
    """Return the activation that such a config says; None where it says none that is known."""
    found = config.get("activation", "relu")
    return found if isinstance(found, str) and found in ACTIVATIONS else None


def network_outputs(features: Array, weights: Sequence[Array], activation: str) -> Array:
    """Return what a network puts out for features [n, inputs]: [n, outputs].

    `weights` are of each layer the kernel [inputs, units], then the biases [units]; the last layer
    has no activation. What is too large for its type becomes infinite, and not a number after.

    >>> import numpy as np
    >>> kernel, biases = np.array([[1.0], [1.0]]), np.array([-1.0])
    >>> network_outputs(np.array([[2.0, 3.0]]), [kernel, biases], "relu")
    array([[4.]])
    """
    last = features
    for each in layer_outputs(features, weights, activation):
        last = each  # one layer's alone is kept
    return last


def layer_outputs(features: Array, weights: Sequence[Array], activation: str) -> Iterator[Array]:
    """Yield what each layer puts out, the hidden ones behind their activation."""
    import numpy as np

    x, layers = features, len(weights) // 2
    for nth, (kernel, biases) in enumerate(zip(weights[::2], weights[1::2], strict=True), 1):
        with np.errstate(all="ignore"):
            x = x @ kernel + biases
            x = x if nth == layers else ACTIVATIONS[activation](x)
        yield x


def _relu(x: Array) -> Array:
    import numpy as np

    return np.maximum(x, 0)


def _tanh(x: Array) -> Array:
    import numpy as np

    return np.tanh(x)


def _sigmoid(x: Array) -> Array:
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-x)))


def _gelu(x: Array) -> Array:
    import numpy as np
    from scipy.special import erf

    return np.asarray(x * (1 + erf(x / math.sqrt(2))) / 2)


def _elu(x: Array) -> Array:
    import numpy as np

    return np.where(x > 0, x, np.expm1(x))


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "relu": _relu,
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "gelu": _gelu,
    "elu": _elu,
    "linear": lambda x: x,
}
