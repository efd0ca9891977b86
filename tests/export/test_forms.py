"""What each form makes of the columns, whatever training has found in them."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl
import pytest

from mlpcli.data.facts import DataFacts
from mlpcli.data.numeric import Scaling
from mlpcli.data.preparation import Kind, fit
from mlpcli.data.table import Table
from mlpcli.data.task import Classification
from mlpcli.export.model_forms import FORMS, made
from mlpcli.export.onnx_model import onnx_answers, onnx_model
from mlpcli.export.sample_rows import raw_columns
from mlpcli.export.verification import TOLERANCE, difference
from mlpcli.training.portable import Portable

TWO = Classification(("no", "yes"))
# columns of 24 rows: a constant, gaps, far from 0, all rare, a category that is called nothing
TRAIN: dict[str, list[Any]] = {
    "Mass": [None if i % 5 == 0 else i**1.5 for i in range(24)],
    "mass": [1e5 + i * i / 8 for i in range(24)],  # whose mean float32 does not have
    "same": [7.0] * 24,
    "name": [f"n{i}" for i in range(24)],
    "island": ["Biscoe", "Dream", None, "Torgersen"] * 6,
    "sex": ["male", "female"] * 11 + ["unknown", "other"],
    "[no category]": ["[no category]", "[UNK]"] * 12,
    "gone": ["", None] * 12,
}
NEW: dict[str, list[Any]] = {
    "Mass": [None, 2.5, 1e3, -4.0],
    "mass": [1e5, None, 1e5 + 5, 1e5 + 2.25],
    "same": [7.0, 8.0, None, 7.5],
    "name": ["n1", None, "Mars", "n2"],
    "island": ["Mars", None, "Dream", "[UNK]"],
    "sex": [None, "unknown", "male", "Female"],
    "[no category]": [None, "[no category]", "[UNK]", "Mars"],
    "gone": [None, "Mars", None, "Mars"],
}
TEXT = ("name", "island", "sex", "[no category]", "gone")
KINDS: dict[str, Kind] = {name: "categorical" if name in TEXT else "numeric" for name in TRAIN}


def table(columns: dict[str, list[Any]]) -> Table:
    kinds = {name: pl.String if name in TEXT else pl.Float64 for name in columns}
    return Table(pl.DataFrame(columns, schema=kinds), "a.csv", lambda row, name: f"a.csv:{row}")


def network(names: list[str], scaling: Scaling) -> Portable:
    """Give a network of some columns, with weights drawn at random."""
    source = table({name: TRAIN[name] for name in names})
    fitted = fit(source, {name: KINDS[name] for name in names}, np.arange(24), scaling)
    facts = DataFacts(
        name="a.csv", sha256="0" * 64, task=TWO, inputs=fitted.width, train_examples=24,
        validation_examples=1, test_examples=1, input_columns=tuple(names),
        columns=fitted.to_record(),
    )  # fmt: skip
    generator = np.random.default_rng(0)
    shapes = [(fitted.width, 5), (5,), (5, 2), (2,)]
    weights = tuple(generator.normal(size=shape).astype(np.float32) for shape in shapes)
    return Portable(facts, weights, "tanh", ("predicted_y", "probability"))


def expected(portable: Portable, rows: Table) -> Any:
    """Return the logits, computed with numpy."""
    first, biases, second, others = portable.weights
    x = portable.preparation.features(rows)
    return np.tanh(x @ first + biases) @ second + others


COLUMNS = {"all": [*TRAIN], "text": ["sex"], "numbers": ["Mass", "same"], "rare": ["name", "Mass"]}


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax", "none"])
@pytest.mark.parametrize("names", COLUMNS.values(), ids=COLUMNS)
def test_onnx_does_with_every_kind_of_column_what_training_did(
    names: list[str], scaling: str
) -> None:
    pytest.importorskip("onnx", reason="not installed: pip install 'mlpcli[export]'")
    pytest.importorskip("onnxruntime", reason="not installed: pip install 'mlpcli[export]'")
    portable, rows = network(names, cast("Scaling", scaling)), table({n: NEW[n] for n in names})
    answers = onnx_answers(onnx_model(portable), raw_columns(rows, ""))
    assert difference(expected(portable, rows), answers, TWO) <= TOLERANCE


@pytest.mark.tf
@pytest.mark.parametrize("form", [name for name in FORMS if name != "onnx"])
@pytest.mark.parametrize(
    ("columns", "scaling"),
    [("all", "standard"), ("all", "robust"), ("text", "standard"), ("numbers", "robust"),
     ("rare", "standard")],
)  # fmt: skip
def test_the_other_forms_do_too(columns: str, scaling: Scaling, form: str, tmp_path: Path) -> None:
    names = COLUMNS[columns]
    portable, rows = network(names, scaling), table({name: NEW[name] for name in names})
    with made(form, portable, tmp_path / "out") as model:
        answers = model.answers(raw_columns(rows, ""))
        assert difference(expected(portable, rows), answers, TWO) <= TOLERANCE
        model.write(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("broken", ["place", "median"])
def test_a_preparation_that_is_off_by_one_place_or_median_is_seen(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx", reason="not installed: pip install 'mlpcli[export]'")
    pytest.importorskip("onnxruntime", reason="not installed: pip install 'mlpcli[export]'")
    portable, rows = network([*TRAIN], "standard"), table(NEW)
    if broken == "place":
        from mlpcli.training import portable as module

        right = module.category_places
        monkeypatch.setattr("mlpcli.training.category_places", lambda each: (right(each)[0], 0))
        content = onnx_model(portable)
    else:
        record = portable.preparation.to_record()
        record["numeric"]["medians"] = [each + 1 for each in record["numeric"]["medians"]]
        moved = Portable(
            DataFacts(**{**{name: getattr(portable.facts, name)
                            for name in portable.facts.__struct_fields__}, "columns": record}),
            portable.weights, portable.activation, portable.outputs,
        )  # fmt: skip
        content = onnx_model(moved)
    answers = onnx_answers(content, raw_columns(rows, ""))
    assert difference(expected(portable, rows), answers, TWO) > TOLERANCE
