"""Which rows train, validate and test: sizes, shares, what stays together, and what is refused."""

import hashlib
import struct
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from mlpcli.data.split import allocate, split_rows
from mlpcli.data.split_groups import deal
from mlpcli.data.split_plan import Parts, SplitPlan
from mlpcli.errors import DataError

KINDS = ("stratified", "random", "group", "time", "first")
CLASSES = np.repeat([0, 1, 2], [50, 30, 20]).astype(np.int32)
BY = np.arange(100) // 2  # 50 pairs


def split(kind: str = "random", **plan: Any) -> Parts:
    chosen = {"validation": 0.2, "test": 0.2, "kind": kind, **plan}
    return split_rows(SplitPlan(**chosen), 100, CLASSES, BY)


def sizes(parts: Parts) -> tuple[int, int, int]:
    return len(parts.train), len(parts.validation), len(parts.test)


def refusal(plan: SplitPlan, rows: int, **given: Any) -> str:
    with pytest.raises(DataError) as caught:
        split_rows(plan, rows, **given)
    assert caught.value.hint
    return str(caught.value)


# Sizes


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_is_in_one_part_and_the_parts_have_their_sizes(kind: str) -> None:
    parts = split("time" if kind == "time" else kind)
    rows = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(rows) == list(range(100))
    assert sizes(parts) == (60, 20, 20)
    assert {part.dtype for part in (parts.train, parts.validation, parts.test)} == {
        np.dtype("int64")
    }


@pytest.mark.parametrize("kind", ["stratified", "random", "first"])
def test_a_whole_number_is_a_number_of_rows(kind: str) -> None:
    assert sizes(split(kind, validation=7, test=13)) == (80, 7, 13)


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_that_has_a_file_of_its_own_takes_no_row(kind: str) -> None:
    assert sizes(split(kind, test=None)) == (80, 20, 0)
    assert sizes(split(kind, validation=None)) == (80, 0, 20)
    assert sizes(split(kind, validation=None, test=None)) == (100, 0, 0)


def test_a_share_is_rounded_to_the_nearest_row_halves_up() -> None:
    parts = split_rows(SplitPlan(0.25, 0.11, "random"), 10)
    assert sizes(parts) == (6, 3, 1)


# What each kind keeps


def test_stratified_gives_each_part_each_classes_share_to_the_row() -> None:
    parts = split("stratified")
    counts = [np.bincount(CLASSES[part]).tolist() for part in (parts.train, parts.test)]
    assert counts == [[30, 18, 12], [10, 6, 4]]


def test_stratified_gives_each_part_a_row_of_a_class_of_three() -> None:
    classes = np.repeat([0, 1], [97, 3])
    parts = split_rows(SplitPlan(0.1, 0.1), 100, classes)
    for part in (parts.train, parts.validation, parts.test):
        assert np.count_nonzero(classes[part]) == 1
    assert sizes(parts) == (80, 10, 10)


def test_remainders_go_to_the_classes_that_are_owed_most() -> None:
    # 10 of 100: owed 3.3, 3.3, 3.4
    assert allocate(np.array([33, 33, 34]), 10, 2).tolist() == [3, 3, 4]


def test_the_classes_shares_are_kept_where_they_cannot_all_have_a_row() -> None:
    counts = np.full(1_000, 5)
    given = allocate(counts, 100, 2)
    assert (given.sum(), given.max()) == (100, 1)


def test_a_class_keeps_what_other_parts_need() -> None:
    assert allocate(np.array([3, 3, 94]), 60, 2).tolist() == [1, 1, 58]


def test_group_keeps_the_rows_of_a_value_together() -> None:
    rng = np.random.default_rng(0)
    by = rng.integers(0, 40, 1_000)
    parts = split_rows(SplitPlan(0.2, 0.2, "group"), 1_000, by=by)
    groups = [set(by[part].tolist()) for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, groups)) == len(set(by.tolist()))
    assert len(parts.test) == pytest.approx(200, abs=25)
    assert len(parts.validation) == pytest.approx(200, abs=25)


def test_groups_may_be_named_by_text() -> None:
    by = np.array(["ann", "bob", "cid", "ann", "bob", "cid"], dtype=object)
    parts = split_rows(SplitPlan(0.3, 0.3, "group"), 6, by=by)
    assert sizes(parts) == (2, 2, 2)
    assert all(len(set(by[part])) == 1 for part in (parts.train, parts.validation, parts.test))


