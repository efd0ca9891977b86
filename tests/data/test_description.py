"""What a data set is: columns with their kinds, gaps and values, classes, and a likely target."""

from pathlib import Path

import numpy as np
import pytest

from mlpcli.data import DataSpec
from mlpcli.data.description import Description, describe, likely_target
from mlpcli.errors import DataError


def written(folder: Path, text: str, **keys: object) -> Description:
    path = folder / "a.csv"
    path.write_text(text)
    return describe(DataSpec(dataset=str(path), **keys))  # type: ignore[arg-type]


def rows_of(*columns: str) -> str:
    """Return a file of 20 rows, whose columns cycle through the given words."""
    names = ",".join(f"c{i}" for i in range(len(columns)))
    cells = [column.split() for column in columns]
    lines = [",".join(each[row % len(each)] for each in cells) for row in range(20)]
    return "\n".join([names, *lines, ""])


def test_columns_have_their_part_their_kind_their_gaps_and_their_values(tmp_path: Path) -> None:
    found = written(tmp_path, rows_of("a b a -", "1.5 2.5", "3 7 7 7", "yes no").replace("-", ""))
    text, numbers, whole, target = found.columns
    assert (text.role, text.holds, text.missing) == ("categorical", "text", 5)
    assert (text.different, text.common) == (2, (("a", 10), ("b", 5)))
    assert (numbers.role, numbers.holds, numbers.low, numbers.high) == (
        "numeric", "numbers", 1.5, 2.5,
    )  # fmt: skip
    assert (whole.holds, whole.different, whole.low, whole.high) == ("whole numbers", 2, 3, 7)
    assert (target.role, found.targets) == ("target", ("c3",))
    assert (found.rows, found.width) == (20, 4)


def test_classes_have_their_rows_the_largest_first(tmp_path: Path) -> None:
    found = written(tmp_path, rows_of("1.5 2.5 3.5", "no yes yes yes"))
    assert found.classes == (("yes", 15), ("no", 5))


def test_a_target_of_numbers_has_its_range_mean_and_deviation_over_all_rows(
    tmp_path: Path,
) -> None:
    (facts,) = written(tmp_path, rows_of("1.5 2.5 3.5", "0.5 1.5"), task="regression").values
    assert (facts.low, facts.high, facts.mean, facts.deviation) == (0.5, 1.5, 1.0, 0.5)


def test_rows_of_other_files_count(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text(rows_of("9.5", "yes no"))
    found = written(tmp_path, rows_of("1.5 2.5 3.5", "yes no"), test=str(tmp_path / "test.csv"))
    assert found.rows == 40
    assert found.classes == (("no", 20), ("yes", 20))
    assert found.columns[0].high == 9.5


def test_where_the_target_misses_values_the_columns_are_described_and_another_is_named(
    tmp_path: Path,
) -> None:
    found = written(tmp_path, rows_of("up down", "1.5 2.5 3.5", "a b -").replace("-", ""))
    assert found.data is None
    assert "c2: the target is missing in 6 of 20 rows" in str(found.problem)
    assert len(found.columns) == 3
    assert likely_target(found) == "c0"


def test_a_target_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        written(tmp_path, rows_of("1 2", "a b"), target="c11")
    assert "did you mean c1?" in error.value.hint


def test_arrays_are_one_line_of_all_their_columns(tmp_path: Path) -> None:
    x = np.arange(60, dtype=np.uint8).reshape(20, 3)
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(20) % 2)
    found = describe(DataSpec(dataset=str(tmp_path / "a.npz")))
    (every,) = found.columns
    assert (every.columns, every.low, every.high, every.role) == (3, 0, 59, "numeric")
    assert found.classes == (("0", 10), ("1", 10))


def test_of_an_array_without_targets_the_last_column_is_one_or_that_of_a_number(
    tmp_path: Path,
) -> None:
    x = np.column_stack([np.arange(20) % 2, np.arange(20) / 3, np.arange(20) / 7])
    np.save(tmp_path / "a.npy", x)
    found = describe(DataSpec(dataset=str(tmp_path / "a.npy")))
    assert found.targets == ("2",)
    assert found.values[0].high == pytest.approx(19 / 7)
    assert found.data
    assert found.data.inputs == 2
    found = describe(DataSpec(dataset=str(tmp_path / "a.npy"), target="0"))
    assert found.classes == (("0", 10), ("1", 10))
