"""What came out of a run as numbers to compare, under the names of `compare`'s columns."""

import math
from collections.abc import Iterator, Mapping
from operator import attrgetter

import msgspec

from mlpcli.data import DATASETS
from mlpcli.runs.records import METRICS, SUMMARY_METRICS, MetricsRow, Summary
from mlpcli.stats import wilson_interval

Results = dict[str, float | None]


def _columns(required: bool) -> Iterator[str]:
    """Yield the columns of what every summary has, or of what one may lack."""
    fields = {field.name: field.required for field in msgspec.structs.fields(Summary)}
    for name, metric in SUMMARY_METRICS.items():
        if fields[name] is required:
            yield metric.result or name
            if required and name.endswith("_accuracy"):
                stem = name.removesuffix("accuracy")
                yield from (f"{stem}low", f"{stem}high")


RESULTS = tuple(_columns(required=True))
_OF_ROWS = {name: metric.result for name, metric in METRICS.items() if metric.result}
NO_RESULTS: Mapping[str, float | None] = dict.fromkeys(
    (*RESULTS, *_columns(required=False), *_OF_ROWS.values())
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
    for name, accuracy, examples in (
        ("val", summary.val_accuracy, summary.val_examples),
        ("test", summary.test_accuracy, summary.test_examples),
    ):
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
    return 1.0 if key.endswith("_accuracy") else math.inf


def stands_for(status: str, dataset: object, key: str) -> float | None:
    """Return what a run without a result counts as in a mean over seeds; None for nothing.

    A diverged network guesses: its accuracies are those of chance.
    """
    known = DATASETS.get(str(dataset))
    guesses = status == "diverged" and key.endswith("_accuracy")
    return known.task.chance_accuracy if guesses and known else None
