"""Which columns are odd, and that those of well-known tables are not."""

from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml

from mlpcli.data.built_in import BUILT_IN
from mlpcli.data.column_warnings import column_warnings, ignored
from mlpcli.data.table import Table
from mlpcli.data.targets import read_target


def warned(target: str, **values: Any) -> list[str]:
    frame = pl.DataFrame(values)
    table = Table(frame, "a.csv", lambda row, name: f"a.csv:{row + 2}")
    inputs = [name for name in frame.columns if name != target]
    return column_warnings(table, inputs, read_target(table, [target]))


RNG = np.random.default_rng(0)
CLASSES = ["a", "b", "b"] * 20
NOISE = RNG.standard_normal(60)


def test_a_column_that_is_the_same_in_all_rows() -> None:
    said = warned("y", y=CLASSES, x=NOISE, unit=["kg"] * 60, gone=[None] * 59 + [1.5])
    assert said == [
        "unit, gone are the same in all rows, so that nothing can be learned from them; "
        "to leave them out: ignore: [unit, gone]"
    ]


@pytest.mark.parametrize(
    "values",
    [
        [f"row {i}" for i in range(60)],
        list(range(60)),
        RNG.permutation(60) + 1_000,
        np.arange(60) * 1.0,
    ],
)
def test_a_column_that_differs_in_every_row_as_an_identifier_does(values: Any) -> None:
    assert warned("y", y=CLASSES, id=values) == [
        "id is different in every row, as an identifier is; to leave it out: ignore: [id]"
    ]


@pytest.mark.parametrize("values", [NOISE, np.arange(60) * 2, np.arange(60) // 2 * 1.5])
def test_numbers_that_are_not_one_after_the_other_are_no_identifier(values: Any) -> None:
    assert warned("y", y=RNG.permutation(CLASSES).tolist(), x=values) == []


@pytest.mark.parametrize(
    "values",
    [
        [{"a": "A", "b": "B"}[each] for each in CLASSES],
        [each == "a" for each in CLASSES],
        [{"a": 0.0, "b": 1.0}[each] for each in CLASSES],
        [{"a": 0, "b": 1 + i % 4}[each] for i, each in enumerate(CLASSES)],
    ],
)
def test_a_column_that_gives_the_class_away(values: Any) -> None:
    (said,) = warned("y", y=CLASSES, label=values)
    assert said.startswith("label is the target under another name, it seems")
    assert said.endswith("to leave it out: ignore: [label]")


def test_a_number_that_is_the_target_in_another_unit() -> None:
    (said,) = warned("kg", kg=NOISE + 10, pounds=(NOISE + 10) * 2.2046 + 1e-9, x=NOISE**2)
    assert said.startswith("pounds is the target under another name")


def test_a_number_close_to_the_target_is_not_the_target() -> None:
    assert warned("y", y=NOISE, x=NOISE + 1e-3 * RNG.standard_normal(60)) == []


def test_what_seems_to_give_away_a_rare_class_by_chance_does_not() -> None:
    # each pair has one class, but so it would in 0.935^30 = 13 % of cases
    classes = ["b"] * 2 + ["a"] * 58
    assert warned("y", y=classes, pair=[i // 2 * 7 for i in range(60)]) == []


def test_many_values_of_few_rows_each_do_not_give_the_class_away() -> None:
    tickets = [f"ticket {i if i < 80 else 80 + i // 2}" for i in range(240)]  # as families have one
    assert warned("y", y=["ab"[i // 2 % 2] for i in range(240)], ticket=tickets) == []


def test_a_column_with_most_values_missing() -> None:
    said = warned("y", y=CLASSES, cabin=[None] * 40 + [1, 2, 3, 4] * 5, x=[None] * 30 + [1, 5] * 15)
    assert said == [
        "cabin (67%) is missing in more than half of the rows; to leave it out: ignore: [cabin]"
    ]


def test_classes_that_differ_in_case_or_blanks_alone() -> None:
    said = warned("y", y=["Yes", "yes ", "no", "yes"] * 15, x=NOISE)
    assert said == [
        'y has classes that differ in case or blanks alone: "Yes" and "yes" and "yes "; '
        "if they are one, write them alike"
    ]


def test_a_few_rows_say_nothing() -> None:
    assert warned("y", y=["a", "b", "a"], x=[1, 2, 3]) == []


def test_a_sentence_names_five_columns_and_the_key_has_them_all() -> None:
    (said,) = warned("y", y=CLASSES, **{f"c{i}": [0] * 60 for i in range(8)})
    assert said.startswith("c0, c1, c2, c3, c4 and 3 more are the same")
    assert said.endswith("ignore: [c0, c1, c2, c3, c4, c5, c6, c7]")


@pytest.mark.parametrize(
    "name", ["id", "row number", "no", "a: b", "1", "x\ny", 'say "hi"', "#", "", "ä", "null", "a,b"]
)
def test_the_key_is_yaml_that_gives_the_names_back(name: str) -> None:
    assert yaml.safe_load(ignored([name, "z"])) == {"ignore": [name, "z"]}


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes", "penguins"])
def test_well_known_tables_have_nothing_odd(name: str) -> None:
    known = BUILT_IN[name]
    frame = pl.read_csv(known.checked(), infer_schema_length=None)
    table = Table(frame, name, lambda row, column: f"{name}:{row}")
    inputs = [each for each in frame.columns if each != known.target]
    assert column_warnings(table, inputs, read_target(table, [known.target])) == []


def test_three_pixels_of_the_digits_are_never_inked() -> None:
    frame = pl.read_csv(BUILT_IN["digits"].checked(), infer_schema_length=None)
    table = Table(frame, "digits", lambda row, column: f"digits:{row}")
    (said,) = column_warnings(table, frame.columns[:-1], read_target(table, ["digit"]))
    assert said.startswith("pixel_0_0, pixel_4_0, pixel_4_7 are the same in all rows")


def test_a_column_of_dates_is_told_of_and_a_few_dates_are_not() -> None:
    days = [f"2026-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(30)]
    days += [*days[1:], days[0]]  # so that no day has one class alone
    quarters = ["2026-03-31", "2026-06-30"] * 30
    said = warned("y", y=CLASSES, x=NOISE, day=days, quarter=quarters)
    assert said == [
        "day is of dates, each a category of its own, so that nothing is known of later ones; "
        "to leave it out: ignore: [day]"
    ]
