"""The predicted classes of a run's test examples, beside the true ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.data import BUILT_IN, DataFacts, built_in_targets
from mlpcli.errors import RunError, shown
from mlpcli.files import read_bounded, reason
from mlpcli.runs.contradictions import of_predictions
from mlpcli.runs.layout import PREDICTIONS, TARGETS
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


def load_predictions(run: Path, facts: DataFacts) -> NDArray[Any]:
    """Return a run's predicted classes, unsigned [test examples].

    Raises RunError for a file that is missing, damaged, or not of this data set.
    """
    predicted = _array(run, PREDICTIONS, facts.test_examples)
    if predicted.dtype.kind != "u" or predicted.shape != (facts.test_examples,):
        raise _damaged(PREDICTIONS, facts)
    if predicted.max(initial=0) >= facts.task.outputs:
        raise _damaged(PREDICTIONS, facts)
    return predicted


def load_targets(run: Path, facts: DataFacts) -> NDArray[np.int32]:
    """Return the true classes of the test examples: a run's own copy, or those built in.

    Raises RunError for a copy that is missing or damaged, DataError where what is built in is.
    """
    if known := built_in_targets(facts.name, facts.sha256):
        return known()
    targets = _array(run, TARGETS, facts.test_examples)
    if targets.dtype.kind not in "iu" or targets.shape != (facts.test_examples,):
        raise _damaged(TARGETS, facts)
    if targets.min(initial=0) < 0 or targets.max(initial=0) >= facts.task.outputs:
        raise _damaged(TARGETS, facts)
    return targets.astype("int32")


def _array(run: Path, name: str, examples: int) -> NDArray[Any]:
    """Return the array of an .npy file of at most 8 bytes an example."""
    import io

    import numpy as np

    try:
        content = read_bounded(run / name, MAX_NPY_HEAD + 8 * examples)
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except OSError as error:
        raise RunError(f"{name} cannot be read: {reason(error)}") from error
    except Exception as error:  # a malformed head raises what it likes, tokenize's errors too
        raise RunError(f"{name} is damaged: not an array") from error
    if not isinstance(array, np.ndarray):
        raise RunError(f"{name} is damaged: not an array")
    return array


def _damaged(name: str, facts: DataFacts) -> RunError:
    what = f"not a class of {shown(facts.name)} for each test example"
    return RunError(f"{name} is damaged: {what}")


def class_accuracies(predicted: NDArray[Any], targets: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Return for each class, in order, its examples that are right, and all of them."""
    return [
        (int((predicted[targets == each] == each).sum()), int((targets == each).sum()))
        for each in range(int(targets.max()) + 1)
    ]


def confusions(predicted: NDArray[Any], targets: NDArray[np.int32]) -> list[Confusion]:
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
    """A network on its test set: predicted unsigned and true int32 classes, both [examples]."""

    predicted: NDArray[Any]
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

    Both are empty where they agree, and where there is no such data set here. Raises DataError
    without the test set.
    """
    answers, problem = _answers(run)
    return _contradiction(run, answers), problem if run.facts else ""


def _contradiction(run: Run, answers: Answers | None) -> str:
    if run.summary is None or answers is None:
        return ""
    correct = int((answers.predicted == answers.targets).sum())
    return of_predictions(run.summary, correct, len(answers.targets))


def _answers(run: Run) -> tuple[Answers | None, str]:
    if run.summary is None:
        return None, ""
    facts = run.facts
    if facts is None:
        name = shown(run.data["name"])
        if name in BUILT_IN:
            return None, f"trained on another {name} than there is here"
        return None, f"nothing is known of {name} to hold the predictions against"
    targets = load_targets(run.path, facts)
    try:
        return Answers(load_predictions(run.path, facts), targets), ""
    except RunError as error:
        return None, str(error)
