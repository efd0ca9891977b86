"""scikit-learn's RandomizedSearchCV over its MLP, with a clock.

It knows numbers of trials and no clock, so it is asked for one trial after another. A trial ends at
a tenth of the time, and keeps the weights that it has then, as after Ctrl-C. The best setting is
fitted anew to training and validation rows, as its `refit` does, in the time that is left.
"""

import signal
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from scipy.stats import loguniform
from sklearn.model_selection import PredefinedSplit, RandomizedSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from threadpoolctl import threadpool_limits
from tune_rivals import CAP, RESERVE, Answer, Work

LAYERS, WIDTHS = range(6), (16, 32, 64, 128, 256, 512)  # hidden layers
MORE_ROWS = 1.3  # times the seconds of a trial, that a fit to validation rows as well may take
STARTING = 0.5  # seconds that are kept for all but the last training
SPACE = {
    "hidden_layer_sizes": [(width,) * layers for layers in LAYERS for width in WIDTHS],
    "learning_rate_init": loguniform(1e-4, 1.0),
    "alpha": loguniform(1e-5, 1.0),
    "batch_size": [32, 64, 128],
    "solver": ["adam", "sgd"],  # sgd with momentum 0.9
}


def random_search(work: Work) -> Answer:
    """Search until the time is up."""
    warnings.simplefilter("ignore")  # of epochs that were too few, rates that diverge
    signal.signal(signal.SIGALRM, _interrupt)
    with threadpool_limits(work.cores):
        return _search(work)


def _search(work: Work) -> Answer:
    rows = [np.concatenate(each) for each in zip(work.train, work.validation, strict=True)]
    rows[1] = rows[1].ravel()
    folds = np.repeat([-1, 0], [len(work.train[1]), len(work.validation[1])])
    best, trials, reserve = None, 0, RESERVE * work.seconds
    while (now := time.monotonic()) + reserve < work.until:
        search = RandomizedSearchCV(
            _network(work), SPACE, n_iter=1, scoring=_judge(work), refit=False,
            cv=PredefinedSplit(folds), random_state=work.seed * 10_000 + trials,
        )  # fmt: skip
        with _limit(min(CAP * work.seconds, work.until - reserve - now)), suppress(ValueError):
            search.fit(*rows)
        trials += 1
        if not hasattr(search, "cv_results_"):  # it diverged, or was interrupted outside the fit
            continue
        score, seconds = (
            float(search.cv_results_[f"mean_{each}"][0]) for each in ("test_score", "fit_time")
        )
        if np.isfinite(score) and (best is None or score > best[0]):
            best = score, search.cv_results_["params"][0]
            reserve = min(RESERVE * work.seconds, MORE_ROWS * seconds + STARTING)
            if seconds > 0.9 * CAP * work.seconds:  # it was cut off, and would take longer
                reserve = RESERVE * work.seconds
    if best is None:
        raise SystemExit("no trial came to its end")
    final = _network(work).set_params(**best[1])
    with _limit(max(1e-3, work.until - time.monotonic())):
        final.fit(*rows)
    return Answer(final.predict(work.test), best[0], trials, best[1])


def _network(work: Work) -> Any:
    made = MLPClassifier if work.classes else MLPRegressor
    return made(early_stopping=True, random_state=work.seed)


def _judge(work: Work) -> str:
    if not work.classes:
        return "neg_mean_squared_error"
    return "accuracy" if work.by_accuracy else "neg_log_loss"


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer; a network in training then has the weights of that moment."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
