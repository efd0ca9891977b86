"""A run's network by numpy alone: what each layer makes of examples."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpcli.config import stated_widths
from mlpcli.errors import RunError, shown
from mlpcli.runs import Run, trained_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

BLOCK = 4_096  # examples at once


@dataclass(frozen=True)
class Network:
    """Weights layer by layer: kernels [inputs, units] and biases [units]."""

    kernels: Sequence[Numbers]
    biases: Sequence[Numbers]
    activation: str

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return sum(each.size for each in (*self.kernels, *self.biases))

    def layers(self, features: Numbers) -> list[Numbers]:
        """Return what each layer puts out for features float32 [n, inputs], [n, units] each."""
        activate, found = ACTIVATIONS[self.activation](), [features]
        for nth, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True), 1):
            sums = found[-1] @ kernel + bias
            found.append(sums if nth == len(self.kernels) else activate(sums))
        return found[1:]

    def outputs(self, features: Any, scale: float) -> Numbers:
        """Return outputs [n, outputs] for features as examples have them."""
        import numpy as np

        parts = []
        for start in range(0, len(features), BLOCK):
            block = np.asarray(features[start : start + BLOCK], np.float32) * np.float32(scale)
            parts.append(self.layers(block)[-1])
        return np.concatenate(parts)


def network_of(run: Run) -> Network:
    """Return the network that a completed run left. Raises RunError where it cannot be read."""
    facts, hidden = run.facts, stated_widths(run.config)
    activation = run.config.get("activation", "relu")
    if facts is None or hidden is None or activation not in ACTIVATIONS:
        raise RunError(f"{shown(run.path, 200)}: its config says no network")
    weights = trained_weights(run.path, (facts.inputs, *hidden, facts.task.outputs))
    return Network(weights[::2], weights[1::2], str(activation))


def _relu() -> Callable[[Any], Any]:
    import numpy as np

    return lambda x: np.maximum(x, 0)


def _tanh() -> Callable[[Any], Any]:
    import numpy as np

    return np.tanh


def _sigmoid() -> Callable[[Any], Any]:
    from scipy.special import expit

    function: Callable[[Any], Any] = expit
    return function


def _gelu() -> Callable[[Any], Any]:
    from scipy.special import erf

    return lambda x: x * (1 + erf(x / math.sqrt(2))) / 2


def _elu() -> Callable[[Any], Any]:
    import numpy as np

    return lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


ACTIVATIONS: dict[object, Callable[[], Callable[[Any], Any]]] = {
    "relu": _relu, "tanh": _tanh, "sigmoid": _sigmoid, "gelu": _gelu, "elu": _elu,
    "linear": lambda: lambda x: x,
}  # fmt: skip
