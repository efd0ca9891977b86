"""The story of one run on one screen."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlpcli.config import saves
from mlpcli.data import Regression, Splits, Task
from mlpcli.runs import (
    FROM_START,
    MODEL,
    PREDICTIONS,
    TARGETS,
    ResumePoint,
    Rows,
    RunDirectory,
    Rung,
    Summary,
)
from mlpcli.terminal import StoppedError
from mlpcli.training.backend import TRACING
from mlpcli.training.class_quality import ClassQuality
from mlpcli.training.evaluate import Predictions
from mlpcli.training.job import Job
from mlpcli.training.model import build_mlp, to_bytes
from mlpcli.training.raw_model import with_preparation
from mlpcli.training.session import Watcher, WeightsWatcher
from mlpcli.training.steps import Alone
from mlpcli.training.trainer import Training


def run_experiment(
    job: Job,
    data: Splits,
    run: RunDirectory,
    watcher: Watcher,
    check: Callable[[], None],
    resume_point: ResumePoint = FROM_START,
) -> Summary | Rung:
    """Train a network into its run directory and score it, or stop where its job says.

    Validation chooses and test reports: the test set is scored here, once, at the end.
    """
    config = job.config
    with TRACING:
        model = build_mlp(config)
    training = Training(config, model, data, check, resume_point, stepper=job.seat or Alone)
    rows = resume_point.rows
    try:
        for row in training.stops(job.until):
            if row:
                run.append(row)
                if isinstance(watcher, WeightsWatcher):
                    watcher.see([weight.numpy() for weight in training.weights])
                watcher.update(row, ended=training.stopped)
                rows = rows.after(row) if row.step > rows.last_step else rows  # as on disk
            due = saves(config, training.step) or training.stopped
            if due and not training.diverged:
                run.save(training.step, training.checkpoint().to_bytes(config))
        if job.until and training.step < config.steps and not training.stopped:
            return stop_at_rung(training, run, job.why)
        summary, predictions = summarize(training, rows)
    except StoppedError:
        run.save(training.step, training.checkpoint().to_bytes(config))
        raise
    task = config.data.task
    with TRACING:
        training.copy_kept_weights_to(model)
        network = to_bytes(with_preparation(config.data.facts, model))
    files = {PREDICTIONS: npy_bytes(in_units(task, predictions)), MODEL: network}
    if config.data.only_test_targets is None:  # the user's file may change, or go
        files[TARGETS] = npy_bytes(in_units(task, data.test.targets))
    run.complete(summary, files)
    return summary


def stop_at_rung(training: Training, run: RunDirectory, why: str) -> Rung:
    """Save where a training stands, from where it can go on, and how good it is there."""
    run.save(training.step, training.checkpoint().to_bytes(training.config))
    score, _ = training.evaluate(training.weights, training.data.validation)
    rung = Rung(training.step, why, score.loss, score.accuracy, score.r2)
    run.stop(rung)
    return rung


def summarize(training: Training, rows: Rows) -> tuple[Summary, Predictions]:
    """Score the kept weights on every set; also return their predictions on the test set.

    What the rows on disk say is taken from them: the validation of the kept weights, the best, the
    seconds, and the speed.
    """
    config, weights, last = training.config, training.kept, rows.last
    assert last
    kept = training.kept_row(last)
    assert kept.score is not None  # the last step is always validated
    best_score, best_val_step = rows.best
    best: dict[str, Any] = {
        "best_val_r2" if kept.val_accuracy is None else "best_val_accuracy": best_score
    }
    train, _ = training.evaluate(weights, training.data.train)
    quality = ClassQuality(config.data.task)
    test, predictions = training.evaluate(weights, training.data.test, quality.see)
    rmse, mae = errors_in_units(config.data.task, predictions, training.data.test.targets)
    summary = Summary(
        steps=training.step,
        kept_step=kept.step,
        stopped="patience" if training.stopped else None,
        parameters=config.parameters,
        train_loss=train.loss,
        train_accuracy=train.accuracy,
        train_r2=train.r2,
        val_loss=kept.val_loss,
        val_accuracy=kept.val_accuracy,
        val_r2=kept.val_r2,
        val_examples=len(training.data.validation),
        **best,
        best_val_step=best_val_step,
        test_loss=test.loss,
        test_accuracy=test.accuracy,
        test_correct=test.correct,
        test_r2=test.r2,
        test_rmse=rmse,
        test_mae=mae,
        test_examples=test.examples,
        **quality.scores(predictions, training.data.test.targets),
        seconds=last.seconds,
        compile_seconds=training.compile_seconds,
        examples_per_second=training.step / rows.step_time,
    )
    return summary, predictions


def in_units(task: Task, values: NDArray[Any]) -> NDArray[Any]:
    """Return values [n, targets] in the targets' units, float64; classes as they are."""
    return task.scale.restored(values) if isinstance(task, Regression) else values


def errors_in_units(
    task: Task, predicted: NDArray[Any], targets: NDArray[Any]
) -> tuple[float | None, float | None]:
    """Return the root mean squared and the mean absolute error of one target, in its unit.

    None of several, whose units differ, or of classes.
    """
    if not isinstance(task, Regression) or task.outputs > 1:
        return None, None
    errors = in_units(task, predicted) - in_units(task, targets)
    return float(np.sqrt(np.square(errors).mean())), float(np.abs(errors).mean())


def npy_bytes(array: NDArray[Any]) -> bytes:
    """Return the content of an .npy file."""
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()
