"""Where a run of classes errs, as figures: what is taken for what, each class, how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mlpcli.errors import shown
from mlpcli.page.examined import Examined
from mlpcli.picture import Axis, Bar, Bars, Curve, Figure, Heat, Lines
from mlpcli.runs import Answers
from mlpcli.stats import Accuracy, Tally, calibration_error, class_tally, confusion_counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_CLASSES = 30  # shown: of more those that are confused most
WITH_TEXT = 12  # classes at most whose cells have numbers in them
BINS = 15  # of confidence, as the calibration error has them
NAME = 40  # characters of a class


def class_figures(seen: Examined) -> list[Figure]:
    """Return the figures of a run of classes with test predictions."""
    answers = seen.answers
    if answers is None or answers.of_values:
        return []
    names = [shown(each, NAME) for each in seen.classes]
    tally = class_tally(answers.predicted, answers.targets, len(names))
    chosen = _chosen(tally)
    part = _counts_among(answers, chosen, len(names))
    return [_heat(names, tally, chosen, part), _bars(names, tally, chosen), *_calibration(seen)]


def _chosen(tally: Tally) -> list[int]:
    """Return the classes that are shown, in order: all, or those with most errors."""
    wrong = tally.examples + tally.predicted - 2 * tally.right
    most = sorted(range(len(wrong)), key=lambda nth: -int(wrong[nth]))[:MOST_CLASSES]
    return sorted(most)


def _counts_among(answers: Answers, chosen: list[int], classes: int) -> NDArray[np.int64]:
    """Return how many of each chosen class (row) were taken for each other one (column)."""
    import numpy as np

    places = np.full(classes, -1)
    places[chosen] = range(len(chosen))
    predicted, targets = places[answers.predicted], places[answers.targets]
    both = (predicted >= 0) & (targets >= 0)
    return confusion_counts(predicted[both], targets[both], len(chosen))


def _of(shown_classes: int, every: int) -> str:
    if shown_classes == every:
        return ""
    return f" Of {every:,} classes the {shown_classes} with most errors."


def _heat(names: list[str], tally: Tally, chosen: list[int], part: NDArray[np.int64]) -> Figure:
    shades = part / part.sum(axis=1, keepdims=True).clip(1)
    off = part.copy()
    off[range(len(chosen)), range(len(chosen))] = 0
    said = "No example is taken for another class."
    if off.any():
        true, taken = divmod(int(off.argmax()), len(chosen))
        said = (
            f"Most often {names[chosen[true]]} is taken for {names[chosen[taken]]}: "
            f"{off[true, taken]:,} of {tally.examples[chosen[true]]:,}."
        )
    labels = [names[nth] for nth in chosen]
    texts = [[f"{n:,}" if n else "" for n in row] for row in part.tolist()]
    return Heat(
        title="Confusion matrix",
        description=f"{said} Shades are shares of the true class.{_of(len(chosen), len(names))}",
        row_label="true class",
        column_label="predicted class",
        rows=labels,
        columns=labels,
        values=part.tolist(),
        shades=(shades**0.5).tolist(),
        texts=texts if len(chosen) <= WITH_TEXT else (),
        unit="examples",
    )


def _bars(names: list[str], tally: Tally, chosen: list[int]) -> Figure:
    bars = []
    for nth in chosen:
        right, of = int(tally.right[nth]), int(tally.examples[nth])
        share = Accuracy.of(right, of) if of else None
        bounds = (100 * share.low, 100 * share.high) if share else (None, None)
        bars.append(Bar(names[nth], 100 * share.accuracy if share else None, *bounds))
    there = [each for each in bars if each.value is not None]
    worst = min(there, key=lambda each: each.value or 0.0)
    said = f"Lowest is {worst.name} with {worst.value:.2f} %. With 95 % intervals."
    axis = Axis("correct of the class's test examples, %", low=0, high=100)
    return Bars("Accuracy by class", said + _of(len(chosen), len(names)), axis, bars)


def _calibration(seen: Examined) -> Iterator[Figure]:
    import numpy as np

    shares, answers = seen.shares, seen.answers
    if shares is None or answers is None:
        return
    sure, right = shares.max(axis=1), answers.predicted == answers.targets
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    points = [_bin(sure[places == each], right[places == each]) for each in np.unique(places)]
    xs, ys, lows, highs = (list(each) for each in zip(*points, strict=True))
    # as it was scored at the end of training, where that is known
    known = seen.run.summary.test_calibration_error if seen.run.summary else None
    error = calibration_error(sure, right) if known is None else known
    least = 100 / shares.shape[1]  # the most probable class has no less
    yield Lines(
        "Calibration",
        f"Of examples it is so sure of, so many are right, with 95 % intervals; the expected "
        f"calibration error is {100 * error:.2f} points.",
        Axis("mean probability of the class predicted, %", low=least, high=100.0),
        Axis("correct, %", low=0.0, high=100.0),
        [
            Curve("this run", xs, ys, lows, highs),
            Curve("as sure as right", [least, 100.0], [least, 100.0], faint=True),
        ],
    )


def _bin(sure: NDArray[Any], right: NDArray[Any]) -> tuple[float, float, float, float]:
    of = Accuracy.of(int(right.sum()), len(right))
    return 100 * float(sure.mean()), 100 * of.accuracy, 100 * of.low, 100 * of.high