def test_a_group_of_most_rows_trains() -> None:
    by = np.repeat([7, 1, 2, 3], [70, 10, 10, 10])
    for seed in range(20):
        parts = split_rows(SplitPlan(0.2, 0.2, "group", seed), 100, by=by)
        assert set(by[parts.train].tolist()) >= {7}
        assert len(parts.validation) > 0 < len(parts.test)


def test_each_group_may_come_to_test() -> None:
    sizes_of = np.array([9, 8, 7, 6, 5, 4, 3, 2, 2, 2])
    dealt = [deal(sizes_of, [32.0, 16.0], np.random.default_rng(seed)) for seed in range(100)]
    assert (np.array(dealt).sum(axis=0) > 5).all()


def test_time_trains_on_the_past_and_tests_on_the_latest() -> None:
    by = np.random.default_rng(0).permutation(100)
    parts = split_rows(SplitPlan(0.2, 0.2, "time"), 100, by=by)
    assert by[parts.train].tolist() == list(range(60))
    assert by[parts.validation].tolist() == list(range(60, 80))
    assert by[parts.test].tolist() == list(range(80, 100))


def test_rows_of_one_time_stay_on_one_side() -> None:
    by = np.array([1, 2, 3, 4, 5, 5, 5, 6, 7, 7])  # test from row 8, validation from row 6
    parts = split_rows(SplitPlan(0.2, 0.2, "time"), 10, by=by)
    assert by[parts.test].tolist() == [7, 7]
    assert by[parts.validation].tolist() == [6]
    assert by[parts.train].tolist() == [1, 2, 3, 4, 5, 5, 5]


@pytest.mark.parametrize(
    "texts",
    [
        ["2026-01-02", "2025-12-31", "2026-01-01"],
        ["2026-01-01T10:00:00+02:00", "2026-01-01T07:30:00Z", "2026-01-01 07:59:59.5"],
        ["2026-03", "2026-01", "2026-02"],
        ["2026", "2024", "2025"],
        ["2026-01-01T06:30:00-02:30", "2026-01-01T08:00:00", "2026-01-01T08:59"],
    ],
)
def test_dates_are_sorted_as_times(texts: list[str]) -> None:
    parts = split_rows(SplitPlan(1, 1, "time"), 3, by=np.array(texts, dtype=object))
    assert [*parts.train, *parts.validation, *parts.test] == [1, 2, 0]


def test_first_validates_on_the_first_rows_and_tests_on_the_next() -> None:
    parts = split("first")
    assert parts.validation.tolist() == list(range(20))
    assert parts.test.tolist() == list(range(20, 40))
    assert parts.train.tolist() == list(range(40, 100))


def test_the_first_rows_of_a_drawn_training_part_are_a_sample_of_it() -> None:
    parts = split_rows(SplitPlan(0.2, 0.2), 10_000, np.repeat([0, 1], 5_000))
    assert np.mean(parts.train[:1_000] >= 5_000) == pytest.approx(0.5, abs=0.05)
    assert (np.diff(parts.test) > 0).all()


@pytest.mark.parametrize("kind", ["stratified", "random", "group", "first"])
def test_the_rows_that_test_are_in_the_files_order(kind: str) -> None:
    assert (np.diff(split(kind).test) > 0).all()


def test_a_class_of_few_rows_is_in_training_however_large_the_test_part_is() -> None:
    classes = np.repeat([0, 1], [3, 97])
    for validation, test in ((0.1, 0.85), (0.85, 0.1), (0.4, 0.5)):
        parts = split_rows(SplitPlan(validation, test), 100, classes)
        for part in (parts.train, parts.validation, parts.test):
            assert np.count_nonzero(classes[part] == 0) == 1


def test_no_part_is_without_a_group() -> None:
    for seed in range(20):
        parts = split_rows(SplitPlan(1, 1, "group", seed), 15, by=np.repeat([1, 2, 3], 5))
        assert sizes(parts) == (5, 5, 5)


# Folds


@pytest.mark.parametrize("kind", ["stratified", "random", "group", "first"])
def test_the_folds_test_each_row_once(kind: str) -> None:
    folds = [split(kind, folds=5, fold=k) for k in range(1, 6)]
    assert sorted(np.concatenate([each.test for each in folds])) == list(range(100))
    assert {sizes(each) for each in folds} == {(60, 20, 20)}
    assert all(
        len({*each.train, *each.validation, *each.test}) == 100 for each in folds
    )  # no row in two parts


