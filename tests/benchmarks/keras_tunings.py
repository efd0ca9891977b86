"""Searches around Keras `fit` with a clock: KerasTuner's Hyperband, and Optuna's TPE.

Both choose among the same networks and see the same rows. XLA is off: on one core its compilation
took 2 to 20 s a trial and made no epoch faster. No trial takes more than a tenth of the time. When
the best setting's own fit no longer fits into what is left, it is fitted anew without that limit,
and validation says whether the new network or the best of the search is taken.
"""

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
from tune_rivals import CAP, RESERVE, Answer, Arrays, Work

EPOCHS, PATIENCE = 50, 5
CHUNK = 100  # steps_per_execution
STARTING = 3.0  # seconds that are kept for building the last network and for its answer
LAYERS, WIDTHS = (1, 6), (16, 32, 64, 128, 256, 512)
RATES, BATCHES, OPTIMIZERS = (1e-4, 1.0), (32, 64, 128), ("sgd", "adam")
MOMENTUM = 0.9

Values = dict[str, Any]


class OutOfTimeError(Exception):
    """Ends a search from inside a trial."""


class Clock(keras.callbacks.Callback):  # type: ignore[misc]
    """Ends a fit at a time."""

    def __init__(self, until: float) -> None:
        super().__init__()
        self.until = until

    def __deepcopy__(self, memo: object) -> "Clock":
        return Clock(self.until)

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        if time.monotonic() >= self.until:
            self.model.stop_training = True


class Search:
    """Fits networks and keeps the best."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.monitor = "val_accuracy" if work.by_accuracy else "val_loss"
        self.larger = work.by_accuracy
        self.trials = 0
        self.best: tuple[float, Any, Values] | None = None
        self.reserve = RESERVE * work.seconds  # for the final fit

    def network(self, values: Values) -> Any:
        dense = keras.layers.Dense
        hidden = [
            dense(values["width"], activation="relu", kernel_initializer="he_normal")
            for _ in range(values["layers"] - 1)
        ]
        x = self.work.train[0]
        model = keras.Sequential([keras.Input(x.shape[1:]), *hidden, dense(self.work.outputs)])
        rate = values["learning_rate"]
        adam = values["optimizer"] == "adam"
        model.compile(
            optimizer=(
                keras.optimizers.Adam(rate)
                if adam
                else keras.optimizers.SGD(rate, momentum=MOMENTUM)
            ),
            loss=(
                keras.losses.SparseCategoricalCrossentropy(from_logits=True)
                if self.work.classes
                else "mean_squared_error"
            ),
            metrics=["accuracy"] if self.work.classes else [],
            steps_per_execution=CHUNK,
            jit_compile=False,
        )
        return model

    def check(self) -> None:
        """Raise OutOfTimeError where what is left is for the final fit."""
        if time.monotonic() + self.reserve >= self.work.until:
            raise OutOfTimeError

    def try_out(self, model: Any, values: Values, **more: Any) -> Any:
        """Fit a trial's network; return its history."""
        most = time.monotonic() + CAP * self.work.seconds
        return self.fit(model, values, min(most, self.work.until - self.reserve), **more)

    def fit(self, model: Any, values: Values, until: float, **more: Any) -> Any:
        """Fit until a time at most, keep the network if it is the best; return its history."""
        began = time.monotonic()
        more = {"epochs": EPOCHS, "validation_data": self.work.validation, "verbose": 0} | more
        own = [
            keras.callbacks.EarlyStopping(
                self.monitor, patience=PATIENCE, restore_best_weights=True,
                mode="max" if self.larger else "min",
            ),
            Clock(until),
        ]  # fmt: skip
        more["callbacks"] = [*more.get("callbacks", ()), *own]
        history = model.fit(*self.work.train, batch_size=values["batch_size"], **more)
        self.trials += 1
        score = self.score(history)
        if self.best is None or score > self.best[0]:
            self.best = score, model, values
            epoch = (time.monotonic() - began) / max(1, len(history.epoch))
            self.reserve = min(RESERVE * self.work.seconds, EPOCHS * epoch + STARTING)
        return history

    def score(self, history: Any) -> float:
        """Return the best of the epochs, larger is better; one that is no number is the worst."""
        values = [v if self.larger else -v for v in history.history.get(self.monitor, ())]
        return max([v for v in values if np.isfinite(v)], default=-np.inf)

    def answer(self) -> Answer:
        """Fit the best setting anew, and answer with the better of both networks."""
        if self.best is None:
            raise SystemExit("no trial came to its end")
        values = self.best[2]
        keras.utils.set_random_seed(self.work.seed + 1_000)
        trials = self.trials
        if time.monotonic() < self.work.until:
            self.fit(self.network(values), values, self.work.until)
        score, model, _ = self.best
        outputs = model.predict(self.work.test, batch_size=1_000, verbose=0)
        said = outputs.argmax(1) if self.work.classes else outputs[:, 0]
        return Answer(said, score, trials, values)


