"""The tables that come with mlpcli against what is known of them."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from mlpcli.data.built_in import BUILT_IN, FILES
from mlpcli.errors import DataError

CLASSES = {
    "iris": {"setosa": 50, "versicolor": 50, "virginica": 50},
    "wine": {"Barolo": 59, "Grignolino": 71, "Barbera": 48},
    "breast_cancer": {"malignant": 212, "benign": 357},
    "digits": {0: 178, 1: 182, 2: 177, 3: 183, 4: 181, 5: 182, 6: 181, 7: 179, 8: 174, 9: 180},
    "penguins": {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124},
}
SIZES = {  # rows, columns with the target
    "iris": (150, 5),
    "wine": (178, 14),
    "breast_cancer": (569, 31),
    "digits": (1797, 65),
    "diabetes": (442, 11),
    "penguins": (344, 8),
}


def table(name: str) -> pl.DataFrame:
    return pl.read_csv(BUILT_IN[name].checked(), infer_schema_length=None)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_table_has_its_rows_and_columns(name: str) -> None:
    assert table(name).shape == SIZES[name]


@pytest.mark.parametrize("name", CLASSES)
def test_a_built_in_table_has_the_class_counts_of_its_source(name: str) -> None:
    target = table(name)[BUILT_IN[name].target]
    assert dict(target.value_counts().iter_rows()) == CLASSES[name]


@pytest.mark.parametrize(
    ("name", "column", "mean", "deviation"),  # as the sources print them
    [
        ("iris", "sepal_length_cm", 5.84, 0.83),
        ("iris", "petal_width_cm", 1.20, 0.76),
        ("wine", "alcohol", 13.0, 0.8),
        ("wine", "proline", 746.89, 314.9),
        ("breast_cancer", "mean_radius", 14.13, 3.52),
        ("diabetes", "progression", 152.13, 77.09),
        ("diabetes", "age_years", 48.52, 13.11),
        ("penguins", "body_mass_g", 4201.75, 801.95),
    ],
)
def test_a_column_has_the_mean_and_deviation_of_its_source(
    name: str, column: str, mean: float, deviation: float
) -> None:
    found = table(name)[column]
    assert found.mean() == pytest.approx(mean, abs=0.005 * max(1, mean / 10))
    assert found.std() == pytest.approx(deviation, rel=0.03)


def test_two_penguins_have_no_measurements_and_eleven_no_sex() -> None:
    missing = table("penguins").null_count().row(0, named=True)
    assert (missing["sex"], missing["bill_length_mm"], missing["body_mass_g"]) == (11, 2, 2)
    assert missing["island"] == missing["species"] == missing["year"] == 0


def test_the_digits_pixels_go_from_0_to_16() -> None:
    pixels = table("digits").drop("digit")
    assert (pixels.min_horizontal().min(), pixels.max_horizontal().max()) == (0, 16)


def test_the_tables_take_less_than_400_kilobytes() -> None:
    assert sum(each.file.stat().st_size for each in BUILT_IN.values()) < 400_000


def test_the_licence_of_each_file_is_stated_beside_it() -> None:
    said = (FILES / "README.md").read_text()
    assert all(f"| {each.file.name} |" in said for each in BUILT_IN.values())


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "iris.csv"
    file.write_bytes(BUILT_IN["iris"].file.read_bytes().replace(b"5.1", b"5.2"))
    with pytest.raises(DataError, match="altered since it was installed"):
        replace(BUILT_IN["iris"], file=file).checked()


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        replace(BUILT_IN["iris"], file=tmp_path / "none.csv").checked()
