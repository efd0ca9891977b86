"""Folds are no independent runs: their training rows overlap, and intervals know that."""

import math

import numpy as np
import pytest

from mlpcli.stats.comparisons import standings
from mlpcli.stats.differences import difference, mean_test, paired, unpaired
from mlpcli.stats.intervals import Mean, mean_interval, standard_error
from mlpcli.stats.verdicts import Answer

A = {1: 0.9, 2: 0.8, 3: 0.7, 4: 0.8}
B = {1: 0.8, 2: 0.6, 3: 0.7, 4: 0.7}


def test_the_standard_error_of_folds_by_hand() -> None:
    """Values 1, 2, 3: sd 1; three seeds 1 / sqrt(3), three folds at 1/2 sqrt(1/3 + 1/2)."""
    assert standard_error((1.0, 2.0, 3.0)) == pytest.approx(1 / math.sqrt(3))
    assert standard_error((1.0, 2.0, 3.0), 0.5) == pytest.approx(math.sqrt(5 / 6))


def test_the_interval_of_a_mean_over_folds_by_hand() -> None:
    """Of 4 folds at 1/3: half is 3.182 * sd * sqrt(1/4 + 1/3), t of 3 degrees of freedom."""
    values = (1.0, 2.0, 3.0, 4.0)  # sd sqrt(5 / 3)
    half = 3.182446 * math.sqrt(5 / 3) * math.sqrt(1 / 4 + 1 / 3)
    interval = mean_interval(values, 1 / 3)
    assert (interval.low, interval.high) == pytest.approx((2.5 - half, 2.5 + half), rel=1e-6)
    mean = Mean.of(values, overlap=1 / 3)
    assert (mean.low, mean.high) == (0.0, interval.high)  # which ends at the least that there is


def test_of_ten_folds_the_interval_is_students_too_and_no_bootstrap() -> None:
    values = tuple(float(n % 7) for n in range(10))
    half = 2.262157 * standard_error(values, 0.1)
    interval = mean_interval(values, 0.1)
    assert interval.high is not None
    assert interval.high - interval.mean == pytest.approx(half, rel=1e-6)


def test_a_difference_over_folds_is_paired_by_fold_with_the_wider_error() -> None:
    """d = 0.1, 0.2, 0, 0.1: mean 0.1, sd 0.0816497; se sd * sqrt(1/4 + 0.3) = 0.0605530."""
    apart = difference(A, B, 0.3)
    assert (apart.n, apart.paired, apart.mean) == (4, True, pytest.approx(0.1))
    assert apart.high == pytest.approx(0.1 + 3.182446 * 0.0605530, rel=1e-5)
    # two-sided p of t = 1.65145 with 3 degrees of freedom
    assert apart.p == pytest.approx(0.19721, abs=2e-4) == mean_test(A, B, 0.3).p
    assert apart.p > difference(A, B).p
    assert unpaired([*A.values()], [*B.values()], 0.3).p > unpaired([*A.values()], [*B.values()]).p


def test_a_verdict_over_folds_advises_no_number_of_them() -> None:
    (row,) = (row for row in standings([A, B], overlap=0.3).rows if row)
    assert (row.verdict.answer, row.verdict.seeds_low) == (Answer.UNDECIDED, None)
    few = standings([{1: 0.9, 2: 0.8}, {1: 0.7, 2: 0.8}], overlap=0.3).rows[1]
    assert few
    assert (few.verdict.answer, few.verdict.seeds_low) == (Answer.TOO_FEW_SEEDS, 3)


def _error(x: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> float:
    """Return the mean squared error of ridge regression."""
    rows = x[train]
    weights = np.linalg.solve(rows.T @ rows + np.eye(rows.shape[1]), rows.T @ y[train])
    return float(np.mean((x[test] @ weights - y[test]) ** 2))


def test_equal_learners_are_called_different_in_5_of_100_and_not_in_25() -> None:
    """Two regressions on other columns, equally good by their making, over 10 drawn splits of 100.

    Of 300 experiments 5 % are 15, and 28 and more come by chance in 1 of 1,000.
    """
    rng, rows, scored = np.random.default_rng(20260101), 100, 20
    alarms = {"corrected": 0, "as if independent": 0}
    for _ in range(300):
        x = rng.normal(size=(rows, 10))
        y = x[:, 0] + x[:, 5] + rng.normal(size=rows)
        splits = [
            (each[scored:], each[:scored]) for each in (rng.permutation(rows) for _ in range(10))
        ]
        a, b = ([-_error(part, y, *each) for each in splits] for part in (x[:, :5], x[:, 5:]))
        alarms["corrected"] += paired(a, b, scored / (rows - scored)).p < 0.05
        alarms["as if independent"] += paired(a, b).p < 0.05
    assert alarms["corrected"] < 28
    assert alarms["as if independent"] > 50