@pytest.mark.parametrize("kind", ["stratified", "random", "first"])
def test_other_rows_validate_in_each_fold(kind: str) -> None:
    """16 of 100 rows, a fifth of the 80 that do not test: all five folds' are different ones."""
    classes = np.arange(100) % 2
    folds = [
        split_rows(SplitPlan(16, None, kind, folds=5, fold=k), 100, classes) for k in range(1, 6)
    ]
    validated = [set(each.validation.tolist()) for each in folds]
    assert [len(each) for each in validated] == [16] * 5
    assert all(len(a & b) <= 3 for a, b in combinations(validated, 2))
    assert len(set.union(*validated)) >= 70


def test_other_groups_validate_in_each_fold() -> None:
    by = np.repeat(np.arange(50), 2)
    folds = [
        split_rows(SplitPlan(16, None, "group", folds=5, fold=k), 100, by=by) for k in range(1, 6)
    ]
    assert len({each.validation.tobytes() for each in folds}) == 5
    assert len(set.union(*(set(each.validation.tolist()) for each in folds))) >= 40


def test_each_fold_has_each_classes_share() -> None:
    for k in range(1, 6):
        parts = split("stratified", folds=5, fold=k)
        assert np.bincount(CLASSES[parts.test]).tolist() == [10, 6, 4]
        assert np.bincount(CLASSES[parts.validation]).tolist() == [10, 6, 4]


def test_folds_keep_groups_together() -> None:
    tests = [set(BY[split("group", folds=5, fold=k).test].tolist()) for k in range(1, 6)]
    assert [len(each) for each in tests] == [10] * 5


def test_a_fold_in_time_tests_on_what_is_later_than_all_it_trains_on() -> None:
    by = np.random.default_rng(1).permutation(120)
    for k in range(1, 6):
        parts = split_rows(SplitPlan(0.2, None, "time", folds=5, fold=k), 120, by=by)
        assert sizes(parts) == (20 * k - 4 * (k + 1), 4 * (k + 1), 20)
        assert by[parts.test].tolist() == list(range(20 * k, 20 * k + 20))
        assert by[parts.train].max() < by[parts.validation].min() < by[parts.test].min()


# One seed, one split


@pytest.mark.parametrize("kind", KINDS)
def test_one_seed_gives_one_split(kind: str) -> None:
    assert split(kind, seed=3).sha256 == split(kind, seed=3).sha256


@pytest.mark.parametrize("kind", ["stratified", "random", "group"])
def test_another_seed_gives_another_split(kind: str) -> None:
    assert split(kind, seed=3).sha256 != split(kind, seed=4).sha256


@pytest.mark.parametrize("kind", ["stratified", "random"])
def test_a_larger_validation_part_leaves_the_test_rows_as_they_are(kind: str) -> None:
    one, other = split(kind), split(kind, validation=0.4)
    assert one.test.tolist() == other.test.tolist()


def test_a_split_is_the_same_on_every_machine() -> None:
    parts = split_rows(SplitPlan(2, 2, "random", seed=7), 8)
    assert [parts.train.tolist(), parts.validation.tolist(), parts.test.tolist()] == [
        [4, 5, 1, 3],
        [7, 2],
        [0, 6],
    ]


def test_the_digest_is_that_of_the_rows_as_little_endian_integers() -> None:
    parts = Parts(np.array([4, 0]), np.array([2]), np.array([], np.int64))
    content = struct.pack("<3q", 2, 4, 0) + struct.pack("<2q", 1, 2) + struct.pack("<q", 0)
    assert parts.sha256 == hashlib.sha256(content).hexdigest()


# Refusals


def test_parts_larger_than_the_data_are_refused() -> None:
    said = refusal(SplitPlan(150, 50, "random"), 180)
    assert said == "validation 150 and test 50 of 180 rows: none is left to train"
    assert "none is left" in refusal(SplitPlan(0.5, 0.5, "first"), 180)


def test_a_part_without_a_row_is_refused() -> None:
    assert refusal(SplitPlan(0.01, None, "random"), 20) == "validation: 0.01 of 20 rows is no row"
    assert refusal(SplitPlan(None, 0, "random"), 20) == "test: 0 of 20 rows is no row"
    assert refusal(SplitPlan(None, -5, "random"), 20) == "test: -5 of 20 rows is no row"


