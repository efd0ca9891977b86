"""What a run says that cannot all be true: its summary held against its config and its rows.

The trainer takes the summary's validation, its best and its seconds from the rows as they are on
disk, so they agree to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from mlpcli.config import Stopping, stated_parameters, stated_stopping
from mlpcli.data import DataFacts
from mlpcli.errors import shown
from mlpcli.runs.history import History
from mlpcli.runs.layout import METRICS_FILE, PREDICTIONS, SUMMARY
from mlpcli.runs.records import MetricsRow, Summary
from mlpcli.runs.validate import whole
from mlpcli.stats import Tally, balanced_accuracy, macro_f1

EXACT = 1e-9  # relative: what JSON may round
FLOAT32 = 1e-4  # what R squared may differ by, of values that were restored from float32


def of_row(row: MetricsRow, config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of a run's last row its config makes impossible."""
    steps, layers = whole(config.get("steps"), 1), whole(config.get("layers"), 1)
    if steps is not None and row.step > steps:
        yield f"{METRICS_FILE} has step {row.step:,}, its config {steps:,} steps"
    if layers is not None and len(row.layers) not in (0, layers):
        yield f"{METRICS_FILE} has {len(row.layers)} layers, its config {layers}"


def of_summary(
    summary: Summary, last: MetricsRow | None, config: Mapping[str, Any], facts: DataFacts | None
) -> Iterator[str]:
    """Yield what of a summary its config, its data, or the run's last row says otherwise."""
    yield from _of_steps(summary, config)
    if summary.test_correct is not None and summary.test_accuracy is not None:
        accuracy = summary.test_correct / summary.test_examples
        if not _equal(accuracy, summary.test_accuracy):
            yield (
                f"{SUMMARY} has test_correct {summary.test_correct:,} of {summary.test_examples:,} "
                f"and test_accuracy {summary.test_accuracy:g}"
            )
    yield from _of_best(summary)
    yield from _of_data(summary, config, facts)
    if last is None:
        return
    yield from of_row(last, config)
    if last.step != summary.steps:
        yield f"{SUMMARY} has {summary.steps:,} steps, the last metrics row step {last.step:,}"
        return
    if summary.weights_step == last.step:
        yield from _of_validation(summary, last, "the last metrics row")
    if not _equal(last.seconds, summary.seconds):
        yield f"{SUMMARY} has {summary.seconds:g} seconds, the last metrics row {last.seconds:g}"


def _of_steps(summary: Summary, config: Mapping[str, Any]) -> Iterator[str]:
    """Hold the steps, and those of the kept weights, against what the config allows."""
    steps, stopping = whole(config.get("steps"), 1), stated_stopping(config)
    if steps is not None and summary.stopped and stopping.patience is None:
        yield f"{SUMMARY} says that patience stopped the run, its config has none"
    elif (
        steps is not None
        and (summary.steps > steps or not summary.stopped)
        and (steps != summary.steps)
    ):
        yield f"{SUMMARY} has {summary.steps:,} steps, its config {steps:,}"
    elif steps is not None and summary.stopped and steps == summary.steps:
        yield f"{SUMMARY} says that patience stopped the run, and it took all of its steps"
    kept = summary.weights_step
    if kept > summary.steps:
        yield f"{SUMMARY} has kept_step {kept:,} of {summary.steps:,} steps"
    elif kept < summary.steps and not stopping.keeps_best:
        yield f"{SUMMARY} has kept_step {kept:,} of {summary.steps:,} steps, its config keep: last"


def _of_validation(summary: Summary, row: MetricsRow, named: str) -> Iterator[str]:
    for name in ("val_accuracy", "val_r2", "val_loss"):
        then, now = getattr(row, name), getattr(summary, name)
        if now is not None and (then is None or not _equal(then, now)):
            said = "none" if then is None else f"{then:g}"
            yield f"{SUMMARY} has {name} {now:g}, {named} {said}"


