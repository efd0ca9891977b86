"""A run's network by numpy alone: what each layer makes of examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlpcli.boundary import layer_outputs, network_outputs, stated_activation
from mlpcli.errors import RunError, shown
from mlpcli.runs import Run, trained_weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

BLOCK = 4_096  # examples at once


@dataclass(frozen=True)
class Network:
    """Weights: of each layer the kernel [inputs, units], then the biases [units]."""

    weights: Sequence[Numbers]
    activation: str

    @property
    def kernels(self) -> Sequence[Numbers]:
        """Those of the layers, in order."""
        return self.weights[::2]

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return sum(each.size for each in self.weights)

    def layers(self, features: NDArray[Any]) -> list[NDArray[Any]]:
        """Return what each layer puts out for features [n, inputs], [n, units] each."""
        return list(layer_outputs(features, self.weights, self.activation))

    def outputs(self, features: Any, scale: float) -> Numbers:
        """Return outputs [n, outputs] for features as examples have them."""
        import numpy as np

        parts = []
        for start in range(0, len(features), BLOCK):
            block = np.asarray(features[start : start + BLOCK], np.float32) * np.float32(scale)
            parts.append(network_outputs(block, self.weights, self.activation))
        return np.concatenate(parts)


def network_of(run: Run) -> Network:
    """Return the network that a completed run left. Raises RunError where it cannot be read."""
    activation = stated_activation(run.config)
    if not run.sizes or activation is None:
        raise RunError(f"{shown(run.path, 200)}: its config says no network")
    return Network(trained_weights(run.path, run.sizes), activation)
