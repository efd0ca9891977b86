"""The model that takes raw rows: the preparation in it is the one that trained, to the bit."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlpcli.data.facts import DataFacts
from mlpcli.data.numeric import Scaling
from mlpcli.data.preparation import Kind, Preparation, fit
from mlpcli.data.table import Table
from mlpcli.data.task import Classification, Regression, Task
from mlpcli.data.value_targets import ValueScale
from mlpcli.training.raw_model import input_names

pytestmark = pytest.mark.tf

TWO = Classification(("no", "yes"))
# what trains: 24 rows, with what is missing, a constant, a rare category and one that is seldom
TRAIN: dict[str, Any] = {
    "seconds": [1.7e9 + 3 * i for i in range(24)],  # far from 0 for its spread
    "mass/kg": [None if i % 5 == 0 else i**1.5 for i in range(24)],
    "tiny": [i * 1e-9 for i in range(24)],
    "same": [7.0] * 24,
    "age": [None if i % 4 == 1 else 20 + i for i in range(24)],
    "alive": [i % 3 == 0 for i in range(24)],
    "island": ["Biscoe", "Dream", None, "Torgersen"] * 6,
    "sex": ["male", "female"] * 11 + ["unknown", "other"],
}
KINDS: dict[str, Kind] = {
    name: "categorical" if name in ("island", "sex") else "numeric" for name in TRAIN
}
# what is predicted: as in training, missing where training had none, unseen, far outside
NEW: dict[str, Any] = {
    "seconds": [1.7e9, None, 0.0, 1.7e9 + 35],
    "mass/kg": [None, 2.5, 1e30, -4.0],
    "tiny": [3e-9, None, 1.0, -2e-9],
    "same": [7.0, 8.0, None, -1e20],
    "age": [30, None, None, 25],
    "alive": [True, None, False, True],
    "island": ["Mars", None, "Dream", "[UNK]"],
    "sex": [None, "unknown", "male", "Female"],
}


def table(columns: dict[str, Any]) -> Table:
    return Table(pl.DataFrame(columns), "a.csv", lambda row, name: f"a.csv:{row + 2}")


def fitted(scaling: Scaling, train: dict[str, Any] = TRAIN) -> Preparation:
    source = table(train)
    return fit(source, {name: KINDS[name] for name in train}, np.arange(len(source)), scaling)


def facts(preparation: Preparation, names: tuple[str, ...], task: Task = TWO) -> DataFacts:
    return DataFacts(
        name="a.csv",
        sha256="0" * 64,
        task=task,
        inputs=preparation.width,
        train_examples=24,
        validation_examples=1,
        test_examples=1,
        input_columns=names,
        columns=preparation.to_record(),
    )


def tensors(rows: dict[str, Any], preparation: Preparation) -> dict[str, Any]:
    """Return columns as the model takes them: NaN and "" for what is missing."""
    from mlpcli.training.backend import tensorflow as tf

    numbers, names = set(preparation.numeric.names), input_names([*rows])
    return {
        names[name]: tf.constant(
            [[float("nan") if each is None else float(each)] for each in values], tf.float64
        )
        if name in numbers
        else tf.constant([["" if each is None else each] for each in values])
        for name, values in rows.items()
    }


def bare(preparation: Preparation, outputs: int = 2) -> Any:
    from mlpcli.training.model import network

    return network((preparation.width, 5, outputs), "tanh", ["he_normal", "he_normal"])


def reloaded(model: Any, path: Path) -> Any:
    from mlpcli.training.backend import keras
    from mlpcli.training.model import to_bytes

    path.write_bytes(to_bytes(model))
    return keras.saving.load_model(path)


@pytest.mark.parametrize("through", ["a network", "nothing"])
@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax", "none"])
def test_raw_rows_give_what_prepared_features_give_also_after_it_was_saved(
    scaling: Scaling, through: str, tmp_path: Path
) -> None:
    from mlpcli.training.backend import keras
    from mlpcli.training.raw_model import with_preparation

    preparation = fitted(scaling)
    network = bare(preparation) if through == "a network" else keras.layers.Identity()
    model = with_preparation(facts(preparation, tuple(TRAIN)), network)
    again = reloaded(model, tmp_path / "model.keras")
    for rows in (TRAIN, NEW):
        wanted = np.asarray(network(preparation.features(table(rows))))
        for each in (model, again):
            found = each(tensors(rows, preparation)).numpy()
            np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        [None] * 24,  # nothing but missing ones
        [*"abcdefghijklmnopqrstuvwx"],  # nothing but rare ones
        ["", "[UNK]", None] * 8,  # a category without a name, and Keras's name of the unknown
        ["[UNK]", "a", "[UNK]", "b"] * 6,
        ["", "a", "b"] * 8,
        ["a"] * 24,
    ],
)
def test_one_hot_places_are_those_of_the_preparation(
    values: list[str | None], tmp_path: Path
) -> None:
    from mlpcli.training.raw_model import with_preparation

    train = {"island": pl.Series(values, dtype=pl.String).to_list()}
    source = Table(pl.DataFrame(train, {"island": pl.String}), "a.csv", lambda row, name: "")
    preparation = fit(source, {"island": "categorical"}, np.arange(24))
    network = bare(preparation)
    model = with_preparation(facts(preparation, ("island",)), network)
    # where some are missing, "" says so
    asked = ["a", "Mars", "[UNK]", *([] if None in values else ["b", ""])]
    new = Table(pl.DataFrame({"island": [*asked, None]}), "a.csv", lambda row, name: "")
    wanted = network(preparation.features(new)).numpy()
    said = {"island": [*asked, None]} if "" not in values else {"island": asked}
    for each in (model, reloaded(model, tmp_path / "model.keras")):
        found = each(tensors(said, preparation)).numpy()
        np.testing.assert_allclose(found, wanted[: len(found)], rtol=0, atol=1e-6)


def test_values_come_out_in_their_units() -> None:
    from mlpcli.training.raw_model import with_preparation

    scale = ValueScale(("mass", "length"), (4_000.0, 17.0), (800.0, 2.0))
    preparation = fitted("standard")
    network = bare(preparation)
    model = with_preparation(facts(preparation, tuple(TRAIN), Regression(scale)), network)
    outputs = network(preparation.features(table(TRAIN))).numpy()
    wanted = outputs * np.array([800.0, 2.0]) + np.array([4_000.0, 17.0])
    found = model(tensors(TRAIN, preparation)).numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_it_is_loaded_by_plain_keras_in_a_process_without_mlpcli(tmp_path: Path) -> None:
    from mlpcli.training.model import to_bytes
    from mlpcli.training.raw_model import with_preparation

    preparation = fitted("robust")
    model = with_preparation(facts(preparation, tuple(TRAIN)), bare(preparation))
    (tmp_path / "model.keras").write_bytes(to_bytes(model))
    code = (
        "import keras, sys, json\n"
        "model = keras.models.load_model('model.keras')\n"
        "print(json.dumps({name: each.dtype for name, each in model.input.items()}))\n"
        "assert not [name for name in sys.modules if name.startswith('mlpcli')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = {"mass_kg": "float64", "island": "string", "alive": "float64"}
    assert names.items() <= json.loads(done.stdout.splitlines()[-1]).items()


def test_an_array_and_a_table_of_thousands_of_columns_are_left_as_they_are() -> None:
    from mlpcli.training.raw_model import with_preparation

    network = bare(fitted("none"))
    assert with_preparation(facts(fitted("none"), ()), network) is network
    thousands = tuple(map(str, range(2_001)))
    assert with_preparation(facts(fitted("none"), thousands), network) is network


def test_weights_are_read_back_from_behind_the_preparation_and_alone(tmp_path: Path) -> None:
    from mlpcli.training.model import to_bytes
    from mlpcli.training.raw_model import with_preparation
    from mlpcli.training.trained import load_trained

    preparation = fitted("standard")
    network = bare(preparation)
    features = preparation.features(table(TRAIN))
    wanted = network(features).numpy()
    for names in ((), tuple(TRAIN)):
        kept = with_preparation(facts(preparation, names), network)
        (tmp_path / "model.keras").write_bytes(to_bytes(kept))
        found = load_trained(tmp_path, (preparation.width, 5, 2), "tanh")(features, 1.0)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-6)


def test_a_model_that_is_damaged_or_of_another_network_is_refused(tmp_path: Path) -> None:
    from mlpcli.errors import RunError
    from mlpcli.training.model import to_bytes
    from mlpcli.training.trained import load_trained

    width = fitted("standard").width
    whole = to_bytes(bare(fitted("standard")))
    file = tmp_path / "model.keras"
    cut, empty = whole[: len(whole) // 2], io.BytesIO().getvalue()
    for content in (cut, empty, b"PK\x03\x04" + bytes(200), whole.replace(b"vars", b"cars")):
        file.write_bytes(content)
        with pytest.raises(RunError, match="damaged, or not of this run's network"):
            load_trained(tmp_path, (width, 5, 2), "tanh")
    file.write_bytes(whole)
    for sizes in ((width, 6, 2), (width, 5, 3), (width, 2), (width, 5, 5, 2)):
        with pytest.raises(RunError, match="damaged, or not of this run's network"):
            load_trained(tmp_path, sizes, "tanh")
    file.unlink()
    with pytest.raises(RunError, match=r"model\.keras cannot be read: no such file"):
        load_trained(tmp_path, (width, 5, 2), "tanh")
