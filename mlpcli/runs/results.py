"""What came out of a run as numbers to compare, under the names of `compare`'s columns."""

import math
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter

from mlpcli.data import Classification, DataFacts
from mlpcli.runs.quantities import Kind
from mlpcli.runs.records import METRICS, SUMMARY_METRICS, MetricsRow, Summary
from mlpcli.stats import wilson_interval

Results = dict[str, float | None]


# what is asked of a run first, in this order; all else of a summary stands behind
MAIN = ("val_accuracy", "test_accuracy", "val_r2", "test_r2", "test_rmse", "test_mae",
        "test_loss", "steps", "seconds", "examples_per_second")  # fmt: skip
# what validation chooses by, and what test reports of the same, by the kind of task
SCORES: Mapping[Kind, str] = {"classification": "val_accuracy", "regression": "val_r2"}
TEST_SCORES: Mapping[Kind, str] = {"classification": "test_accuracy", "regression": "test_r2"}


def _columns(names: Iterable[str]) -> Iterator[str]:
    """Yield the columns of a summary's fields, with the intervals of the main accuracies."""
    for name in names:
        yield SUMMARY_METRICS[name].result or name
        if name in MAIN and name.endswith("_accuracy"):
            stem = name.removesuffix("accuracy")
            yield from (f"{stem}low", f"{stem}high")


# of classes, and not of a guess: a mean over seeds that leaves one out would flatter
OF_CLASSES = frozenset(("test_macro_f1", "test_auc", "test_calibration_error"))
RESULTS = tuple(_columns(MAIN))
_OF_ROWS = {name: metric.result for name, metric in METRICS.items() if metric.result}
NO_RESULTS: Mapping[str, float | None] = dict.fromkeys(
    (*RESULTS, *_columns(name for name in SUMMARY_METRICS if name not in MAIN), *_OF_ROWS.values())
)
LARGEST_FIRST = frozenset(
    metric.result or name
    for name, metric in (*METRICS.items(), *SUMMARY_METRICS.items())
    if metric.larger_is_better
)
_SUMMARY_COLUMNS = tuple(metric.result or name for name, metric in SUMMARY_METRICS.items())
_summary_values = attrgetter(*SUMMARY_METRICS)


def finished(summary: Summary) -> Results:
    """Return the results of a completed run, with the 95 % intervals of its accuracies."""
    results: Results = dict(NO_RESULTS)
    results.update(zip(_SUMMARY_COLUMNS, _summary_values(summary), strict=True))
    results["kept_step"] = summary.weights_step
    for name, accuracy, examples in (
        ("val", summary.val_accuracy, summary.val_examples),
        ("test", summary.test_accuracy, summary.test_examples),
    ):
        if accuracy is None:
            continue
        low, high = wilson_interval(round(accuracy * examples), examples)
        results[f"{name}_low"], results[f"{name}_high"] = low, high
    return results


def unfinished(last: MetricsRow | None) -> Results:
    """Return what the last metrics row of a run says that was not completed.

    Not its loss and accuracy: they are of a few batches, where a summary has the training set.
    """
    found = {
        result: getattr(last, name, None)
        for name, result in _OF_ROWS.items()
        if not result.startswith("train_")
    }
    return {**NO_RESULTS, **found}


def at_row(row: MetricsRow | None, validated: MetricsRow | None) -> Results:
    """Return what a row says, and of what is measured where a run validates, another row."""
    found = {
        result: getattr(validated if METRICS[name].where_validated else row, name, None)
        for name, result in _OF_ROWS.items()
    }
    return {**NO_RESULTS, **found}


def most_of(key: str) -> float:
    """Return the most that a result can be."""
    return 1.0 if is_score(key) or key in OF_CLASSES else math.inf


def least_of(key: str) -> float:
    """Return the least that a result can be."""
    return -math.inf if key.endswith("_r2") else 0.0


def kind_of_results(facts: DataFacts | None, results: Mapping[str, float | None]) -> Kind:
    """Return the kind of task that results are of: classification, where nobody knows."""
    if facts:
        return facts.task.kind
    return "classification" if results["val_r2"] is None else "regression"


def is_score(key: str) -> bool:
    """Say whether a result is an accuracy or R squared, which a network that guesses has too."""
    return key.endswith(("_accuracy", "_r2"))


def needs_all(key: str) -> bool:
    """Say whether a result has no mean over seeds where one of them has none of it."""
    return key.endswith("_loss") or key in OF_CLASSES


def stands_for(status: str, facts: DataFacts | None, key: str) -> float | None:
    """Return what a run without a result counts as in a mean over seeds; None for nothing.

    A diverged network guesses: its accuracies are those of chance, its R squared is 0.
    """
    if status != "diverged" or facts is None:
        return None
    if isinstance(facts.task, Classification):
        return facts.task.chance_accuracy if key.endswith("_accuracy") else None
    return 0.0 if key.endswith("_r2") else None
