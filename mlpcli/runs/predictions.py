"""The predicted classes or values of a run's test examples, beside the true ones."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.data import BUILT_IN, Classification, DataFacts, Regression, built_in_targets
from mlpcli.errors import RunError, shown
from mlpcli.runs.contradictions import of_predictions, of_tally, of_values
from mlpcli.runs.layout import PREDICTIONS, TARGETS
from mlpcli.runs.run import Run
from mlpcli.stats import class_tally, confused_pairs, r_squared
from mlpcli.system import read_bounded, reason

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

    Or of a regression its values, float64 [test examples, targets], in the targets' units.
    Raises RunError for a file that is missing, damaged, or not of this data set.
    """
    if isinstance(facts.task, Regression):
        return _values(run, PREDICTIONS, facts)
    predicted = _array(run, PREDICTIONS, facts.test_examples)
    if predicted.dtype.kind != "u" or predicted.shape != (facts.test_examples,):
        raise _damaged(PREDICTIONS, facts)
    if predicted.max(initial=0) >= facts.task.outputs:
        raise _damaged(PREDICTIONS, facts)
    return predicted


def load_targets(run: Path, facts: DataFacts) -> NDArray[Any]:
    """Return the true classes, int32, or values of the test examples, as `load_predictions` does.

    They are a run's own copy, or those built in.
    Raises RunError for a copy that is missing or damaged, DataError where what is built in is.
    """
    if known := built_in_targets(facts.name, facts.sha256):
        return known()
    if isinstance(facts.task, Regression):
        return _values(run, TARGETS, facts)
    targets = _array(run, TARGETS, facts.test_examples)
    if targets.dtype.kind not in "iu" or targets.shape != (facts.test_examples,):
        raise _damaged(TARGETS, facts)
    if targets.min(initial=0) < 0 or targets.max(initial=0) >= facts.task.outputs:
        raise _damaged(TARGETS, facts)
    return targets.astype("int32")


def _values(run: Path, name: str, facts: DataFacts) -> NDArray[np.float64]:
    """Return values of each test example and target."""
    import numpy as np

    shape = facts.test_examples, facts.task.outputs
    values = _array(run, name, shape[0] * shape[1])
    if values.dtype != np.float64 or values.shape != shape or not np.isfinite(values).all():
        raise _damaged(name, facts)
    return values


def _array(run: Path, name: str, numbers: int) -> NDArray[Any]:
    """Return the array of an .npy file of at most 8 bytes a number."""
    import io

    import numpy as np

    try:
        content = read_bounded(run / name, MAX_NPY_HEAD + 8 * numbers)
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except OSError as error:
        raise RunError(f"{name} cannot be read: {reason(error)}") from error
    except Exception as error:  # a malformed head raises what it likes, tokenize's errors too
        raise RunError(f"{name} is damaged: not an array") from error
    if not isinstance(array, np.ndarray):
        raise RunError(f"{name} is damaged: not an array")
    return array


def _damaged(name: str, facts: DataFacts) -> RunError:
    each = "class" if isinstance(facts.task, Classification) else "number for each target"
    what = f"not a {each} of {shown(facts.name)} for each test example"
    return RunError(f"{name} is damaged: {what}")


def class_accuracies(predicted: NDArray[Any], targets: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Return for each class, in order, its examples that are right, and all of them."""
    tally = class_tally(predicted, targets, int(targets.max()) + 1)
    return list(zip(tally.right.tolist(), tally.examples.tolist(), strict=True))


def confusions(predicted: NDArray[Any], targets: NDArray[np.int32]) -> list[Confusion]:
    """Return each pair of classes that was confused, the most often confused first."""
    return [Confusion(*each) for each in confused_pairs(predicted, targets)]


@dataclass(frozen=True)
class Answers:
    """A network on its test set: predicted unsigned and true int32 classes, both [examples].

    Of a regression values in the targets' units, both float64 [examples, targets], and `deviations`
    are those that standardize them.
    """

    predicted: NDArray[Any]
    targets: NDArray[Any]
    deviations: tuple[float, ...] = ()

    @property
    def of_values(self) -> bool:
        """Whether they are values, and not classes."""
        return self.predicted.dtype.kind == "f"

    @property
    def squared_errors(self) -> NDArray[np.float64]:
        """Of values: the mean over the standardized targets, [examples], as the loss has it."""
        import numpy as np

        errors = (self.predicted - self.targets) / np.array(self.deviations)
        mean: NDArray[np.float64] = np.square(errors).mean(axis=1)
        return mean


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
    if answers.of_values:
        return of_values(run.summary, _scores(answers))
    correct = int((answers.predicted == answers.targets).sum())
    if said := of_predictions(run.summary, correct, len(answers.targets)):
        return said
    assert run.facts
    return of_tally(
        run.summary, class_tally(answers.predicted, answers.targets, run.facts.task.outputs)
    )


def _scores(answers: Answers) -> dict[str, float]:
    """Return the scores of predicted values; errors of one target alone, which has a unit."""
    found = {"test_r2": r_squared(answers.predicted, answers.targets)}
    if answers.targets.shape[1] == 1:
        errors = answers.predicted - answers.targets
        found["test_rmse"] = float((errors**2).mean() ** 0.5)
        found["test_mae"] = float(abs(errors).mean())
    return found


def _foreign(run: Run) -> str:
    """Say why nothing is known of the data that a run was trained on, or ""."""
    if run.facts:
        return ""
    name = shown(run.data["name"])
    if name in BUILT_IN:
        return f"trained on another {name} than there is here"
    return f"nothing is known of {name} to hold the predictions against"


def _answers(run: Run) -> tuple[Answers | None, str]:
    facts = run.facts
    if run.summary is None or facts is None:
        return None, _foreign(run) if run.summary else ""
    deviations = facts.task.scale.deviations if isinstance(facts.task, Regression) else ()
    try:
        targets = load_targets(run.path, facts)
        return Answers(load_predictions(run.path, facts), targets, deviations), ""
    except RunError as error:
        return None, str(error)
