"""`export` as typed: files that other programs read, which answer raw rows as `predict` does."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from running import in_process, mlpcli

from mlpcli.cli.exchange import FORMS as TYPED
from mlpcli.errors import MlpcliError, RunError
from mlpcli.export import export_command
from mlpcli.export.model_forms import FORMS

pytestmark = pytest.mark.process

CONFIG = """\
dataset: {file}
target: {target}
ignore: {ignore}
layers: 2
width: 8
activation: {activation}
learning_rate: 0.05
steps: 60
batch_size: 10
"""
# one run for each activation and each kind of target
SPECIES, VALUES = ("species", "[id]"), ("[mass/kg, 2nd]", "[id, species]")
RUNS = {
    "a_relu": SPECIES, "a_tanh": SPECIES, "a_sigmoid": SPECIES, "a_gelu": VALUES, "a_elu": SPECIES,
}  # fmt: skip
ONNX = ["onnx", "onnxruntime"]


def rows() -> pl.DataFrame:
    """120 rows with gaps, a rare category, and names that not every format allows."""
    numbers = range(120)
    return pl.DataFrame(
        {
            "id": numbers,
            "island": ["Øland" if i == 7 else "Dream" if i % 2 else "Biscoe" for i in numbers],
            "probability": [None if i % 17 == 5 else 3 + i % 2 + i % 7 / 10 for i in numbers],
            "class": [None if i % 13 == 4 else "mf"[i % 3 % 2] for i in numbers],
            "year": [2_007 + i % 3 for i in numbers],
            "mass/kg": [3 + i % 2 + i % 5 / 10 for i in numbers],
            "2nd": [1_000 + 10 * (i % 2) + i % 11 for i in numbers],
            "species": ["Gentoo" if i % 2 else "Adelie" for i in numbers],
        }
    )


ODD = "island,probability,class,year,mass/kg,2nd\n,,,,,\nMars,4.1,x,2008,3.5,1003\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with rows.csv, odd.csv, and a run for each activation."""
    found = tmp_path_factory.mktemp("exported")
    rows().write_csv(found / "rows.csv")
    (found / "odd.csv").write_text(ODD)
    for name, (target, ignore) in RUNS.items():
        text = CONFIG.format(
            file="rows.csv", target=target, ignore=ignore, activation=name.removeprefix("a_")
        )
        (found / f"{name}.yaml").write_text(text)
    done = mlpcli(["train", *(f"{each}.yaml" for each in RUNS), "-q"], found)
    assert done.returncode == 0, done.stderr
    return found


def test_columns_may_have_any_names(tmp_path: Path) -> None:
    names = [
        "a/b",
        'say "hi"',
        "two words",
        "3rd",
        "x:y",
        "it's",
        "a\\b",
        "%s",
        "{x}",
        "A/B",
        "a_b",
    ]
    frame = rows().select(
        *(pl.col("year" if n % 2 else "island").alias(name) for n, name in enumerate(names)),
        pl.col("species").alias("y: out/1"),
    )
    frame.write_csv(tmp_path / "rows.csv")
    config = CONFIG.format(
        file="rows.csv", target='"y: out/1"', ignore='["{x}"]', activation="relu"
    )
    (tmp_path / "a.yaml").write_text(config)
    done = mlpcli(["train", "a.yaml", "-q"], tmp_path)
    assert done.returncode == 0, done.stderr
    for form in ("a.keras", "a.tflite"):  # tried against predict before they are written
        exported(tmp_path, "a", form)


def exported(place: Path, run: str, output: str, *words: str) -> Path:
    done = mlpcli(["export", run, "-o", output, *words], place)
    assert done.returncode == 0, done.stderr
    assert f"written: {output}" in done.stderr
    return place / output


def predicted(place: Path, run: str, file: str) -> pl.DataFrame:
    done = mlpcli(["predict", run, file], place)
    assert done.returncode == 0, done.stderr
    return pl.read_csv(io.BytesIO(done.stdout.encode()))


def columns(file: Path) -> dict[str, Any]:
    """Return a file's columns as a model takes them, by hand: NaN and "" for nothing."""
    frame = pl.read_csv(file, infer_schema_length=None)
    return {
        each.name: np.array([[word or ""] for word in each], object)
        if each.name in ("island", "class")
        else np.array([[np.nan if word is None else word] for word in each], np.float64)
        for each in frame.get_columns()
        if each.name not in ("id", "species")
    }


