"""How far a run's losses fell over its last fifth, worked by hand."""

from mlpcli.runs.concerns import LateFall, late_fall
from mlpcli.runs.records import MetricsRow


def row(step: int, loss: float | None, val_loss: float | None = None) -> MetricsRow:
    known = {} if val_loss is None else {"val_loss": val_loss, "val_accuracy": 0.9}
    return MetricsRow(step, loss, 0.9, 0.1, 1.0, 1.0, **known)


def test_the_mean_of_the_last_fifth_is_held_against_the_fifth_before() -> None:
    # of 10 steps the fifth before is 7 and 8, the last one 9 and 10
    rows = [row(6, 9.0), row(7, 3.0), row(8, 1.0, 0.8), row(9, 1.0), row(10, 2.0, 0.6)]
    found = late_fall(rows, 10)
    assert found == LateFall(training=1 - 1.5 / 2.0, validation=1 - 0.6 / 0.8)
    assert found.goes_on


def test_a_loss_goes_on_falling_where_training_and_validation_both_fell_by_more_than_a_twentieth(
) -> None:  # fmt: skip
    assert LateFall(0.06, 0.06).goes_on
    assert not LateFall(0.06, 0.05).goes_on
    assert not LateFall(0.05, 0.06).goes_on


def test_of_a_run_with_too_few_rows_or_losses_of_zero_nothing_is_said() -> None:
    assert late_fall([row(1, 2.0, 2.0)], 1) is None
    assert late_fall([row(8, 0.0, 0.5), row(10, 0.0, 0.5)], 10) is None
    assert late_fall([row(8, 1.0), row(10, 1.0, 0.5)], 10) is None
    assert late_fall([row(8, None, 0.5), row(10, None, 0.5)], 10) is None
