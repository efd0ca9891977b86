"""What validation chooses of a run's rows, and when it has waited for long enough."""

import pytest

from mlpcli.config import Stopping
from mlpcli.runs.choice import choice_of
from mlpcli.runs.records import MetricsRow


def rows(scores: list[float | None], losses: list[float] | None = None) -> list[MetricsRow]:
    """Give a row for each score; without one it was not validated."""
    losses = losses or [1.0] * len(scores)
    return [
        MetricsRow(
            step=10 * nth,
            loss=1.0,
            accuracy=0.5,
            learning_rate=0.1,
            seconds=float(nth),
            examples_per_second=1_000.0,
            val_loss=None if score is None else loss,
            val_accuracy=score,
        )
        for nth, (score, loss) in enumerate(zip(scores, losses, strict=True), start=1)
    ]


@pytest.mark.parametrize(
    ("rule", "scores", "best", "waited"),
    [
        (Stopping(), [0.5, 0.7, 0.6, 0.7], 20, 2),  # the first of equals
        (Stopping(), [None, 0.5, None, 0.4, None], 20, 1),  # rows without validation do not count
        (Stopping(min_delta=0.1), [0.5, 0.59, 0.6, 0.62], 40, 0),  # 0.62 is 0.12 above 0.5
        (Stopping(min_delta=0.1), [0.5, 0.55, 0.59], 30, 2),  # the best, and no improvement
        (Stopping(min_delta=0.125), [0.5, 0.625], 20, 1),  # by as much is not by more
    ],
)
def test_the_best_validation_is_chosen_and_those_after_an_improvement_are_counted(
    rule: Stopping, scores: list[float | None], best: int, waited: int
) -> None:
    choice = choice_of(rows(scores), rule)
    assert choice.row
    assert (choice.row.step, choice.waited) == (best, waited)


def test_by_loss_the_smallest_is_the_best() -> None:
    choice = choice_of(rows([0.9, 0.8, 0.7, 0.6], [0.5, 0.3, 0.4, 0.3]), Stopping("loss"))
    assert choice.row
    assert (choice.row.step, choice.waited) == (20, 2)


def test_patience_is_spent_after_so_many_validations_without_a_better_one() -> None:
    scores: list[float | None] = [0.5, 0.5, 0.4]
    assert choice_of(rows(scores), Stopping(patience=2)).is_spent(Stopping(patience=2))
    assert not choice_of(rows(scores[:2]), Stopping(patience=2)).is_spent(Stopping(patience=2))
    assert not choice_of(rows(scores), Stopping()).is_spent(Stopping())


def test_of_no_validation_nothing_is_chosen() -> None:
    choice = choice_of(rows([None, None]), Stopping(patience=1))
    assert (choice.row, choice.waited) == (None, 0)
