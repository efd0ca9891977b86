"""Scores of predicted classes and of their probabilities on examples whose classes are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]  # [classes, classes]
    Classes = NDArray[Any]  # [n], numbers of classes

BINS = 15  # of confidence, as Guo et al. 2017 have them


def confusion_counts(predicted: Classes, targets: Classes, classes: int) -> Counts:
    """Return how many examples of each class (row) were taken for each (column).

    >>> import numpy as np
    >>> confusion_counts(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 1], [0, 1]]
    """
    import numpy as np

    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (targets, predicted), 1)
    return counts


def confused_pairs(predicted: Classes, targets: Classes) -> list[tuple[int, int, int]]:
    """Return the true class, the predicted one and how often, of each pair that was confused.

    The most often confused come first. It takes memory by the examples: `confusion_counts` of
    10,000 classes takes 800 MB.

    >>> import numpy as np
    >>> confused_pairs(np.array([0, 1, 1, 2, 1]), np.array([0, 0, 0, 1, 1]))
    [(0, 1, 2), (1, 2, 1)]
    """
    import numpy as np

    wrong = predicted != targets
    true, taken = targets[wrong].astype(np.int64), predicted[wrong].astype(np.int64)
    classes = int(taken.max(initial=0)) + 1
    pairs, counts = np.unique(true * classes + taken, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [(*divmod(int(pairs[nth]), classes), int(counts[nth])) for nth in order]


class Tally(NamedTuple):
    """Of each class [classes]: its examples, those predicted to be of it, those that are both."""

    examples: NDArray[np.int64]
    predicted: NDArray[np.int64]
    right: NDArray[np.int64]


def class_tally(predicted: Classes, targets: Classes, classes: int) -> Tally:
    """Return how many examples of each class there are, are predicted, and are right.

    >>> import numpy as np
    >>> [each.tolist() for each in class_tally(np.array([0, 1, 1]), np.array([0, 0, 1]), 2)]
    [[2, 1], [1, 2], [1, 1]]
    """
    import numpy as np

    parts = targets, predicted, targets[predicted == targets]
    return Tally(*(np.bincount(part, minlength=classes) for part in parts))


def balanced_accuracy(tally: Tally) -> float:
    """Return the mean over the classes that there are examples of, of the share that is right.

    >>> import numpy as np
    >>> balanced_accuracy(Tally(np.array([9, 4]), np.array([11, 2]), np.array([9, 2])))
    0.75
    """
    there = tally.examples > 0
    return float((tally.right[there] / tally.examples[there]).mean())


def macro_f1(tally: Tally) -> float:
    """Return the mean of the classes' F1 = 2 right / (examples + predictions), 0 to 1.

    Of a class without examples that is never predicted there is none, as scikit-learn has it.

    >>> import numpy as np
    >>> tally = Tally(np.array([4, 2, 0]), np.array([3, 3, 0]), np.array([3, 2, 0]))
    >>> round(macro_f1(tally), 4)  # 6/7 and 4/5
    0.8286
    """
    both = tally.examples + tally.predicted
    there = both > 0
    return float((2 * tally.right[there] / both[there]).mean())


def roc_auc(scores: NDArray[Any], positive: NDArray[np.bool_]) -> float | None:
    """Return the area under the ROC curve; None where all examples are of one class.

    It is the chance that a positive example scores higher than a negative one, ties half (Mann and
    Whitney 1947): (R - p (p + 1) / 2) / (p n), R the sum of the positives' ranks.

    >>> import numpy as np
    >>> roc_auc(np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True]))
    0.875
    """
    import numpy as np

    positives = int(positive.sum())
    negatives = len(positive) - positives
    if not positives or not negatives:
        return None
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2  # ties have the mean of theirs
    total = float(ranks[places][positive].sum())
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the expected calibration error of 15 bins, 0 to 1.

    The mean over the examples of |accuracy - mean confidence| of the bin that one's confidence, the
    probability of the class predicted, is in (Guo et al. 2017, equation 3).

    >>> import numpy as np
    >>> round(calibration_error(np.array([0.9, 0.92, 0.6]), np.array([True, False, True])), 4)
    0.4067
    """
    import numpy as np

    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, weights=right, minlength=BINS)
    gaps -= np.bincount(bins, weights=confidence, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def log_probabilities(logits: NDArray[Any]) -> NDArray[np.float64]:
    """Return ln of the softmax of logits [n, classes], float64.

    >>> import numpy as np
    >>> np.exp(log_probabilities(np.array([[0.0, np.log(3.0)]]))).round(4).tolist()
    [[0.25, 0.75]]
    """
    import numpy as np

    exact = logits.astype(np.float64)
    exact -= exact.max(axis=1, keepdims=True)
    return np.asarray(exact - np.log(np.exp(exact).sum(axis=1, keepdims=True)))
