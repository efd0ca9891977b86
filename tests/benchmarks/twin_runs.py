"""A run trained by NumPy and explained: what `mlpcli train` and `explain` would have measured."""

import numpy as np
from numpy_training import Training, score_and_loss, starting_weights

from mlpcli.config.schedule import next_row, validates
from mlpcli.config.schema import Config
from mlpcli.data import Regression
from mlpcli.explain.course import Course
from mlpcli.explain.evidence import Evidence
from mlpcli.explain.measure import Left, measure
from mlpcli.runs.records import MetricsRow


def twin_evidence(config: Config) -> Evidence:
    """Train a config and return what explain knows of it."""
    data = config.data.load()
    training = Training(config, data, starting_weights(config))
    rows, due = list[MetricsRow](), next_row(config, 0)
    with np.errstate(all="ignore"):
        for step in training.steps():
            if step == due:
                rows.append(_row(training, step, rows[-1].step if rows else 0))
                due = next_row(config, step) if step < config.steps else 0
    last = len(training.losses)
    if training.diverged:
        rows.append(_row(training, last, rows[-1].step if rows else 0, ended=True))
    left = Left(
        status="diverged" if training.diverged else "completed",
        course=Course(rows),
        weights=None if training.diverged else training.weights,
        end_step=None if training.diverged else last,
        kept_step=None,
    )
    return measure(config, data, left, lambda: None)


def _row(training: Training, step: int, before: int, ended: bool = False) -> MetricsRow:
    config, losses = training.config, training.losses
    mean = float(np.mean(losses[before:step]))
    known = {}
    if validates(config, step) and not ended:
        found, loss = score_and_loss(config, training.weights, training.data.validation)
        of_values = isinstance(config.data.task, Regression)
        known = {"val_r2" if of_values else "val_accuracy": found,
                 "val_loss": loss if np.isfinite(loss) else None}  # fmt: skip
    return MetricsRow(
        step=step,
        loss=mean if np.isfinite(mean) else None,
        accuracy=None,
        learning_rate=config.learning_rate,
        seconds=0.0,
        examples_per_second=0.0,
        **known,
    )
