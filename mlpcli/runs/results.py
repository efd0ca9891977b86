"""What came out of a run as numbers to compare, read without trust."""

from collections.abc import Mapping
from typing import Any

from mlpcli.errors import RunError
from mlpcli.runs.validate import finite, loss, share, whole
from mlpcli.stats import wilson_interval

RESULTS = (
    "val_accuracy", "val_low", "val_high", "test_accuracy", "test_low", "test_high", "test_loss",
    "steps_taken", "seconds", "examples_per_second",
)  # fmt: skip
MORE_RESULTS = (
    "val_loss", "train_accuracy", "train_loss", "best_val_accuracy", "best_val_step", "parameters",
    "compile_seconds",
)  # fmt: skip
NO_RESULTS: Mapping[str, float | None] = dict.fromkeys((*RESULTS, *MORE_RESULTS))


def finished(summary: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the results of a summary; raise RunError if one is missing or cannot be true."""
    results = {key: _result(summary, key) for key in MORE_RESULTS}
    for name in ("val_accuracy", "test_accuracy", "seconds", "examples_per_second"):
        results[name] = _number(summary, name)
    not_finite = "test_loss" in summary and summary["test_loss"] is None  # so JSON has it
    results["test_loss"] = None if not_finite else _number(summary, "test_loss")
    results["steps_taken"] = _number(summary, "steps")
    for name in ("val", "test"):
        correct = share(results[f"{name}_accuracy"])
        examples = whole(summary.get(f"{name}_examples"), 1)
        if correct is None:
            raise RunError(f"summary.json is damaged: {name}_accuracy is not a share")
        if examples is None:
            raise RunError(
                f"summary.json is damaged: {name}_examples is not a whole number above 0"
            )
        low, high = wilson_interval(round(correct * examples), examples)
        results[f"{name}_low"], results[f"{name}_high"] = low, high
    return results


def unfinished(last: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what the last metrics row of a run says that was not completed."""
    names = ("val_accuracy", "val_loss", "seconds", "examples_per_second")
    return {name: _result(last, name) for name in names} | {"steps_taken": finite(last.get("step"))}


def _result(record: Mapping[str, Any], key: str) -> float | None:
    """Return a result as it stands there, None for what cannot be true."""
    return loss(record.get(key)) if key.endswith("_loss") else finite(record.get(key))


def _number(summary: Mapping[str, Any], key: str) -> float:
    value = _result(summary, key)
    if value is None or value < 0:
        raise RunError(f"summary.json is damaged: {key} is not a number of at least 0")
    return value
