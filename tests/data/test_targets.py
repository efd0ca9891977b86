"""What is to be predicted: which task, which classes, which values, and what is refused."""

import json
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest

from mlpcli.data.class_targets import class_ids, class_names, unlearned_classes
from mlpcli.data.split_plan import Parts
from mlpcli.data.table import Arrays, Table
from mlpcli.data.targets import Target, read_target
from mlpcli.data.value_targets import ValueScale, fit_values, target_values
from mlpcli.errors import DataError


def target(values: Any, name: str = "y") -> Target:
    frame = pl.DataFrame({name: values})
    return read_target(Table(frame, "a.csv", lambda row, _: f"a.csv:{row + 2}:1"), [name])


def refused(call: Any, *given: Any) -> str:
    with pytest.raises(DataError) as caught:
        call(*given)
    assert caught.value.hint
    return str(caught.value)


# The task


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (["a", "b", "a"], "classification"),
        ([True, False, True], "classification"),
        ([0, 1, 1], "classification"),
        ([0.0, 1.0, 1.0], "classification"),
        ([-1, 1], "classification"),
        (list(range(10)) * 5, "classification"),
        (list(range(20)) * 5, "classification"),
        (list(range(21)) * 50, "regression"),
        (list(range(10)) * 4, "regression"),  # four rows each
        ([0.5, 1.0, 1.0], "regression"),
        ([0.5, 1.5] * 50, "regression"),
        ([3, 1, 2], "regression"),
    ],
)
def test_text_booleans_and_few_whole_numbers_are_classes(values: Any, task: str) -> None:
    assert target(values).task == task


def test_several_targets_are_values() -> None:
    frame = pl.DataFrame({"a": [0, 1], "b": [1, 0]})
    two = read_target(Table(frame, "a.csv", lambda row, _: f"a.csv:{row}"), ["a", "b"])
    assert two.task == "regression"
    assert refused(class_names, two) == "a.csv: 2 targets are no classes"


# Classes


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["b", "a", "B", "b", "a", "B"], ("B", "a", "b")),
        ([10, 9, 100] * 3, ("9", "10", "100")),
        ([1.0, -2.0, 0.0] * 3, ("-2", "0", "1")),
        ([0.5, -2.0, 10.0] * 3, ("-2", "0.5", "10")),
        ([True, False] * 3, ("false", "true")),
        (["ä", "", "\U0001f427"] * 3, ("", "ä", "\U0001f427")),
    ],
)
def test_class_names_are_sorted_numbers_by_value(values: Any, names: tuple[str, ...]) -> None:
    found = target(values)
    assert class_names(found) == names
    ids = class_ids(found, names)
    assert ids.dtype == np.int32
    assert [names[i] for i in ids] == [class_text(each) for each in values]


def class_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_a_class_that_training_does_not_know_is_refused_with_its_place() -> None:
    other = target(["Adelie", "adelie", "x"], "species")
    with pytest.raises(DataError) as caught:
        class_ids(other, ("Adelie", "Gentoo"))
    assert str(caught.value) == (
        'a.csv:3:1: species: no class "adelie" '
        "(2 of 3 rows have a class that training does not know)"
    )
    assert caught.value.hint == 'did you mean "Adelie"?'


def test_a_single_class_is_refused() -> None:
    said = refused(class_names, target(["x\x1b"] * 5))
    assert said == "a.csv: y: all 5 rows are of one class: x\\x1b"


def test_what_differs_in_most_rows_is_no_class() -> None:
    said = refused(class_names, target([f"name {i}" for i in range(30)]))
    assert said == "a.csv: y: 30 different values in 30 rows are too many for classes"
    with pytest.raises(DataError) as caught:
        class_names(target([i / 7 for i in range(30)]))
    assert caught.value.hint == "task: regression"


def test_a_class_of_very_long_text_is_refused() -> None:
    assert "a class of 1,001 characters" in refused(class_names, target(["a", "b" * 1_001] * 9))


def test_a_thousand_classes_are_classes() -> None:
    values = [f"{i:04}" for i in range(1_000)] * 3
    found = target(values)
    assert len(class_names(found)) == 1_000
    assert class_ids(found, class_names(found)).tolist() == list(range(1_000)) * 3


