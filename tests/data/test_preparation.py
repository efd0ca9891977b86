"""What is made of columns: by hand, for missing and unseen values, to the bit, and refusals."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlpcli.data import columns
from mlpcli.data.built_in import FILES
from mlpcli.data.categorical import Categorical, category_text, fit_categorical
from mlpcli.data.mnist import PIXEL_SCALE
from mlpcli.data.numeric import Numeric, Scaling, fit_numeric, quantile
from mlpcli.data.preparation import Kind, Preparation, fit
from mlpcli.data.table import Arrays, Table
from mlpcli.errors import DataError

NONE = None


def table(**values: Any) -> Table:
    frame = pl.DataFrame(values)
    return Table(
        frame, "a.csv", lambda row, name: f"a.csv:{row + 2}:{frame.columns.index(name) + 1}"
    )


def rows(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


def kinds(**each: Kind) -> dict[str, Kind]:
    return each


def column(values: list[float | None], scaling: Scaling, **how: Any) -> list[float]:
    """Return what a column becomes that is fitted on all of its rows."""
    source = table(x=pl.Series(values, dtype=pl.Float64))
    prepared = fit(source, {"x": "numeric"}, np.arange(len(values)), scaling, **how)
    found: list[float] = prepared.features(source)[:, 0].tolist()
    return found


def refusal(source: Table | Arrays, named: dict[str, Kind], *how: Any) -> str:
    with pytest.raises(DataError) as caught:
        fit(source, named, np.arange(len(source)), *how)
    assert caught.value.hint
    return str(caught.value)


# Numbers


def test_standard_takes_the_mean_and_divides_by_the_standard_deviation() -> None:
    # mean 5, deviations -3 -1 1 3, variance 20 / 4
    assert column([2, 4, 6, 8], "standard") == pytest.approx(np.array([-3, -1, 1, 3]) / 5**0.5)


def test_minmax_goes_from_0_to_1() -> None:
    assert column([2, 4, 7], "minmax") == pytest.approx([0, 0.4, 1])


def test_none_leaves_numbers_as_they_are() -> None:
    assert column([2, -4, 7.5], "none") == [2, -4, 7.5]
    assert column([3, 3, 3], "none") == [3, 3, 3]


def test_robust_divides_by_the_interquartile_range_and_clips_smoothly() -> None:
    # median 3, q25 2, q75 4: z = -1 -0.5 0 0.5 48.5
    z = np.array([-1, -0.5, 0, 0.5, 48.5])
    assert column([1, 2, 3, 4, 100], "robust") == pytest.approx(z / np.sqrt(1 + (z / 3) ** 2))
    assert max(column([1, 2, 3, 4, 1e30], "robust")) == pytest.approx(3)


def test_robust_divides_by_half_the_range_where_the_quartiles_are_alike() -> None:
    # z = 0 but for the last, which is 10 / 5
    assert column([1, 1, 1, 1, 1, 11], "robust") == pytest.approx([0] * 5 + [2 / (13 / 9) ** 0.5])


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax"])
@pytest.mark.parametrize("values", [[7.0] * 4, [0.1] * 7, [None] * 3, [1e30] * 3, [1e-45, 2e-45]])
def test_a_constant_column_is_0(values: list[float | None], scaling: Scaling) -> None:
    assert column(values, scaling) == [0] * len(values)


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax"])
@pytest.mark.parametrize(
    "values", [[3e38, -3e38, 1e38], [1e-30, 2e-30, 4e-30], [1.7e18, 1.7e18 + 4096, 1.7e18 + 8192]]
)
def test_sizes_that_float32_can_hold_are_scaled(values: list[float], scaling: Scaling) -> None:
    found = np.array(column(values, scaling))  # type: ignore[arg-type]
    assert np.isfinite(found).all()
    assert np.ptp(found) >= 0.9


def test_a_missing_number_is_the_median_and_an_indicator_says_so() -> None:
    source = table(x=[1.0, NONE, 3.0, 8.0], y=[1, 2, 3, 4])
    prepared = fit(source, kinds(x="numeric", y="numeric"), rows(0, 1, 2, 3), "none")
    assert prepared.names == ("x", "y", "x missing")
    assert prepared.features(source).tolist() == [[1, 1, 0], [3, 2, 1], [3, 3, 0], [8, 4, 0]]


def test_center_and_scale_are_those_of_the_numbers_that_are_there() -> None:
    # 2 and 8: mean 5, deviation 3; the median fills in
    assert column([2, NONE, 8, NONE], "standard") == [-1, 0, 1, 0]


def test_what_is_missing_only_outside_of_training_is_the_median_without_an_indicator() -> None:
    source = table(x=[1.0, 2.0, 9.0, NONE])
    prepared = fit(source, kinds(x="numeric"), rows(0, 1, 2), "none")
    assert prepared.names == ("x",)
    assert prepared.features(source, rows(3)).tolist() == [[2]]


def test_it_is_fitted_on_the_training_rows_alone() -> None:
    source = table(x=[0.0, 2.0, 1e6, NONE])
    prepared = fit(source, kinds(x="numeric"), rows(0, 1), "minmax")
    assert prepared.features(source, rows(2, 0)).tolist() == [[5e5], [0]]


def test_booleans_and_whole_numbers_are_numbers() -> None:
    source = table(flag=[True, False, NONE], n=pl.Series([1, 2, 3], dtype=pl.UInt8))
    prepared = fit(source, kinds(flag="numeric", n="numeric"), rows(0, 1, 2), "none")
    assert prepared.features(source).tolist() == [[1, 1, 0], [0, 2, 0], [0.5, 3, 1]]


def test_a_number_is_computed_in_float64_and_rounded_once() -> None:
    values = [1.7e9, 1.7e9 + 1, 1.7e9 + 2]  # float32 holds every 128th
    assert column(values, "standard") == pytest.approx(np.array([-1, 0, 1]) * 1.5**0.5, rel=1e-7)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, 2, 5, 6, 100, 101])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_a_quantile_is_numpys(count: int, share: float) -> None:
    values = np.random.default_rng(count).standard_normal(count)
    assert quantile(values, share) == pytest.approx(np.quantile(values, share), rel=1e-14)


def test_rows_in_any_order_give_the_same_features_as_all_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    source = table(
        a=rng.standard_normal(50), b=rng.integers(0, 9, 50), c=rng.choice(["u", "v"], 50)
    )
    named = kinds(a="numeric", b="numeric", c="categorical")
    whole = fit(source, named, np.arange(50), "robust").features(source)
    monkeypatch.setattr(columns, "BLOCK", 14)  # 7 rows at once
    chosen = rng.permutation(50)[:40]
    prepared = fit(source, named, np.arange(50), "robust")
    assert (prepared.features(source, chosen) == whole[chosen]).all()
    assert (prepared.features(source) == whole).all()


# Categories


def test_a_category_has_a_place_the_most_frequent_first() -> None:
    source = table(island=["B", "A", "A", "C", "B", "A", "C", "B", "C", "A"])
    prepared = fit(source, kinds(island="categorical"), np.arange(10))
    assert prepared.names == ("island=A", "island=B", "island=C")  # 4, then 3 each by text
    assert prepared.features(source, rows(0, 1, 3)).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_rare_categories_have_one_place_which_unseen_ones_go_to() -> None:
    source = table(x=["a", "a", "a", "b", "b", "c", "new", NONE])
    prepared = fit(source, kinds(x="categorical"), rows(0, 1, 2, 3, 4, 5))
    assert prepared.names == ("x=a", "x rare or unseen")
    features = prepared.features(source).tolist()
    assert features == [[1, 0]] * 3 + [[0, 1]] * 5


def test_an_unseen_category_has_no_place_where_training_had_no_rare_ones() -> None:
    source = table(x=["a", "a", "a", "b", "b", "b", "new", NONE])
    prepared = fit(source, kinds(x="categorical"), rows(0, 1, 2, 3, 4, 5))
    assert prepared.names == ("x=a", "x=b")
    assert prepared.features(source, rows(5, 6, 7)).tolist() == [[0, 1], [0, 0], [0, 0]]


def test_columns_of_categories_stand_side_by_side() -> None:
    source = table(x=["a", "a", "a", "b", NONE], y=["u", "u", "u", "v", "v"], z=[True] * 5)
    named = kinds(x="categorical", y="categorical", z="categorical")
    prepared = fit(source, named, np.arange(5))
    assert prepared.names == (
        "x=a", "x rare or unseen", "x missing", "y=u", "y rare or unseen", "z=true"
    )  # fmt: skip
    found = prepared.features(source, rows(0, 3, 4)).tolist()
    assert found == [[1, 0, 0, 1, 0, 1], [0, 1, 0, 0, 1, 1], [0, 0, 1, 0, 1, 1]]
    assert prepared.width == 6


def test_a_missing_text_is_a_category_where_training_has_it() -> None:
    source = table(x=["a", "a", "a", NONE, "b", "new"])
    prepared = fit(source, kinds(x="categorical"), rows(0, 1, 2, 3, 4))
    assert prepared.names == ("x=a", "x rare or unseen", "x missing")
    assert prepared.features(source, rows(0, 3, 4, 5)).tolist() == [
        [1, 0, 0],
        [0, 0, 1],
        [0, 1, 0],
        [0, 1, 0],
    ]


def test_the_thousand_most_frequent_categories_have_a_place() -> None:
    values = [f"{i:04}" for i in range(1_200) for _ in range(3 + (i >= 1_190))]
    found = fit_categorical("x", pl.Series(values))
    assert len(found.values) == 1_000
    assert found.values[:11] == (*(f"{i}" for i in range(1_190, 1_200)), "0000")
    assert found.rare


def test_a_very_long_text_is_rare() -> None:
    assert fit_categorical("x", pl.Series(["y" * 1_001] * 9)) == Categorical("x", (), True, False)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (pl.Series([1, 2, None]), ["1", "2", None]),
        (pl.Series([1.0, -2.0, float("nan")]), ["1", "-2", None]),
        (pl.Series([1.0, 2.5, None]), ["1", "2.5", None]),
        (pl.Series([1e300, -1.0]), [str(int(1e300)), "-1"]),
        (pl.Series([True, False, None]), ["true", "false", None]),
        (pl.Series(["", "NA"]), ["", "NA"]),
    ],
)
def test_a_category_has_one_text_however_it_is_stored(values: pl.Series, text: list[str]) -> None:
    assert category_text(values).to_list() == text


def test_a_column_of_numbers_can_be_categories() -> None:
    source = table(year=[2007, 2007, 2007, 2008, 2008, 2008])
    prepared = fit(source, kinds(year="categorical"), np.arange(6))
    assert prepared.names == ("year=2007", "year=2008")
    later = table(year=[2008.0, 2009.0])
    assert prepared.features(later).tolist() == [[0, 1], [0, 0]]


def test_columns_are_found_by_name_in_any_order() -> None:
    source = table(a=[1.0, 2.0], b=[3.0, 5.0])
    prepared = fit(source, kinds(a="numeric", b="numeric"), rows(0, 1), "none")
    turned = table(c=[0], b=[3.0], a=[1.0])
    assert prepared.features(turned).tolist() == [[1, 3]]


# Arrays


def test_mnists_bytes_stay_bytes_with_the_scale_of_mnist() -> None:
    with np.load(FILES / "mnist.npz") as arrays:
        images = arrays["x_train"][:100].reshape(100, -1)
    source = Arrays(images, None, "train-images-idx3-ubyte")
    named: dict[str, Kind] = {str(i): "numeric" for i in range(784)}
    prepared = fit(source, named, np.arange(100), "minmax")
    features = prepared.features(source)
    assert features.dtype == np.uint8
    assert (features == images).all()
    assert prepared.scale == PIXEL_SCALE == 1 / 255


def test_small_bytes_are_scaled_by_the_largest_that_trains() -> None:
    source = Arrays(np.array([[0, 16], [4, 8], [200, 0]], np.uint8), None, "digits.npz")
    prepared = fit(source, {"0": "numeric", "1": "numeric"}, rows(0, 1), "minmax")
    assert prepared.scale == 1 / 16
    assert prepared.features(source, rows(2)).tolist() == [[200, 0]]


def test_some_columns_of_bytes_are_those_that_are_named() -> None:
    source = Arrays(np.array([[1, 2, 3], [4, 5, 6]], np.uint8), None, "a.npz")
    prepared = fit(source, {"2": "numeric", "0": "numeric"}, rows(0, 1), "minmax")
    assert prepared.features(source).tolist() == [[3, 1], [6, 4]]


def test_numbers_in_the_place_of_bytes_are_seen_alike() -> None:
    source = Arrays(np.array([[0, 16], [4, 8]], np.uint8), None, "a.npz")
    prepared = fit(source, {"0": "numeric", "1": "numeric"}, rows(0, 1), "minmax")
    others = Arrays(source.features.astype(np.float64), None, "a.npy")
    as_bytes, as_numbers = prepared.features(source), prepared.features(others)
    assert (as_bytes.dtype, as_numbers.dtype) == (np.uint8, np.float32)
    assert as_numbers.tolist() == as_bytes.tolist()


def test_bytes_with_another_scaling_are_numbers() -> None:
    source = Arrays(np.array([[0, 9], [4, 9]], np.uint8), None, "a.npz")
    prepared = fit(source, {"0": "numeric", "1": "numeric"}, rows(0, 1), "standard")
    assert prepared.features(source).tolist() == [[-1, 0], [1, 0]]
    assert prepared.scale == 1


def test_the_columns_of_arrays_are_prepared_as_those_of_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "ARRAY_COLUMNS", 2)
    rng = np.random.default_rng(0)
    values = rng.standard_normal((40, 5))
    values[::7, 2] = np.nan
    names = [str(i) for i in range(5)]
    as_table = table(**{n: pl.Series(values[:, i]).fill_nan(None) for i, n in enumerate(names)})
    as_arrays = Arrays(values, None, "a.npy")
    named: dict[str, Kind] = dict.fromkeys(names, "numeric")
    del named["1"]
    one = fit(as_table, named, np.arange(30), "robust")
    other = fit(as_arrays, named, np.arange(30), "robust")
    assert one == other
    assert (one.features(as_table) == other.features(as_arrays)).all()
    assert one.names == ("0", "2", "3", "4", "2 missing")


# The record


def test_a_preparation_comes_back_to_the_bit_from_json() -> None:
    rng = np.random.default_rng(0)
    source = table(
        x=[None, *rng.standard_normal(19).tolist()],
        y=(rng.standard_normal(20) * 1e-20).tolist(),
        z=["ä\n", *["b"] * 18, None],
    )
    named = kinds(x="numeric", y="numeric", z="categorical")
    prepared = fit(source, named, np.arange(20), "robust")
    again = Preparation.from_record(json.loads(json.dumps(prepared.to_record())))
    assert again == prepared
    assert again.width == len(again.names) == 6
    assert (again.features(source) == prepared.features(source)).all()


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("scaling", "log"),
        ("missing", None),
        ("largest_byte", 0),
        ("largest_byte", 256),
        ("largest_byte", 5),
        ("numeric.scales", [-1.0]),
        ("numeric.scales", [float("inf")]),
        ("numeric.centers", [float("nan")]),
        ("numeric.medians", []),
        ("numeric.medians", [1e300]),
        ("numeric.names", ["x", "x"]),
        ("numeric.names", ["z"]),
        ("categorical.values", ["a", "a"]),
        ("categorical.values", ["a" * 1_001]),
        ("categorical.values", [str(i) for i in range(1_001)]),
        ("categorical.rare", "yes"),
    ],
)
def test_a_record_that_cannot_be_is_refused(where: str, value: object) -> None:
    source = table(x=[None, 1.0, 2.0], z=["a", "a", "a"])
    record = fit(source, kinds(x="numeric", z="categorical"), np.arange(3)).to_record()
    assert Preparation.from_record(record)
    part, _, key = where.rpartition(".")
    holder = record if not part else record[part]
    (holder[0] if part == "categorical" else holder)[key] = value
    with pytest.raises(ValueError):  # noqa: PT011  msgspec's words and ours
        Preparation.from_record(record)


def test_numeric_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one value each"):
        Numeric(("a", "b"), (0.0,), (0.0,), (1.0,), (False,))
    assert fit_numeric((), (), "standard") == Numeric()


# Refusals


def test_a_missing_number_is_refused_where_it_is_asked_for() -> None:
    source = table(x=[1.0, 2.0, NONE, NONE], y=["a", NONE, "b", "c"])
    said = refusal(source, kinds(x="numeric"), "standard", "refuse")
    assert said == "a.csv:4:1: x: missing, and missing: refuse allows none"
    said = refusal(source, kinds(y="categorical"), "standard", "refuse")
    assert said == "a.csv:3:2: y: missing, and missing: refuse allows none"
    prepared = fit(source, kinds(x="numeric"), rows(0, 1), "standard", "refuse")
    with pytest.raises(DataError, match=r"a\.csv:4:1: x: missing"):
        prepared.features(source, rows(1, 3, 2))


def test_a_missing_number_of_an_array_is_named_by_row_and_column() -> None:
    source = Arrays(np.array([[1.0, 2.0], [3.0, np.nan]]), None, "a.npy")
    named = kinds(**{"0": "numeric", "1": "numeric"})
    said = refusal(source, named, "none", "refuse")
    assert said == "a.npy: row 2, column 1: 1: missing, and missing: refuse allows none"


@pytest.mark.parametrize("value", [1e39, -1e39, float("inf")])
def test_a_number_beyond_float32_is_refused(value: float) -> None:
    said = refusal(table(x=[1.0, value]), kinds(x="numeric"))
    assert said.startswith(f"a.csv:3:1: x: {value:g} is beyond what a network computes in")
    array = Arrays(np.array([[0.0], [value]]), None, "a.npy")
    assert "a.npy: row 2, column 0" in refusal(array, {"0": "numeric"})


def test_text_in_the_place_of_numbers_is_refused_with_its_place() -> None:
    source = table(x=["1", "2", "heavy\x1b"])
    assert refusal(source, kinds(x="numeric")) == 'a.csv:4:1: x: not a number, got "heavy\\x1b"'
    prepared = fit(table(x=[1.0, 2.0]), kinds(x="numeric"), rows(0, 1))
    with pytest.raises(DataError, match=r"a\.csv:4:1: x: not a number"):
        prepared.features(source)


def test_a_column_that_is_not_there_is_refused_by_name() -> None:
    prepared = fit(table(mass=[1.0, 2.0], b=[1, 2]), kinds(mass="numeric", b="numeric"), rows(0, 1))
    with pytest.raises(DataError) as caught:
        prepared.features(table(Mass=[1.0], b=[2]))
    assert str(caught.value) == 'a.csv: no column "mass" among 2 columns'
    assert caught.value.hint == 'did you mean "Mass"?'


def test_no_columns_are_refused() -> None:
    assert "0 features of 0 columns" in refusal(table(x=[1.0, 2.0]), {})


def test_text_categories_of_arrays_are_refused() -> None:
    source = Arrays(np.zeros((3, 1)), None, "a.npy")
    assert "arrays hold numbers alone" in refusal(source, {"0": "categorical"})
