"""A run's accuracies and losses, each with its examples and the step whose weights it is of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from mlpcli.data import DataFacts
from mlpcli.runs import Answers, Reached, Run, Summary
from mlpcli.stats import Accuracy, r_squared_interval

Of = Literal["test", "validation", "best validation", "training", "last batches"]


class Scored(Struct, frozen=True):
    """An accuracy, as a share with its 95 % interval, or R squared, and the mean loss of a set.

    R squared has an interval on the test set alone, by bootstrap of the examples.

    `step` is that of the update after which the weights are: of the last batches, which are scored
    before their updates, the last one's. `best validation` was chosen by its accuracy, which
    flatters it: it has no interval, and neither has the validation of weights that are kept for it,
    or what is of training examples. What is not known is None.
    """

    of: Of
    step: int
    accuracy: float | None = None
    low: float | None = None
    high: float | None = None
    correct: int | None = None
    examples: int | None = None
    loss: float | None = None
    r2: float | None = None


def scores(run: Run, answers: Answers | None) -> tuple[Scored, ...]:
    """Return the scores of a run at its end, or as far as it came; `answers` is the test set's."""
    if not run.summary:
        return tuple(_unfinished(run, run.facts))
    test, *others = _finished(run, run.summary, run.facts)
    if answers and answers.of_values:
        bounds = r_squared_interval(answers.predicted, answers.targets)
        low, high = bounds or (None, None)
        test = replace(test, low=low, high=high)
    return test, *others


def _finished(run: Run, summary: Summary, dataset: DataFacts | None) -> Iterator[Scored]:
    kept, validation, best = summary.weights_step, summary.validation, run.history.best
    if summary.test_r2 is None:
        yield _with_interval("test", kept, summary.test, summary.test_loss)
        validated = _with_interval("validation", kept, validation, summary.val_loss)
        # those of the best were chosen by it
        yield replace(validated, low=None, high=None) if run.stopping.keeps_best else validated
    else:
        yield _of_values("test", kept, summary.test_examples, summary.test_loss, summary.test_r2)
        yield _of_values("validation", kept, summary.val_examples, summary.val_loss, summary.val_r2)
    if best and best.step != kept:
        yield _best(best, summary.val_examples)
    if summary.train_accuracy is not None or summary.train_r2 is not None:
        examples = dataset.train_examples if dataset else None
        share, loss = summary.train_accuracy, summary.train_loss
        yield _counted("training", kept, share, examples, loss, summary.train_r2)


def _unfinished(run: Run, dataset: DataFacts | None) -> Iterator[Scored]:
    history = run.history
    examples = dataset.validation_examples if dataset else None
    validated = history.validations[-1] if history.validations else None
    if validated and validated.score is not None:
        share, loss = validated.val_accuracy, validated.val_loss
        scored = _counted("validation", validated.step, share, examples, loss, validated.val_r2)
        if scored.correct is not None and examples:
            scored = _with_interval(
                "validation", validated.step, Accuracy.of(scored.correct, examples), loss
            )
        yield scored
        if history.best and history.best.step != validated.step:
            yield _best(history.best, examples)
    if row := history.last:
        yield Scored("last batches", row.step, row.accuracy, loss=row.loss)


def _best(best: Reached, examples: int | None) -> Scored:
    return _counted("best validation", best.step, best.val_accuracy, examples, r2=best.val_r2)


def _with_interval(of: Of, step: int, score: Accuracy | None, loss: float | None) -> Scored:
    if score is None:
        return Scored(of, step, loss=loss)
    return Scored(
        of, step, score.accuracy, score.low, score.high, score.correct, score.examples, loss
    )


def _of_values(of: Of, step: int, examples: int, loss: float | None, r2: float | None) -> Scored:
    return Scored(of, step, examples=examples, loss=loss, r2=r2)


def _counted(
    of: Of,
    step: int,
    accuracy: float | None,
    examples: int | None,
    loss: float | None = None,
    r2: float | None = None,
) -> Scored:
    correct = None if examples is None or accuracy is None else round(accuracy * examples)
    return Scored(of, step, accuracy, correct=correct, examples=examples, loss=loss, r2=r2)
