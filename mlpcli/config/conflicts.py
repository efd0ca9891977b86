"""Values of a config that are fine alone and do not go together, or are beyond float32."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mlpcli.config import optimizer, stopping
from mlpcli.config.allowed import allowed, beyond_float32
from mlpcli.config.schema import Config
from mlpcli.data import OF_VALUES, facts_of, subset_problem


def conflicts(values: Mapping[str, Any], given: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (key, what is wrong) where values that are fine alone do not go together."""
    layers, width, steps = values.get("layers", 1), values.get("width"), values.get("steps")
    if layers > 1 and "width" not in given:
        yield "width", f"missing, required for two layers or more, allowed {allowed('width')}"
    elif layers > 1 and isinstance(width, tuple) and len(width) != layers - 1:
        yield (
            "width",
            f"not one number for each hidden layer, got {len(width)}, allowed {layers - 1}",
        )
    for key, value in values.items():
        number = Config.model_fields[key].annotation is float if key in Config.model_fields else 0
        if number and (problem := beyond_float32(key, value, f"{value!r}")):
            yield key, problem
    if values.get("init") != "normal" and values.get("init_stddev", 1.0) != 1.0:
        yield "init_stddev", "for init: normal alone; remove it, or set init: normal"
    yield from _of_task(values)
    yield from optimizer.conflicts(values)
    yield from stopping.conflicts(values, given)
    yield from _of_folds(values)
    if values.get("epochs") is not None and "steps" in given:
        yield "epochs", "another way to say steps, and both are given; leave one of them out"
    if steps and values.get("warmup_steps", 0) > steps:
        warmup = values["warmup_steps"]
        yield "warmup_steps", f"more than steps, got {warmup:,}, allowed 0 to {steps:,}"
    yield from _of_known_data(values)


def _of_known_data(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Hold what a config asks of its training rows against those of built-in data."""
    known = facts_of(values.get("dataset", Config.model_fields["dataset"].default), None)
    if not known:
        return
    rows = known.train_examples
    some = values.get("train_examples") or rows
    if problem := subset_problem(some, rows, known.task.outputs):
        yield "train_examples", problem
    elif problem := batch_problem(values.get("batch_size", 1), some):
        yield "batch_size", problem


def _of_folds(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    folds, fold = values.get("folds"), values.get("fold")
    if folds is not None and values.get("test") is not None:
        yield "test", "the fold is the test set where there are folds; leave one of them out"
    if folds is not None and fold is not None and fold > folds:
        yield "fold", f"not one of the folds, got {fold:,}, allowed 1 to {folds:,}"


def _of_task(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if values.get("class_weights", "none") != "none" and values.get("task") == "regression":
        yield "class_weights", OF_VALUES


def batch_problem(batch_size: int, train_examples: int) -> str:
    """Say that a batch is larger than the training set, or return ""."""
    if batch_size <= train_examples:
        return ""
    return f"more than the training set, got {batch_size:,}, allowed 1 to {train_examples:,}"