def _of_choice(summary: Summary, history: History, stopping: Stopping) -> Iterator[str]:
    """Hold what was kept, and why the run stopped, against what validation says of its rows."""
    row = history.choice.row
    if stopping.keeps_best and row and summary.weights_step != row.step:
        yield (
            f"{SUMMARY} has kept_step {summary.weights_step:,}, and of {METRICS_FILE} the "
            f"validation of step {row.step:,} is the best"
        )
    elif stopping.keeps_best and row:
        yield from _of_validation(summary, row, f"the metrics row of step {row.step:,}")
    if summary.stopped and not history.choice.is_spent(stopping):
        yield (
            f"{SUMMARY} says that patience stopped the run, and in {METRICS_FILE} "
            f"{history.choice.waited:,} of {stopping.patience:,} validations came after the best"
        )


def of_history(
    summary: Summary, history: History, version: int, stopping: Stopping
) -> Iterator[str]:
    """Yield what of a summary all of its rows say otherwise: the best of them, and the speed.

    Also which weights it keeps, and what stopped it. Schema version 1 took the speed from a clock
    that a kill sets back, not from the rows.
    """
    speed = summary.examples_per_second if version > 1 else None
    best, last = history.best, history.last
    if best is None or last is None:
        yield f"{METRICS_FILE} has no validation"
        return
    yield from _of_choice(summary, history, stopping)
    for name, then, now in (
        ("best_val_accuracy", best.val_accuracy, summary.best_val_accuracy),
        ("best_val_r2", best.val_r2, summary.best_val_r2),
        ("best_val_step", best.step, summary.best_val_step),
        ("examples_per_second", history.examples_per_second, speed),
    ):
        if now is not None and (then is None or not _equal(then, now)):
            row = "none" if then is None else f"{then:g}"
            yield f"{SUMMARY} has {name} {now:g}, {METRICS_FILE} {row}"


def of_predictions(summary: Summary, correct: int, examples: int) -> str:
    """Return what the predictions of the test examples say otherwise than a summary, or ""."""
    test = summary.test
    if test is None or (correct, examples) == (test.correct, test.examples):
        return ""
    said = f"{test.correct:,} of {test.examples:,}"
    return f"{PREDICTIONS} has {correct:,} of {examples:,} correct, {SUMMARY} {said}"


def of_tally(summary: Summary, tally: Tally) -> str:
    """Return what the predicted classes say otherwise than a summary's scores of them, or ""."""
    for name, score in (
        ("test_balanced_accuracy", balanced_accuracy),
        ("test_macro_f1", macro_f1),
    ):
        said, found = getattr(summary, name), score(tally)
        if said is not None and not _equal(said, found):
            return f"{PREDICTIONS} has {name} {found:.4f}, {SUMMARY} {said:.4f}"
    return ""


def of_values(summary: Summary, scores: Mapping[str, float]) -> str:
    """Return what the predicted values of the test examples say otherwise than a summary, or "".

    `scores` are those of them, by their names in the summary.
    """
    for name, found in scores.items():
        said = getattr(summary, name)
        least = FLOAT32 if name == "test_r2" else 0.0  # errors are in any unit
        if said is not None and not math.isclose(found, said, rel_tol=FLOAT32, abs_tol=least):
            return f"{PREDICTIONS} has {name} {found:.4g}, {SUMMARY} {said:.4g}"
    return ""


def _of_best(summary: Summary) -> Iterator[str]:
    best, step, last = summary.best_score, summary.best_val_step, summary.score
    if best is not None and last is not None and best < last - EXACT * abs(last):
        of = "accuracy" if summary.best_val_accuracy is not None else "r2"
        yield f"{SUMMARY} has best_val_{of} {best:g} and val_{of} {last:g}"
    if step is not None and step > summary.steps:
        yield f"{SUMMARY} has best_val_step {step:,} of {summary.steps:,} steps"


def _of_data(summary: Summary, config: Mapping[str, Any], facts: DataFacts | None) -> Iterator[str]:
    """Hold examples and parameters against the data set, where it is known."""
    if facts is None:
        return
    for name, found, there in (
        ("val_examples", summary.val_examples, facts.validation_examples),
        ("test_examples", summary.test_examples, facts.test_examples),
    ):
        if found != there:
            yield f"{SUMMARY} has {name} {found:,}, {shown(facts.name)} {there:,}"
    said, network = summary.parameters, stated_parameters(config, facts)
    if said is not None and network is not None and said != network:
        yield f"{SUMMARY} has {said:,} parameters, the network of its config {network:,}"


def _equal(a: float, b: float) -> bool:
    return a == b or math.isclose(a, b, rel_tol=EXACT)