def answered(file: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Return what onnxruntime makes of rows, in this process."""
    import onnxruntime

    session = onnxruntime.InferenceSession(file)
    wanted = {each.name for each in session.get_inputs()}
    names = [each.name for each in session.get_outputs()]
    found = session.run(names, {name: each for name, each in given.items() if name in wanted})
    return dict(zip(names, found, strict=True))


def with_onnx() -> None:
    for each in ONNX:
        pytest.importorskip(each, reason=f"{each} is not installed: pip install 'mlpcli[export]'")


@pytest.mark.parametrize("file", ["rows.csv", "odd.csv"])
@pytest.mark.parametrize("run", [name for name, keys in RUNS.items() if keys == SPECIES])
def test_an_onnx_file_gives_raw_rows_the_class_and_the_probabilities_of_predict(
    run: str, file: str, place: Path
) -> None:
    with_onnx()
    path = place / f"{run}.onnx"
    if not path.exists():
        exported(place, run, path.name)
    wanted = predicted(place, run, file)
    found = answered(path, columns(place / file))
    # the column `probability` has its name, and the answer another
    assert list(found) == ["predicted_species", "probability_"]
    assert found["predicted_species"][:, 0].tolist() == wanted["predicted_species"].to_list()
    shares = wanted.select("probability_Adelie", "probability_Gentoo").to_numpy()
    assert np.abs(found["probability_"] - shares).max() <= 1e-5


def test_an_onnx_file_gives_values_in_their_units_each_by_its_name(place: Path) -> None:
    with_onnx()
    path = exported(place, "a_gelu", "values.onnx")
    for file in ("rows.csv", "odd.csv"):
        wanted = predicted(place, "a_gelu", file)
        found = answered(path, columns(place / file))
        assert list(found) == ["predicted_mass/kg", "predicted_2nd"]
        for name, tolerance in zip(found, (1e-5, 1e-4), strict=True):  # of deviations 0.5 and 6
            assert np.abs(found[name][:, 0] - wanted[name].to_numpy()).max() <= tolerance


def test_an_onnx_file_names_its_classes_and_has_the_columns_as_inputs(place: Path) -> None:
    with_onnx()
    import onnx

    path = place / "named.onnx"
    exported(place, "a_relu", path.name)
    model = onnx.load(path)
    said = {each.key: each.value for each in model.metadata_props}
    assert json.loads(said["classes"]) == ["Adelie", "Gentoo"]
    inputs = [each.name for each in model.graph.input]
    assert inputs == ["island", "probability", "class", "year", "mass/kg", "2nd"]


@pytest.mark.parametrize(
    ("run", "form"),
    [*((run, "litert") for run in RUNS), ("a_gelu", "keras"), ("a_gelu", "savedmodel")],
)
def test_the_other_forms_are_written_once_they_answer_as_predict_does(
    run: str, form: str, place: Path
) -> None:
    done = mlpcli(["export", run, "--format", form, "-o", f"{run}.{form}"], place)
    assert done.returncode == 0, done.stderr
    assert "tried on 120 of its rows and " in done.stderr
    assert (place / f"{run}.{form}").exists()
    assert not [*place.glob(f".{run}*")]
    assert (place / f"{run}.{form}").is_dir() == (form == "savedmodel")


@pytest.mark.parametrize("file", ["rows.csv", "odd.csv"])
def test_a_saved_model_and_litert_take_raw_rows_and_give_what_predict_does(
    file: str, place: Path
) -> None:
    from mlpcli.training.backend import tensorflow as tf

    saved, lite = place / "saved", place / "two.tflite"
    if not saved.exists():
        exported(place, "a_relu", "saved", "--format", "savedmodel")
        exported(place, "a_relu", "two.tflite")
    wanted = predicted(place, "a_relu", file)
    shares = wanted.select("probability_Adelie", "probability_Gentoo").to_numpy()
    other = {"class": "class_", "mass/kg": "mass_kg", "2nd": "x2nd"}
    given = {other.get(name, name): each for name, each in columns(place / file).items()}
    serve = tf.saved_model.load(str(saved)).signatures["serving_default"]
    found = serve(**{name: tf.constant(each) for name, each in given.items()})
    assert np.abs(found["probability_"].numpy() - shares).max() <= 1e-5
    named = [each.decode() for each in found["predicted_species"].numpy()[:, 0]]
    assert named == wanted["predicted_species"].to_list()
    with pytest.warns(UserWarning, match="Interpreter"):
        run = tf.lite.Interpreter(model_content=lite.read_bytes()).get_signature_runner()
    texts = {name: each for name, each in given.items() if each.dtype == object}
    coded = {name: np.char.encode(each.astype(str)).astype(object) for name, each in texts.items()}
    found = run(**{name: coded.get(name, each.astype("float32") if name not in coded else each)
                   for name, each in given.items()})  # fmt: skip
    assert np.abs(found["probability_"] - shares).max() <= 1e-5


def test_the_name_of_the_file_says_its_form_and_a_wrong_one_is_refused(place: Path) -> None:
    for words, text in (
        (["-o", "a.txt"], "-o a.txt: .txt says no form, which .keras, .onnx, .tflite do"),
        (["-o", "a.onnx", "--format", "keras"], "the name is of a file of onnx"),
        (["-o", "rows.csv", "--format", "onnx"], "rows.csv: is there, and nothing is overwritten"),
        (["-o", "b/a.keras"], "no such folder"),
    ):
        done = mlpcli(["export", "a_relu", *words], place)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert text in done.stderr
        assert "importing TensorFlow" not in done.stderr
    assert not (place / "a.onnx").exists()


def test_the_command_offers_the_forms_that_there_are() -> None:
    assert tuple(FORMS) == TYPED


def test_without_the_packages_the_error_says_what_to_install(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RunError, match="needs onnx and onnxruntime, not installed") as caught:
        in_process("export", "a_relu", "-o", "never.onnx")
    assert "pip install 'mlpcli[export]'" in caught.value.hint
    assert not (place / "never.onnx").exists()


@pytest.mark.parametrize("form", [name for name in FORMS if name != "onnx"])
def test_a_model_that_answers_otherwise_is_not_written(
    form: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = export_command.trained_weights

    def wrong(run: Path, sizes: Any) -> Any:
        first, *others = right(run, sizes)
        return [first * 1.01, *others]

    monkeypatch.setattr(export_command, "trained_weights", wrong)  # what predict has stays right
    monkeypatch.chdir(place)
    with pytest.raises(MlpcliError, match=r"off beside predict's, allowed 1e-05: nothing is"):
        in_process("export", "a_relu", "-o", "wrong", "--format", form)
    assert not [*place.glob("wrong*"), *place.glob(".wrong*")]


def test_where_the_data_are_gone_it_is_tried_on_made_up_rows_and_that_is_said(
    place: Path, tmp_path: Path
) -> None:
    rows().write_csv(tmp_path / "rows.csv")
    (tmp_path / "a.yaml").write_text((place / "a_relu.yaml").read_text())
    assert mlpcli(["train", "a.yaml", "-q"], tmp_path).returncode == 0
    (tmp_path / "rows.csv").unlink()
    done = mlpcli(["export", "latest", "-o", "a.keras"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the rows that it was trained on are not there" in done.stderr


def test_mnist_takes_raw_pixels_in_every_form(tmp_path: Path) -> None:
    from mlpcli.data.mnist import MNIST

    (tmp_path / "a.yaml").write_text("layers: 1\nlearning_rate: 0.1\nsteps: 50\nbatch_size: 50\n")
    assert mlpcli(["train", "a.yaml", "-q"], tmp_path).returncode == 0
    for output in ("a.keras", "a.tflite", "a.onnx"):
        if output != "a.onnx" or not _lacking():
            exported(tmp_path, "latest", output)
    exported(tmp_path, "latest", "saved", "--format", "savedmodel")
    with_onnx()
    images = MNIST.load().test.features[:200]
    np.save(tmp_path / "images.npy", images)
    wanted = predicted(tmp_path, "latest", "images.npy")
    found = answered(tmp_path / "a.onnx", {"pixels": images})
    assert [int(each) for each in found["predicted_class"][:, 0]] == wanted[
        "predicted_class"
    ].to_list()
    assert np.abs(found["probability"] - wanted.to_numpy()[:, 1:]).max() <= 1e-5


def _lacking() -> bool:
    import importlib.util

    return any(importlib.util.find_spec(each) is None for each in ONNX)


def test_an_array_of_numbers_with_gaps_takes_raw_rows(tmp_path: Path) -> None:
    with_onnx()
    generator = np.random.default_rng(0)
    x = generator.normal(5, 2, (100, 4))
    x[::7, 2] = np.nan
    np.savez(tmp_path / "a.npz", x=x, y=(x[:, 0] > 5).astype(int))
    (tmp_path / "a.yaml").write_text(
        "dataset: a.npz\nignore: [1]\nlayers: 1\nlearning_rate: 0.1\nsteps: 50\nbatch_size: 10\n"
    )
    done = mlpcli(["train", "a.yaml", "-q"], tmp_path)
    assert done.returncode == 0, done.stderr
    for output in ("a.onnx", "a.keras", "a.tflite"):
        exported(tmp_path, "latest", output)
    np.save(tmp_path / "x.npy", x)
    wanted = predicted(tmp_path, "latest", "x.npy").to_numpy()[:, 1:]
    found = answered(tmp_path / "a.onnx", {"numbers": x})
    assert np.abs(found["probability"] - wanted).max() <= 1e-5


def test_a_column_whose_digits_litert_would_lose_is_refused_there_alone(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"time": [1.7e9 + 3 * i for i in range(60)], "y": ["ab"[i // 30] for i in range(60)]}
    )
    frame.write_csv(tmp_path / "a.csv")
    (tmp_path / "a.yaml").write_text(
        "dataset: a.csv\ntarget: y\nlayers: 1\nlearning_rate: 0.1\nsteps: 60\nbatch_size: 10\n"
    )
    done = mlpcli(["train", "a.yaml", "-q"], tmp_path)
    assert done.returncode == 0, done.stderr
    done = mlpcli(["export", "latest", "-o", "a.tflite"], tmp_path)
    assert done.returncode == 1
    assert "--format onnx computes as training did" in done.stderr
    assert not (tmp_path / "a.tflite").exists()
    exported(tmp_path, "latest", "a", "--format", "savedmodel")


@pytest.mark.parametrize("form", FORMS)
def test_where_the_disk_has_no_room_an_error_says_so_and_nothing_is_left(
    form: str, place: Path
) -> None:
    if form == "onnx":
        with_onnx()
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000)); "
        "import sys; from mlpcli.__main__ import main; "
        f"sys.argv = ['mlpcli', 'export', 'a_relu', '-o', 'full', '--format', '{form}']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=place, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert not [*place.glob("full*"), *place.glob(".full*")]
