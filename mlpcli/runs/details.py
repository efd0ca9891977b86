"""What is known of a run without its rows, as `show` and `diff` print it in JSON."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from mlpcli.config import with_dialect
from mlpcli.runs.history import Reached
from mlpcli.runs.records import Summary
from mlpcli.runs.run import Run
from mlpcli.stats import Accuracy


class Git(Struct, frozen=True):
    """The commit of the folder that a run was started in, and whether files were changed."""

    commit: str | None
    dirty: bool | None


class Data(Struct, frozen=True):
    """The data set that a run was trained on."""

    name: str | None
    sha256: str | None


class Results(Struct, frozen=True):
    """What came out of a completed run: scores of the weights that it keeps, after `kept_step`.

    `stopped` is "patience" where that ended it before all of its steps.
    Accuracies are shares of the examples of the whole set; losses its mean cross-entropies in nats,
    or mean squared errors of standardized targets.
    """

    test: Accuracy | None  # of classes
    validation: Accuracy | None
    test_balanced_accuracy: float | None
    test_macro_f1: float | None
    test_auc: float | None  # of two classes
    test_calibration_error: float | None
    test_r2: float | None  # of values, like the three that follow
    val_r2: float | None
    test_rmse: float | None  # in the target's unit, where there is one target
    test_mae: float | None
    test_loss: float | None
    val_loss: float | None
    train_loss: float | None
    train_accuracy: float | None
    parameters: int | None
    steps: int
    kept_step: int
    stopped: str | None
    seconds: float
    compile_seconds: float | None
    examples_per_second: float


class RunDetails(Struct, frozen=True):
    """A run; `learned` is null where nobody knows, `results` where it was not completed.

    `best_validation` is of the network after its own step, of which nothing is kept.
    """

    run: str
    path: str
    status: str
    learned: bool | None
    contradictions: tuple[str, ...]
    error: str | None
    started: str | None
    ended: str | None
    command: str | None
    versions: dict[str, str | None]
    environment: dict[str, str | None]
    git: Git
    host: str | None
    cpu: str | None
    threads: int | None
    gpus: list[str | None]
    data: Data
    config: dict[str, Any]
    results: Results | None
    best_validation: Reached | None


def run_details(run: Run) -> dict[str, Any]:
    """Return the fields of RunDetails, by name. Raises RunError if the rows cannot be read."""
    about = dict(run.environment)
    return {
        "run": run.name,
        "path": str(run.path),
        "status": run.status,
        "learned": run.learned,
        "contradictions": run.contradictions,
        "error": run.error,
        "started": run.started,
        "ended": run.ended,
        "command": run.command,
        **about,
        "git": Git(**about["git"]),
        "data": Data(**run.data),
        "config": dict(run.config),
        "results": _results(run.summary) if run.summary else None,
        "best_validation": run.history.best,
    }


def _results(summary: Summary) -> Results:
    own = ("test", "validation", "kept_step")
    same = [name for name in Results.__struct_fields__ if name not in own]
    return Results(
        kept_step=summary.weights_step,
        test=summary.test,
        validation=summary.validation,
        **{name: getattr(summary, name) for name in same},
    )


def json_shape(record: type[Struct]) -> dict[str, Any]:
    """Return the JSON Schema of a record that a command prints with --json."""
    return with_dialect(msgspec.json.schema(record))