def hyperband(work: Work) -> Answer:
    """Search by KerasTuner's Hyperband, again and again until the time is up."""
    import keras_tuner

    search = Search(work)

    class Networks(keras_tuner.HyperModel):  # type: ignore[misc]
        def build(self, hp: Any) -> Any:
            return search.network(self.values(hp))

        def values(self, hp: Any) -> Values:
            return {
                "layers": hp.Int("layers", *LAYERS),
                "width": hp.Choice("width", WIDTHS),
                "learning_rate": hp.Float("learning_rate", *RATES, sampling="log"),
                "batch_size": hp.Choice("batch_size", BATCHES),
                "optimizer": hp.Choice("optimizer", OPTIMIZERS),
            }

        def fit(self, hp: Any, model: Any, *data: Arrays, **more: Any) -> Any:
            return search.try_out(model, self.values(hp), **more)

    class Timed(keras_tuner.Hyperband):  # type: ignore[misc]
        def on_trial_begin(self, trial: Any) -> None:
            search.check()
            super().on_trial_begin(trial)

    with tempfile.TemporaryDirectory() as folder:
        tuner = Timed(
            Networks(),
            keras_tuner.Objective(search.monitor, "max" if search.larger else "min"),
            max_epochs=EPOCHS,
            hyperband_iterations=1_000,
            seed=work.seed,
            directory=folder,
            max_consecutive_failed_trials=1_000,  # a rate of 1 may diverge
        )
        with suppress(OutOfTimeError):
            tuner.search(verbose=0)
        return search.answer()


def optuna_tpe(work: Work) -> Answer:
    """Search by Optuna's TPE."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    search = Search(work)

    def score(trial: Any) -> float:
        search.check()
        keras.backend.clear_session()  # as Optuna's own example of Keras has it
        values = {
            "layers": trial.suggest_int("layers", *LAYERS),
            "width": trial.suggest_categorical("width", WIDTHS),
            "learning_rate": trial.suggest_float("learning_rate", *RATES, log=True),
            "batch_size": trial.suggest_categorical("batch_size", BATCHES),
            "optimizer": trial.suggest_categorical("optimizer", OPTIMIZERS),
        }
        history = search.try_out(search.network(values), values)
        return max(search.score(history), -1e9)  # Optuna takes no infinity

    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=work.seed)
    )
    with suppress(OutOfTimeError):
        study.optimize(score)
    return search.answer()


def searching(name: str, work: Work) -> Answer:
    """Search by name, on as many threads as the work may take."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(work.cores)
    tf.config.threading.set_inter_op_parallelism_threads(work.cores)
    keras.utils.set_random_seed(work.seed)
    searches: dict[str, Callable[[Work], Answer]] = {
        "hyperband": hyperband,
        "optuna": optuna_tpe,
    }
    return searches[name](work)