def test_a_class_of_which_no_row_trains_is_said() -> None:
    ids = np.array([0, 0, 1, 2, 2, 1], np.int32)
    parts = Parts(np.array([0, 2]), np.array([1, 3]), np.array([4, 5]))
    assert unlearned_classes(ids, ("a", "b", "c", "in no row"), parts) == [
        "no row of c (2) trains, though rows of it validate or test: it cannot be learned; "
        "split: stratified gives each part its share"
    ]
    assert unlearned_classes(ids, ("a", "b", "c"), Parts(np.arange(6), ids[:0], ids[:0])) == []


# Missing targets


def test_rows_without_a_target_are_refused_with_their_number_and_places() -> None:
    values = ["a", None, "b", None, None, None]
    assert refused(target, values, "species") == (
        "a.csv:3:1, a.csv:5:1, a.csv:6:1, ...: species: the target is missing in 4 of 6 rows"
    )
    assert refused(target, [1.0, float("nan")]) == (
        "a.csv:3:1: y: the target is missing in 1 of 2 rows"
    )


def test_a_target_that_is_no_column_is_refused() -> None:
    table = Table(pl.DataFrame({"species": ["a"]}), "a.csv", lambda row, _: "")
    assert refused(read_target, table, ["Species"]) == 'a.csv: no column "Species" among 1 columns'


# Arrays


def test_the_targets_of_arrays_are_classes_or_values() -> None:
    features = np.zeros((30, 2))
    digits = read_target(Arrays(features, np.repeat(np.arange(3, dtype=np.uint8), 10), "a.npz"))
    assert (digits.task, class_names(digits)) == ("classification", ("0", "1", "2"))
    words = read_target(Arrays(features, np.array(["cat", "dog"] * 15), "a.npz"))
    assert (words.names, class_names(words)) == (("target",), ("cat", "dog"))
    values = read_target(Arrays(features, np.ones((30, 2), np.float32), "a.npz"))
    assert (values.task, values.names) == ("regression", ("target 0", "target 1"))


def test_arrays_without_targets_or_with_missing_ones_are_refused() -> None:
    assert refused(read_target, Arrays(np.zeros((3, 2)), None, "a.npy")) == "a.npy has no targets"
    some = Arrays(np.zeros((3, 2)), np.array([1.0, np.nan, 2.0]), "a.npy")
    assert refused(read_target, some) == (
        "a.npy: row 2, column target: target: the target is missing in 1 of 3 rows"
    )


# Values


def test_values_are_standardized_by_the_training_rows_and_restored() -> None:
    found = target([2.0, 4.0, 6.0, 8.0, 100.0])
    values = target_values(found)
    scale = fit_values(found, values, np.arange(4))  # mean 5, variance 5
    assert (scale.means, scale.deviations) == ((5.0,), (pytest.approx(5**0.5),))
    learned = scale.standardized(values)
    assert learned.dtype == np.float32
    assert learned[:, 0] == pytest.approx(np.array([-3, -1, 1, 3, 95]) / 5**0.5)
    assert scale.restored(learned) == pytest.approx(values, rel=1e-6)


def test_the_loss_of_no_opinion_is_1_on_training_rows() -> None:
    found = target(np.random.default_rng(0).gamma(2, 3, 500))
    values = target_values(found)
    learned = fit_values(found, values, np.arange(400)).standardized(values[:400])
    assert np.mean(learned.astype(float) ** 2) == pytest.approx(1, rel=1e-6)


def test_a_constant_target_is_refused() -> None:
    found = target([0.1] * 7 + [3.0])
    said = refused(fit_values, found, target_values(found), np.arange(7))
    assert said == "a.csv: y: 0.1 in all 7 training rows: there is nothing to learn"


def test_text_and_numbers_beyond_float32_are_no_values() -> None:
    assert refused(target_values, target(["1", "2", "heavy"])) == (
        'a.csv:4:1: y: not a number, got "heavy"'
    )
    assert refused(target_values, target([1.0, 1e39])).startswith("a.csv:3:1: y: 1e+39 is beyond")


def test_a_scale_comes_back_to_the_bit_from_json() -> None:
    scale = ValueScale(("a", "b"), (0.1, 1 / 3), (1e-30, 3e38))
    again = msgspec.convert(json.loads(json.dumps(msgspec.to_builtins(scale))), ValueScale)
    assert again == scale


@pytest.mark.parametrize(
    "change",
    [
        {"deviations": [0.0]},
        {"deviations": [float("nan")]},
        {"means": [float("inf")]},
        {"means": [1.0, 2.0]},
        {"names": []},
        {"means": "x"},
    ],
)
def test_a_scale_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    record = {"names": ["y"], "means": [0.0], "deviations": [1.0], **change}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(record, ValueScale)
