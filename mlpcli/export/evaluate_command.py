"""What `evaluate` does: a run scored on a file, or on its test set, and the scores printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from mlpcli.data import Arrays, Classification, NewRows, class_ids, read_new_rows, read_target
from mlpcli.data import target_values as values_of
from mlpcli.errors import DataError, RunError, shell_word, shown
from mlpcli.export.evaluation import (
    Evaluation,
    evaluation_json,
    score_classes,
    score_values,
)
from mlpcli.export.evaluation_view import brief_sections, full_sections
from mlpcli.export.trained_run import TrainedRun, trained_run
from mlpcli.runs import dependence, load_answers
from mlpcli.stats import log_probabilities
from mlpcli.terminal import print_next, print_result, print_warnings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def show_evaluation(path: Path, file: str | None, form: str, full: bool) -> int:
    """Print a run's scores on a file, or on its own test set; return the exit code.

    Raises DataError for a file that is not as the training's was, before TensorFlow is imported.
    """
    trained = trained_run(path)
    found = _of_test_set(trained) if file is None else _of_file(trained, file)
    if file is None and found.classes:
        print_warnings(dependence(trained.run))
    print_result(found, form, full_sections if full else brief_sections, evaluation_json)
    if form != "json":
        print_next(_next_command(trained, file), more=not full)
    return 0


def _next_command(trained: TrainedRun, file: str | None) -> str:
    run = shell_word(trained.run.path)
    return f"mlpcli explain {run}" if file is None else f"mlpcli predict {run} {shell_word(file)}"


def _of_test_set(trained: TrainedRun) -> Evaluation:
    """Score what a run kept of its test set: predictions, and scores of the probabilities."""
    run, task = trained.run, trained.facts.task
    assert run.summary
    answers, problems = load_answers(run)
    if answers is None:
        where = shown(run.path, 200)
        raise RunError("; ".join(problems) or f"{where}: its test predictions contradict it")
    predicted, targets, loss = answers.predicted, answers.targets, run.summary.test_loss
    if isinstance(task, Classification):
        classes = replace(
            score_classes(task, predicted, targets),
            auc=run.summary.test_auc,
            positive=task.classes[1] if run.summary.test_auc is not None else None,
            calibration_error=run.summary.test_calibration_error,
        )
        return _evaluation(trained, None, len(targets), loss=loss, classes=classes)
    values = score_values(task, predicted, targets)
    return _evaluation(trained, None, len(targets), loss=loss, values=values)


def _of_file(trained: TrainedRun, file: str) -> Evaluation:
    """Score the predictions of a file's rows. Raises DataError where it has no answers."""
    import numpy as np

    if trained.facts.input_columns and not trained.targets:
        raise RunError(f"{shown(trained.run.path, 200)}: it does not say which column is predicted")
    task, rows = trained.facts.task, read_new_rows(file, trained.facts, trained.targets)
    answers = _answers(trained, rows)
    print_warnings(trained.checked(rows))
    with trained.network() as network:
        outputs = np.concatenate([network(features) for _, features in trained.blocks(rows)])
    if isinstance(task, Classification):
        logs = log_probabilities(outputs)
        loss = float(-logs[np.arange(len(answers)), answers].mean())
        classes = score_classes(task, outputs.argmax(axis=1), answers, outputs)
        return _evaluation(trained, file, len(answers), loss=loss, classes=classes)
    loss = float(np.square(outputs - task.scale.standardized(answers), dtype=np.float64).mean())
    values = score_values(task, task.scale.restored(outputs), answers)
    return _evaluation(trained, file, len(answers), loss=loss, values=values)


def _answers(trained: TrainedRun, rows: NewRows) -> NDArray[Any]:
    """Return a file's classes, int32 [n], or its values, float64 [n, targets]."""
    if isinstance(rows.source, Arrays) and rows.source.targets is None:
        raise DataError(
            f"{rows.name}: no targets beside the features",
            "save both under the names x and y: numpy.savez(FILE, x=..., y=...)",
        )
    target, task = read_target(rows.source, trained.targets), trained.facts.task
    if isinstance(task, Classification):
        return class_ids(target, task.classes)
    found: NDArray[np.float64] = values_of(target)
    if found.shape[1] != task.outputs:
        raise DataError(f"{rows.name}: {found.shape[1]} targets, allowed {task.outputs}")
    return found


def _evaluation(trained: TrainedRun, file: str | None, examples: int, **scores: Any) -> Evaluation:
    return Evaluation(
        run=trained.run.name,
        path=str(trained.run.path),
        file=file,
        task=trained.facts.task.kind,
        target=trained.target,
        kept_step=trained.kept_step,
        examples=examples,
        **{"classes": None, "values": None, **scores},
    )
