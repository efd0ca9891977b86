"""Train a config; print the seconds that measuring its layers took, and those of the training."""

import sys
import time
from pathlib import Path
from typing import Any

from mlpcli.config.load import load_config
from mlpcli.training.model import build_mlp
from mlpcli.training.trainer import Training


class Timed(Training):
    """A training that notes how long its layers were measured for."""

    measuring = 0.0

    def _layers(self, step: int, weights: Any) -> Any:
        began = time.perf_counter()
        try:
            return super()._layers(step, weights)
        finally:
            self.measuring += time.perf_counter() - began


def main() -> None:
    """Print both, in seconds; the first measurement is made before the clock of a run starts."""
    config = load_config(Path(sys.argv[1]))
    data = config.data.load()
    training = Timed(config, build_mlp(config), data)
    training.measuring = 0.0
    for _ in training.stops():
        pass
    print(f"{training.measuring:.4f} {training.seconds:.4f}")


if __name__ == "__main__":
    main()
