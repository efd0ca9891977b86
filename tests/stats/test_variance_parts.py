"""Variance components of a crossed design, by hand and against known truths."""

import numpy as np
import pytest

from mlpcli.stats.variance_parts import complete, noise_parts


def test_two_by_two_by_hand() -> None:
    # means of rows 8 and 14, of columns 10 and 12, of all 11; what is left +-0.5
    found = noise_parts({(0, 0): 7.5, (0, 1): 8.5, (1, 0): 12.5, (1, 1): 15.5})
    assert found is not None
    # MS_a = 2 * (3^2 + 3^2) = 36, MS_b = 2 * (1 + 1) = 4, MS_e = 4 * 0.25 = 1
    variances = [part.variance for part in (found.of_rows, found.of_columns, found.rest)]
    assert variances == pytest.approx([(36 - 1) / 2, (4 - 1) / 2, 1])
    assert found.of_rows.share == pytest.approx(17.5 / 20)
    assert (found.rows, found.columns, found.mean) == (2, 2, 11)
    # chi square with 1 degree of freedom: 1 / 5.0239 and 1 / 0.00098207
    assert (found.rest.low, found.rest.high) == pytest.approx((0.19905, 1018.26), rel=1e-4)


def test_an_estimate_below_zero_is_zero_and_said() -> None:
    found = noise_parts({(0, 0): 1.0, (0, 1): -1.0, (1, 0): -1.0, (1, 1): 1.0})
    assert found is not None
    assert (found.of_rows.variance, found.of_rows.negative, found.of_rows.low) == (0, True, 0)
    assert found.rest.share == 1


def test_what_misses_cells_is_left_out_until_the_design_is_complete() -> None:
    cells = {(i, j): float(i + j) for i in range(3) for j in range(4)}
    del cells[2, 0], cells[2, 1], cells[0, 3]
    assert complete(cells) == ([0, 1], [0, 1, 2])
    assert noise_parts({(i, i): float(i) for i in range(9)}) is None
    assert noise_parts({(0, j): float(j) for j in range(9)}) is None


def test_all_alike_has_no_noise() -> None:
    found = noise_parts({(i, j): 0.5 for i in range(3) for j in range(3)})
    assert found is not None
    assert [p.sd for p in (found.of_rows, found.of_columns, found.rest)] == [0, 0, 0]
    assert found.rest.share == 0


def test_intervals_hold_the_truth_in_about_95_of_100_designs() -> None:
    rng, truth = np.random.default_rng(5), (4.0, 1.0, 2.25)
    held = np.zeros(3)
    for _ in range(400):
        a, b = 2 * rng.normal(size=4), rng.normal(size=4)
        y = a[:, None] + b[None, :] + 1.5 * rng.normal(size=(4, 4))
        found = noise_parts({(i, j): float(y[i, j]) for i in range(4) for j in range(4)})
        assert found is not None
        parts = (found.of_rows, found.of_columns, found.rest)
        held += [p.low <= v <= p.high for p, v in zip(parts, truth, strict=True)]
    assert all(held / 400 > 0.92)
