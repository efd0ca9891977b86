"""One of scikit-learn's models on a split that mlpcli made: its test score and training seconds.

    python table_rivals.py NAME SEED NPZ

mlpcli is not imported here, so that the interpreter may be one of another environment. The arrays
are train_x, train_y, test_x, test_y, and `numbers`: so many columns, the first, are to be scaled;
the others say 0 or 1. Targets are whole numbers, the classes, or else floats.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Maker = Callable[[int], Any]

CLASSIFIERS: dict[str, Maker] = {
    "mlp": lambda seed: MLPClassifier(random_state=seed),
    "linear": lambda seed: LogisticRegression(max_iter=1_000),  # 100, the default, may not do
}
REGRESSORS: dict[str, Maker] = {
    "mlp": lambda seed: MLPRegressor(random_state=seed),
    "mlp-scaled": lambda seed: TransformedTargetRegressor(
        MLPRegressor(random_state=seed), transformer=StandardScaler()
    ),
    "linear": lambda seed: Ridge(),
}


def main() -> None:
    name, seed, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    warnings.simplefilter("ignore")  # of 200 epochs, the default, that were too few
    with np.load(path) as arrays:
        found = dict(arrays)
    makers = CLASSIFIERS if found["train_y"].dtype.kind == "i" else REGRESSORS
    numbers = list(range(int(found["numbers"])))
    scaler = ColumnTransformer([("scaled", StandardScaler(), numbers)], remainder="passthrough")
    model = make_pipeline(scaler, makers[name](seed))
    began = time.perf_counter()
    model.fit(found["train_x"], found["train_y"])
    seconds = time.perf_counter() - began
    score = float(model.score(found["test_x"], found["test_y"]))
    print(json.dumps({"score": score, "seconds": seconds}))


main()
