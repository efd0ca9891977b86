"""Scores of the test set that need the probabilities, of which a run keeps none."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.data import Classification, Task
from mlpcli.stats import (
    balanced_accuracy,
    calibration_error,
    class_tally,
    log_probabilities,
    macro_f1,
    roc_auc,
)


class ClassQuality:
    """Keeps of each example's logits what the scores need: two numbers, however many classes."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._confidence: list[NDArray[np.float64]] = []  # the largest probability, of each example
        self._margin: list[NDArray[np.float32]] = []  # of two classes: logit of the second - first

    def see(self, logits: NDArray[np.float32]) -> None:
        """Keep what is needed of the logits [n, classes] of a batch."""
        if not isinstance(self._task, Classification):
            return
        with np.errstate(invalid="ignore"):  # logits that are not finite
            self._confidence.append(np.exp(log_probabilities(logits).max(axis=1)))
        if self._task.outputs == 2:
            self._margin.append(logits[:, 1] - logits[:, 0])

    def scores(self, predicted: NDArray[Any], targets: NDArray[Any]) -> dict[str, Any]:
        """Return the fields of a summary, of predicted and true classes [n]; of values none."""
        if not isinstance(self._task, Classification):
            return {}
        tally = class_tally(predicted, targets, self._task.outputs)
        confidence, auc, error = np.concatenate(self._confidence), None, None
        if np.isfinite(confidence).all():
            error = calibration_error(confidence, predicted == targets)
            auc = roc_auc(np.concatenate(self._margin), targets == 1) if self._margin else None
        return {
            "test_balanced_accuracy": balanced_accuracy(tally),
            "test_macro_f1": macro_f1(tally),
            "test_auc": auc,
            "test_calibration_error": error,
        }
