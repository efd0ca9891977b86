"""A search of another tool with a clock: python tune_rivals.py NAME NPZ SEED UNTIL SECONDS CORES.

NAME is hyperband, optuna or random. NPZ has mlpcli's encoded arrays: train_x, train_y,
validation_x, validation_y, test_x, and `outputs`; targets are int32 classes or else standardized
float32. Test targets are not in it. UNTIL is the moment on the monotonic clock at which the answer
is due, SECONDS how long that was when this process was started. mlpcli is not imported here. It
prints JSON: what it says of each test row, and what it has chosen by validation rows alone.
"""

import json
import os
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CAP = 0.1  # of the time, that a trial takes at most
RESERVE = 0.25  # of the time, that is kept for the final fit at most
FEW = 2_000  # validation examples, below which loss is the judge of classes, as in mlpcli tune

Arrays = NDArray[Any]


@dataclass(frozen=True)
class Work:
    """What a search trains on, and until when."""

    train: tuple[Arrays, Arrays]
    validation: tuple[Arrays, Arrays]
    test: Arrays
    outputs: int
    seed: int
    until: float
    seconds: float
    cores: int

    @property
    def classes(self) -> bool:
        return bool(self.train[1].dtype.kind == "i")

    @property
    def by_accuracy(self) -> bool:
        """Whether validation accuracy is the judge, and not validation loss."""
        return self.classes and len(self.validation[1]) >= FEW


@dataclass(frozen=True)
class Answer:
    """What a search found: classes or values of the test rows, and how it came to them."""

    test: Arrays
    validation: float
    trials: int
    chosen: dict[str, Any]


def main() -> None:
    name, path, seed, until, seconds, cores = sys.argv[1:]
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = cores
    with np.load(path) as found:
        arrays = dict(found)
    work = Work(
        (arrays["train_x"], arrays["train_y"]),
        (arrays["validation_x"], arrays["validation_y"]),
        arrays["test_x"],
        int(arrays["outputs"]),
        int(seed),
        float(until),
        float(seconds),
        int(cores),
    )
    if name == "random":
        from sklearn_tuning import random_search

        answer = random_search(work)
    else:
        from keras_tunings import searching

        answer = searching(name, work)
    print(json.dumps({**vars(answer), "test": answer.test.tolist()}))


if __name__ == "__main__":
    main()
