"""A network's scores on rows whose answers are known, as a record; `evaluate --json` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, field

from mlpcli.data import Classification, Regression
from mlpcli.runs import json_shape
from mlpcli.stats import (
    Accuracy,
    Tally,
    balanced_accuracy,
    calibration_error,
    class_tally,
    confused_pairs,
    log_probabilities,
    macro_f1,
    roc_auc,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]  # [n, targets], in their units


class ClassResult(Struct, frozen=True):
    """A class: its examples, those predicted to be of it, and those that are both.

    `recall` is correct / examples with its 95 % interval, `precision` correct / predicted; null
    where there are none.
    """

    name: str = field(name="class")
    examples: int
    predicted: int
    correct: int
    recall: float | None
    low: float | None
    high: float | None
    precision: float | None
    f1: float | None


class Mistaken(Struct, frozen=True):
    """How many examples of a class were taken for another."""

    true: str
    predicted: str
    count: int
    examples: int  # of the class `true`


class ClassScores(Struct, frozen=True):
    """Scores of predicted classes, shares from 0 to 1; `low` and `high` are the 95 % interval.

    `auc`, of two classes alone, is that of the probability of the class `positive`;
    `calibration_error` is the expected one, of 15 bins. Both are null of the test set of a run of
    before they were kept, and `auc` where all examples are of one class.
    """

    accuracy: float
    low: float
    high: float
    correct: int
    balanced_accuracy: float
    macro_f1: float
    auc: float | None
    positive: str | None
    calibration_error: float | None
    classes: tuple[ClassResult, ...]
    confusions: tuple[Mistaken, ...]  # the most often confused first


class ValueResult(Struct, frozen=True):
    """A target: R squared, and the root mean squared and mean absolute error in its unit."""

    target: str
    r2: float | None  # null where all of its values are alike
    rmse: float
    mae: float
    mean: float  # of the true values
    sd: float


class ValueScores(Struct, frozen=True):
    """Scores of predicted values; `r2` is the mean over the targets."""

    r2: float | None
    targets: tuple[ValueResult, ...]


class Evaluation(Struct, frozen=True):
    """A run's scores on a file, or on its own test set where `file` is null.

    They are of the weights after `kept_step`, which the run keeps.
    `loss` is the mean cross-entropy in nats, or the mean squared error of standardized targets.
    """

    run: str
    path: str
    file: str | None
    task: str
    target: str
    kept_step: int
    examples: int
    loss: float | None
    classes: ClassScores | None
    values: ValueScores | None


def score_classes(
    task: Classification,
    predicted: NDArray[Any],
    targets: NDArray[np.int32],
    logits: NDArray[np.float32] | None = None,
) -> ClassScores:
    """Return the scores of predicted classes [n]; of logits [n, classes], those of probabilities.

    `targets` are the true classes [n], at least one.
    """
    tally = class_tally(predicted, targets, task.outputs)
    whole = Accuracy.of(int(tally.right.sum()), len(targets))
    auc, error, positive = None, None, None
    if logits is not None:
        import numpy as np

        shares = np.exp(log_probabilities(logits))
        error = calibration_error(shares.max(axis=1), predicted == targets)
        if task.outputs == 2:
            auc, positive = roc_auc(logits[:, 1] - logits[:, 0], targets == 1), task.classes[1]
    return ClassScores(
        accuracy=whole.accuracy,
        low=whole.low,
        high=whole.high,
        correct=whole.correct,
        balanced_accuracy=balanced_accuracy(tally),
        macro_f1=macro_f1(tally),
        auc=auc,
        positive=positive,
        calibration_error=error,
        classes=tuple(_class(task, tally, nth) for nth in range(task.outputs)),
        confusions=tuple(
            Mistaken(task.classes[true], task.classes[taken], times, int(tally.examples[true]))
            for true, taken, times in confused_pairs(predicted, targets)
        ),
    )


def _class(task: Classification, tally: Tally, nth: int) -> ClassResult:
    examples, predicted, right = (int(each[nth]) for each in tally)
    share = Accuracy.of(right, examples) if examples else None
    return ClassResult(
        name=task.classes[nth],
        examples=examples,
        predicted=predicted,
        correct=right,
        recall=share.accuracy if share else None,
        low=share.low if share else None,
        high=share.high if share else None,
        precision=right / predicted if predicted else None,
        f1=2 * right / (examples + predicted) if examples + predicted else None,
    )


def score_values(task: Regression, predicted: Values, targets: Values) -> ValueScores:
    """Return the scores of predicted values [n, targets], by the variance of these targets."""
    import numpy as np

    errors, spreads = predicted - targets, targets.std(axis=0)
    squares, sizes = np.square(errors).mean(axis=0), np.abs(errors).mean(axis=0)
    found = tuple(
        ValueResult(
            target=name,
            r2=float(1 - squares[nth] / spreads[nth] ** 2) if spreads[nth] > 0 else None,
            rmse=float(np.sqrt(squares[nth])),
            mae=float(sizes[nth]),
            mean=float(targets[:, nth].mean()),
            sd=float(spreads[nth]),
        )
        for nth, name in enumerate(task.targets)
    )
    known = [each.r2 for each in found if each.r2 is not None]
    return ValueScores(sum(known) / len(known) if len(known) == len(found) else None, found)


def evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation for JSON."""
    record: dict[str, Any] = msgspec.to_builtins(evaluation)
    return record


def evaluation_schema() -> dict[str, Any]:
    """Return the JSON Schema of an evaluation."""
    return json_shape(Evaluation)
