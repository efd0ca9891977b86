"""A search around Keras `fit` in one process: python keras_searches.py NAME TRIALS STEPS NPZ.

NAME says by what, KerasTuner or Optuna, and over what: learning rates of 784-32-10, or nine
structures as well. Each trial takes STEPS of 32 examples and validates once. mlpcli is not
imported here. It prints how many trials came to their end, and the best accuracy.
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
from contenders import CHUNK, keras_mlp
from numpy.typing import NDArray

BATCH, VALIDATION_BATCH = 32, 1_000
RATES = (0.01, 1.0)
LAYERS, WIDTHS = (2, 3, 4), (16, 32, 64)

Arrays = tuple[NDArray[np.float32], NDArray[np.int32]]


@dataclass(frozen=True)
class Work:
    """What each trial trains on, and how long."""

    trials: int
    steps: int
    train: Arrays
    validation: Arrays

    @property
    def fit(self) -> dict[str, Any]:
        """Arguments of `fit`."""
        return {
            "batch_size": BATCH,
            "epochs": 1,
            "steps_per_epoch": self.steps,
            "validation_data": self.validation,
            "validation_batch_size": VALIDATION_BATCH,
            "verbose": 0,
        }


def load(trials: int, steps: int, path: str) -> Work:
    """Read mlpcli's training and validation examples from its MNIST file."""
    with np.load(path) as arrays:
        images, labels = arrays["x_train"], arrays["y_train"].astype(np.int32)
    scaled = np.multiply(images.reshape(len(images), -1), 1 / 255, dtype=np.float32)
    return Work(trials, steps, (scaled[5_000:], labels[5_000:]), (scaled[:5_000], labels[:5_000]))


def network(layers: int, width: int, rate: float) -> Any:
    return keras_mlp((784, *[width] * (layers - 1), 10), "he_normal", rate, CHUNK)


def by_keras_tuner(work: Work) -> tuple[int, float]:
    import keras_tuner

    def build(values: Any) -> Any:
        return network(2, 32, values.Float("learning_rate", *RATES, sampling="log"))

    with tempfile.TemporaryDirectory() as folder:
        tuner = keras_tuner.RandomSearch(
            build, "val_accuracy", max_trials=work.trials, directory=folder, seed=0
        )
        tuner.search(*work.train, **work.fit)
        scores = [trial.score for trial in tuner.oracle.trials.values()]
    return len(scores), max(scores)


def by_optuna(work: Work, suggested: Callable[[Any], tuple[int, int]]) -> tuple[int, float]:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def score(trial: Any) -> float:
        keras.backend.clear_session()  # as Optuna's own example of Keras has it
        layers, width = suggested(trial)
        rate = trial.suggest_float("learning_rate", *RATES, log=True)
        history = network(layers, width, rate).fit(*work.train, **work.fit).history
        return float(history["val_accuracy"][-1])

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(score, n_trials=work.trials)
    return len(study.trials), study.best_value


def one_structure(trial: Any) -> tuple[int, int]:
    return 2, 32


def nine_structures(trial: Any) -> tuple[int, int]:
    layers = trial.suggest_categorical("layers", LAYERS)
    return layers, trial.suggest_categorical("width", WIDTHS)


SEARCHES: dict[str, Callable[[Work], tuple[int, float]]] = {
    "keras-tuner": by_keras_tuner,
    "optuna": lambda work: by_optuna(work, one_structure),
    "optuna-structures": lambda work: by_optuna(work, nine_structures),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=SEARCHES)
    parser.add_argument("trials", type=int)
    parser.add_argument("steps", type=int)
    parser.add_argument("npz")
    given = parser.parse_args()
    trials, best = SEARCHES[given.name](load(given.trials, given.steps, given.npz))
    print(f"{trials} trials, best validation accuracy {best:.4f}")
