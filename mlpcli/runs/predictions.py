"""The predicted classes of a run's test examples, beside the true ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlpcli.data import DATASETS, Dataset
from mlpcli.errors import RunError, shown
from mlpcli.files import read_bounded, reason
from mlpcli.runs.contradictions import of_predictions
from mlpcli.runs.layout import PREDICTIONS
from mlpcli.runs.run import Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_NPY_HEAD = 4096  # bytes at most before the values of an .npy file; numpy's own takes 128


@dataclass(frozen=True)
class Confusion:
    """How many examples of class `true` were taken for class `predicted`."""

    true: int
    predicted: int
    examples: int


def load_predictions(run: Path, dataset: Dataset, targets: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return a run's predicted classes, uint8 [test examples], as many as there are targets.

    Raises RunError for a file that is missing, damaged, or not of this data set.
    """
    import io

    import numpy as np

    try:
        content = read_bounded(run / PREDICTIONS, MAX_NPY_HEAD + len(targets))
        predicted: NDArray[np.uint8] = np.load(io.BytesIO(content), allow_pickle=False)
    except OSError as error:
        raise RunError(f"{PREDICTIONS} cannot be read: {reason(error)}") from error
    except Exception as error:  # a malformed head raises what it likes, tokenize's errors too
        raise RunError(f"{PREDICTIONS} is damaged: not an array") from error
    fits = isinstance(predicted, np.ndarray) and predicted.dtype == np.uint8
    if not fits or predicted.shape != targets.shape or predicted.max() >= dataset.outputs:
        name = dataset.name
        raise RunError(f"{PREDICTIONS} is damaged: not a class of {name} for each test example")
    return predicted


def class_accuracies(
    predicted: NDArray[np.uint8], targets: NDArray[np.int32]
) -> list[tuple[int, int]]:
    """Return for each class, in order, its examples that are right, and all of them."""
    return [
        (int((predicted[targets == each] == each).sum()), int((targets == each).sum()))
        for each in range(int(targets.max()) + 1)
    ]


def confusions(predicted: NDArray[np.uint8], targets: NDArray[np.int32]) -> list[Confusion]:
    """Return each pair of classes that was confused, the most often confused first."""
    import numpy as np

    counts = np.zeros((int(targets.max()) + 1,) * 2, np.int64)
    np.add.at(counts, (targets, predicted), 1)
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[: np.count_nonzero(counts)]
    pairs = (divmod(int(flat), counts.shape[1]) for flat in order)
    return [Confusion(true, taken, int(counts[true, taken])) for true, taken in pairs]


@dataclass(frozen=True)
class Answers:
    """A network on its test set: predicted uint8 and true int32 classes, both [examples]."""

    predicted: NDArray[np.uint8]
    targets: NDArray[np.int32]


def load_answers(run: Run) -> tuple[Answers | None, tuple[str, ...]]:
    """Return a completed run's test predictions, or None and why; no run else has them.

    Those that contradict the summary are None, without a word where the run says so already.
    """
    answers, problem = _answers(run)
    contradiction = _contradiction(run, answers)
    if contradiction:
        answers, problem = None, "" if contradiction in run.contradictions else contradiction
    return answers, (f"{shown(run.path, 200)}: {problem}",) if problem else ()


def held_against_answers(run: Run) -> tuple[str, str]:
    """Return what a run's predictions say otherwise than its summary, or why they cannot be read.

    Both are empty where they agree, and where there is nothing to hold them against: the data set
    is not here, or the run is of schema version 1, the first of which had none. Raises DataError
    without the test set.
    """
    if _foreign(run) or (run.version == 1 and not os.path.lexists(run.path / PREDICTIONS)):
        return "", ""
    answers, problem = _answers(run)
    return _contradiction(run, answers), problem


def _contradiction(run: Run, answers: Answers | None) -> str:
    if run.summary is None or answers is None:
        return ""
    correct = int((answers.predicted == answers.targets).sum())
    return of_predictions(run.summary, correct, len(answers.targets))


def _foreign(run: Run) -> str:
    """Say why a run's data set is none that is here, or ""."""
    name = run.data["name"]
    dataset = DATASETS.get(name or "")
    if not dataset:
        return f"no data set {shown(name)} here to hold the predictions against"
    other = run.data["sha256"] not in (None, dataset.sha256)
    return f"trained on another {name} than there is here" if other else ""


def _answers(run: Run) -> tuple[Answers | None, str]:
    if run.summary is None:
        return None, ""
    if foreign := _foreign(run):
        return None, foreign
    dataset = DATASETS[run.data["name"] or ""]
    targets = dataset.test_targets()
    try:
        return Answers(load_predictions(run.path, dataset, targets), targets), ""
    except RunError as error:
        return None, str(error)