@pytest.mark.parametrize("share", [0.0, 1.0, 1.5, -0.1, float("nan"), float("inf")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    assert "is no share of rows" in refusal(SplitPlan(share, None, "random"), 20)


def test_a_class_with_too_few_rows_is_named() -> None:
    classes = np.repeat([0, 1, 2], [10, 2, 1])
    said = refusal(SplitPlan(0.2, 0.2), 13, classes=classes, names=("a", "b", "c"))
    assert said == (
        "too few rows of a class to be in each part (training, validation, test need 3): "
        "b has 2, c has 1"
    )
    assert "2 has 1" in refusal(SplitPlan(0.2, 0.2), 13, classes=classes)


def test_a_class_smaller_than_the_folds_is_named() -> None:
    classes = np.repeat([0, 1], [10, 4])
    said = refusal(SplitPlan(0.2, None, folds=5, fold=1), 14, classes=classes)
    assert said == "too few rows of a class to be in each part (5 folds need 5): 1 has 4"


def test_a_class_that_two_folds_cannot_share_is_named() -> None:
    classes = np.repeat([0, 1], [10, 3])  # a fold with two of the three leaves one for two parts
    for fold in (1, 2):
        said = refusal(SplitPlan(0.2, None, folds=2, fold=fold), 13, classes=classes)
        assert said.endswith("(2 folds need 4): 1 has 3")


def test_more_rows_than_the_classes_can_give_are_refused() -> None:
    said = refusal(SplitPlan(2, 25), 30, classes=np.arange(30) % 10)
    assert said == (
        "25 rows asked for, and each class is to keep 2 for other parts: 10 can be given"
    )


def test_validation_in_time_that_leaves_none_to_train_is_refused() -> None:
    plan = SplitPlan(50, None, "time", folds=5, fold=1)
    assert refusal(plan, 120, by=np.arange(120)) == (
        "validation: 50 of the 20 rows before those that test leave none to train"
    )


def test_training_rows_of_one_class_are_refused() -> None:
    classes = np.repeat([0, 1], [50, 50])
    said = refusal(SplitPlan(0.2, 0.3, "time"), 100, classes=classes, by=np.arange(100))
    assert said == "all training rows are of one class, 0: there is nothing to learn"


def test_a_group_or_time_that_is_missing_is_refused() -> None:
    texts = np.array(["a", None, "b", None], dtype=object)
    said = "split_by: missing in 2 of 4 rows, first in row 2"
    assert refusal(SplitPlan(1, 1, "group"), 4, by=texts) == said
    assert refusal(SplitPlan(1, 1, "time"), 4, by=np.array([1, np.nan, 2, np.nan])) == said


def test_too_few_groups_are_refused() -> None:
    by = np.array([1, 1, 2, 2])
    assert refusal(SplitPlan(1, 1, "group"), 4, by=by) == (
        "split_by has 2 different values: training, validation, test need one each"
    )
    assert "5 folds need one each" in refusal(
        SplitPlan(1, None, "group", folds=5, fold=1), 100, by=BY // 20
    )


def test_too_few_times_are_refused() -> None:
    assert "different times" in refusal(SplitPlan(1, 1, "time"), 4, by=np.array([1, 1, 2, 2]))
    assert "different times" in refusal(
        SplitPlan(1, None, "time", folds=5, fold=1), 100, by=np.arange(100) // 30
    )


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "01/02/2026", "2026-02-30", ""])
def test_a_text_that_is_no_date_is_refused(text: str) -> None:
    by = np.array(["2026-01-01", "2026-01-02", text, "2026-01-03"], dtype=object)
    assert refusal(SplitPlan(1, 1, "time"), 4, by=by) == (f'split_by: "{text}" in row 3 is no date')


def test_a_split_by_groups_or_time_needs_a_column() -> None:
    for kind in ("group", "time"):
        assert "needs a column" in refusal(SplitPlan(1, 1, kind), 4)  # type: ignore[arg-type]


@pytest.mark.parametrize(("folds", "fold"), [(5, 6), (5, 0), (1, 1), (200, 1), (5, None)])
def test_a_fold_that_is_none_is_refused(folds: int, fold: int | None) -> None:
    assert "fold" in refusal(SplitPlan(0.2, None, "random", folds=folds, fold=fold), 100)
