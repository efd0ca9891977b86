"""`predict` and `evaluate` as typed: rows of other files, in any order, refused or scored."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import polars as pl
import pytest
from forks import Forked
from running import in_process, mlpcli

from mlpcli.errors import DataError, MlpcliError, RunError

pytestmark = pytest.mark.process

CONFIG = """\
dataset: {file}
target: {target}
ignore: [id]
layers: 2
width: 8
learning_rate: 0.1
steps: 60
batch_size: 10
"""


def rows() -> pl.DataFrame:
    """120 penguins, of which mass and island say the species; some have nothing in a place."""
    numbers = range(120)
    return pl.DataFrame(
        {
            "id": numbers,
            "island": ["Dream" if i % 2 else "Biscoe" for i in numbers],
            "mass": [None if i % 17 == 5 else 3 + i % 2 + i % 7 / 10 for i in numbers],
            "species": ["Gentoo" if i % 2 else "Adelie" for i in numbers],
            "sex": [None if i % 13 == 4 else "mf"[i % 3 % 2] for i in numbers],
        }
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with penguins.csv and two runs: of a class, species, and of a value, mass."""
    found = tmp_path_factory.mktemp("exported")
    rows().write_csv(found / "penguins.csv")
    rows().with_columns(mass=pl.col("mass").fill_null(3.3)).write_csv(found / "values.csv")
    for file, target in (("penguins.csv", "species"), ("values.csv", "mass")):
        (found / f"{target}.yaml").write_text(CONFIG.format(file=file, target=target))
        assert mlpcli(["train", f"{target}.yaml", "-q"], found).returncode == 0
    return found


def run_of(place: Path, name: str) -> Path:
    (found,) = (place / "runs").glob(f"*-{name}-*")
    return found


def said(place: Path, *words: str) -> str:
    """Return the error and the hint of a command that is refused, with exit code 2."""
    done = mlpcli([*words], place)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "importing TensorFlow" not in done.stderr
    return done.stderr


# predict


def test_each_row_has_a_class_and_the_probability_of_each_in_the_files_order(place: Path) -> None:
    done = mlpcli(["predict", "species", "penguins.csv"], place)
    assert done.returncode == 0, done.stderr
    found = pl.read_csv(io.BytesIO(done.stdout.encode()))
    assert found.columns == ["predicted_species", "probability_Adelie", "probability_Gentoo"]
    assert (found["predicted_species"] == rows()["species"]).mean() > 0.9
    shares = found.select("probability_Adelie", "probability_Gentoo").to_numpy()
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-6)
    likelier = np.where(shares.argmax(axis=1) == 0, "Adelie", "Gentoo")
    assert (found["predicted_species"].to_numpy() == likelier).all()
    assert "penguins.csv: not used to predict: id, species" in done.stderr


def test_the_test_set_is_predicted_again_as_at_the_end_of_the_run(place: Path) -> None:
    run = run_of(place, "mass")
    kept = np.load(run / "test_predictions.npy")[:, 0]
    done = mlpcli(["predict", "mass", "values.csv"], place)
    values = pl.read_csv(io.BytesIO(done.stdout.encode()))["predicted_mass"].to_numpy()
    # each of the values kept is that of a row
    assert np.abs(kept[:, None] - values).min(axis=1).max() < 1e-5


def test_other_orders_kinds_of_file_and_standard_input_give_the_same(place: Path) -> None:
    turned = rows().select("sex", "mass", "island")
    turned.write_parquet(place / "turned.parquet")
    (wanted,) = {mlpcli(["predict", "species", "penguins.csv"], place).stdout}
    assert mlpcli(["predict", "species", "turned.parquet"], place).stdout == wanted
    forms = {".csv": pl.read_csv, ".parquet": pl.read_parquet}
    for ending, read in forms.items():
        words = ["predict", "species", "turned.parquet", "-o", f"out{ending}", "--keep"]
        assert mlpcli(words, place).returncode == 0
        out = read(place / f"out{ending}")
        assert out.columns[:4] == ["sex", "mass", "island", "predicted_species"]
        assert out["mass"].to_list() == turned["mass"].to_list()
        assert out["predicted_species"].to_list() == [
            line.partition(",")[0] for line in wanted.splitlines()[1:]
        ]
    done = mlpcli(["predict", "species", "turned.parquet", "-o", "out.json"], place)
    record = json.loads((place / "out.json").read_text())
    assert record["classes"] == ["Adelie", "Gentoo"]
    assert len(record["rows"]) == 120
    assert "120 rows predicted into out.json: predicted_species" in done.stderr


def test_rows_come_from_standard_input(place: Path) -> None:
    wanted = mlpcli(["predict", "species", "penguins.csv"], place).stdout
    with (place / "penguins.csv").open("rb") as file:
        process = Forked(
            ["mlpcli", "predict", "species", "-"],
            cwd=place, stdin=file, stdout=-1, stderr=-1, text=True,
        )  # fmt: skip
        assert process.communicate()[0] == wanted


def test_a_file_without_a_column_is_refused_by_its_name_and_its_place(place: Path) -> None:
    rows().drop("mass").rename({"sex": "Sex"}).write_csv(place / "less.csv")
    text = said(place, "predict", "species", "less.csv")
    assert 'less.csv: no column "mass", number 2 of the 3 it was trained on' in text
    assert '"sex", number 3 of the 3' in text
    rows().rename({"mass": "Mass"}).write_csv(place / "other.csv")
    assert 'is it "Mass"? rename it to mass' in said(place, "predict", "species", "other.csv")


def test_a_word_among_numbers_is_refused_at_its_line(place: Path) -> None:
    lines = (place / "penguins.csv").read_text().splitlines()
    lines[3] = "9,Dream,heavy,,"
    (place / "heavy.csv").write_text("\n".join(lines))
    text = said(place, "predict", "species", "heavy.csv")
    assert 'heavy.csv:4:9: mass: not a number, got "heavy"; the column held numbers in' in text
    # also where most are words
    (place / "words.csv").write_text("mass,sex,island\nheavy,m,Dream\nlight,f,Dream\n")
    assert "words.csv:2:1: mass: not a number" in said(place, "predict", "species", "words.csv")


def test_missing_and_unseen_values_are_predicted_and_the_unseen_told_of(place: Path) -> None:
    (place / "odd.csv").write_text("mass,sex,island\n,,\n3.5,m,Mars\n3.5,f,Mars\n")
    done = mlpcli(["predict", "species", "odd.csv"], place)
    assert len(done.stdout.splitlines()) == 4
    told = 'odd.csv:3:7: island: no category of its training, got "Mars"; 2 such rows'
    assert told in done.stderr


def test_columns_that_are_kept_stay_as_they_are_whatever_they_hold(place: Path) -> None:
    (place / "notes.csv").write_text(
        "note,mass,sex,island\n007,3.5,m,Dream\n8,3.5,f,Dream\n9 kg,3.5,f,Dream\n"
    )
    done = mlpcli(["predict", "species", "notes.csv", "--keep"], place)
    assert done.returncode == 0, done.stderr
    lines = [line.split(",") for line in done.stdout.splitlines()]
    assert lines[0][:5] == ["note", "mass", "sex", "island", "predicted_species"]
    assert [line[0] for line in lines[1:]] == ["007", "8", "9 kg"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["predict", "species", "nowhere.csv"], "nowhere.csv: no such file"),
        (["predict", "species", "penguins.csv", "-o", "out.xls"], "allowed .csv, .parquet, .json"),
        (["predict", "species", "penguins.csv", "-o", "penguins.csv"], "the file that is read"),
        (["predict", "species", "penguins.csv", "-o", "a/b/out.csv"], "no such folder"),
        (["predict", "species", "penguins.csv", "-o", "a.csv", "--json"], "two forms; -o out.json"),
        (["predict", "nobody", "penguins.csv"], "nobody: no such file or directory, nor run"),
        (["evaluate", "species", "answerless.csv"], 'no column "species", which is to be pred'),
        (["evaluate", "species", "strange.csv"], 'strange.csv:2:5: species: no class "Emperor"'),
    ],
)
def test_what_cannot_be_done_is_refused_before_tensorflow_is_imported(
    place: Path, words: list[str], text: str
) -> None:
    (place / "answerless.csv").write_text("mass,sex,island\n3.5,m,Dream\n")
    (place / "strange.csv").write_text("mass,species,sex,island\n3.5,Emperor,m,Dream\n")
    before = (place / "penguins.csv").read_bytes()
    assert text in said(place, *words)
    assert (place / "penguins.csv").read_bytes() == before


def test_an_array_is_not_taken_for_a_table(place: Path) -> None:
    np.save(place / "array.npy", np.zeros((3, 3)))
    text = said(place, "predict", "species", "array.npy")
    assert "an array, whose columns have no names; it was trained on island, mass, sex" in text


# evaluate


def test_a_file_is_scored_as_its_predictions_are_by_hand(place: Path) -> None:
    found = evaluated(place, "species", "penguins.csv")
    done = mlpcli(["predict", "species", "penguins.csv", "--json"], place)
    predicted = [row["predicted_species"] for row in json.loads(done.stdout)["rows"]]
    shares = [row["probability_Gentoo"] for row in json.loads(done.stdout)["rows"]]
    true = rows()["species"].to_list()
    right = sum(a == b for a, b in zip(predicted, true, strict=True))
    scores = found["classes"]
    assert (found["examples"], scores["correct"]) == (120, right)
    assert scores["accuracy"] == right / 120
    assert scores["low"] < right / 120 <= scores["high"]
    assert scores["positive"] == "Gentoo"
    pairs = [
        (a > b) + (a == b) / 2
        for a, x in zip(shares, true, strict=True) if x == "Gentoo"
        for b, y in zip(shares, true, strict=True) if y == "Adelie"
    ]  # fmt: skip
    assert scores["auc"] == pytest.approx(sum(pairs) / 3_600, abs=1e-3)
    losses = [-np.log(p if x == "Gentoo" else 1 - p) for p, x in zip(shares, true, strict=True)]
    assert found["loss"] == pytest.approx(np.mean(losses), rel=1e-3)
    assert {each["class"] for each in scores["classes"]} == {"Adelie", "Gentoo"}


def evaluated(place: Path, *words: str) -> dict[str, Any]:
    done = mlpcli(["evaluate", *words, "--json"], place)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("name", "key"), [("species", "test_accuracy"), ("mass", "test_r2")])
def test_without_a_file_the_test_set_is_scored_as_the_summary_has_it(
    place: Path, name: str, key: str
) -> None:
    summary = json.loads((run_of(place, name) / "summary.json").read_text())
    found = evaluated(place, name)
    scores = found["classes"] or found["values"]
    value = scores["accuracy"] if name == "species" else scores["r2"]
    assert value == pytest.approx(summary[key], abs=1e-6)
    assert found["loss"] == summary["test_loss"]
    assert found["examples"] == summary["test_examples"] == 24
    if name == "mass":
        assert scores["targets"][0]["rmse"] == pytest.approx(summary["test_rmse"])
        assert scores["targets"][0]["mae"] == pytest.approx(summary["test_mae"])
    else:
        for key in ("balanced_accuracy", "macro_f1", "auc", "calibration_error"):
            assert scores[key] == summary[f"test_{key}"] is not None


def test_the_test_set_has_all_the_scores_of_a_file_when_its_file_is_gone(tmp_path: Path) -> None:
    rows()[:80].write_csv(tmp_path / "seen.csv")
    unseen = rows()[80:].with_columns(  # some answers are others than the network's
        species=pl.when(pl.col("id") % 5 == 0).then(pl.lit("Adelie")).otherwise(pl.col("species"))
    )
    unseen.write_csv(tmp_path / "unseen.csv")
    config = CONFIG.format(file="seen.csv", target="species") + "test: unseen.csv\n"
    (tmp_path / "both.yaml").write_text(config)
    assert mlpcli(["train", "both.yaml", "-q"], tmp_path).returncode == 0
    of_file = evaluated(tmp_path, "both", "unseen.csv")
    (tmp_path / "unseen.csv").unlink()
    of_test_set = evaluated(tmp_path, "both")
    for key in ("auc", "calibration_error", "balanced_accuracy", "macro_f1"):
        assert 0 < of_file["classes"][key] < 1
        assert of_test_set["classes"][key] == pytest.approx(of_file["classes"][key], abs=1e-6)
    assert of_test_set["classes"]["positive"] == "Gentoo"
    columns = "test_auc,test_macro_f1,test_balanced_accuracy,test_calibration_error"
    (line,) = csv.DictReader(
        mlpcli(["compare", "runs", "--columns", columns, "--format", "csv"], tmp_path)
        .stdout.splitlines()
    )  # fmt: skip
    assert float(line["test_auc"]) == of_test_set["classes"]["auc"]


def test_scores_of_the_classes_that_the_predictions_contradict_are_told(place: Path) -> None:
    summary = run_of(place, "species") / "summary.json"
    was = summary.read_text()
    try:
        summary.write_text(json.dumps({**json.loads(was), "test_macro_f1": 0.125}))
        done = mlpcli(["show", "species"], place)
    finally:
        summary.write_text(was)
    assert "summary.json 0.1250" in " ".join((done.stdout + done.stderr).split())


def test_values_of_a_file_are_scored_in_their_unit(place: Path) -> None:
    found = evaluated(place, "mass", "values.csv")["values"]["targets"][0]
    done = mlpcli(["predict", "mass", "values.csv"], place)
    predicted = pl.read_csv(io.BytesIO(done.stdout.encode()))["predicted_mass"].to_numpy()
    true = pl.read_csv(place / "values.csv")["mass"].to_numpy()
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean((predicted - true) ** 2)), rel=1e-4)
    assert found["r2"] == pytest.approx(
        1 - np.mean((predicted - true) ** 2) / np.var(true), abs=1e-4
    )


def test_the_screen_names_the_classes_and_fits_24_lines(place: Path) -> None:
    done = mlpcli(["evaluate", "species", "penguins.csv"], place, COLUMNS="80")
    lines = done.stdout.splitlines()
    assert len(lines) + len(done.stderr.splitlines()) <= 23
    assert any(line.startswith("Adelie") for line in lines)
    assert all(len(line) <= 80 for line in lines)


def test_a_column_of_parquet_that_is_true_or_false_is_a_number_there_too(tmp_path: Path) -> None:
    rows().with_columns(alive=pl.col("id") % 3 == 0).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.yaml").write_text(CONFIG.format(file="a.parquet", target="species"))
    assert mlpcli(["train", "a.yaml", "-q"], tmp_path).returncode == 0
    (run,) = (tmp_path / "runs").iterdir()
    again = mlpcli(["train", str(run / "config.yaml"), "-q"], tmp_path)
    assert again.returncode == 0, again.stderr
    done = mlpcli(["predict", str(run), "a.parquet"], tmp_path)
    assert len(done.stdout.splitlines()) == 121
    words = rows().with_columns(alive=pl.col("id") % 3 == 0)
    words.write_csv(tmp_path / "words.csv")
    refused = said(tmp_path, "predict", str(run), "words.csv")
    assert 'words.csv:2:23: alive: not a number, got "true"; the column held' in refused
    assert "write 1 for true and 0 for false, leave it empty if it is missing" in refused
    words.with_columns(pl.col("alive").cast(pl.Int8)).write_csv(tmp_path / "words.csv")
    assert mlpcli(["predict", str(run), "words.csv"], tmp_path).stdout == done.stdout


def test_words_of_a_csv_are_taken_from_parquets_true_and_false_too(tmp_path: Path) -> None:
    frame = rows().with_columns(alive=pl.col("id") % 3 == 0)
    frame.write_csv(tmp_path / "a.csv")
    frame.write_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.yaml").write_text(CONFIG.format(file="a.csv", target="species"))
    assert mlpcli(["train", "a.yaml", "-q"], tmp_path).returncode == 0
    (wanted, found) = (mlpcli(["predict", "a", f"a.{e}"], tmp_path) for e in ("csv", "parquet"))
    assert found.stdout == wanted.stdout
    assert "no category" not in found.stderr
    frame.with_columns(pl.col("alive").cast(pl.Int8)).write_csv(tmp_path / "numbers.csv")
    told = mlpcli(["predict", "a", "numbers.csv"], tmp_path).stderr
    assert 'numbers.csv:2:23: alive: no category of its training, got "1"; 120 such rows' in told


def test_the_json_of_predictions_has_the_shape_of_its_schema(place: Path) -> None:
    schema = json.loads(in_process("schema", "predict").stdout)
    for words in (["species", "penguins.csv", "--keep"], ["mass", "values.csv"]):
        found = json.loads(mlpcli(["predict", *words, "--json"], place).stdout)
        jsonschema.validate(found, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**found, "rows": [[1]]}, schema)


# runs that cannot predict


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_a_run_that_was_not_completed_has_nothing_to_predict_with(
    command: str, place: Path, finished: Callable[..., Path]
) -> None:
    run = finished("a")
    (run / "summary.json").unlink()
    with pytest.raises(RunError, match="only a completed run has a network") as caught:
        in_process(command, run, place / "penguins.csv")
    assert caught.value.hint


@pytest.mark.parametrize(
    "columns",
    [
        {"numeric": 7},
        {"scaling": "standard", "missing": "impute", "numeric": {"names": ["a"]}},
        {"scaling": "standard", "missing": "impute", "numeric": {}},
    ],
)
def test_forged_columns_are_damage_and_no_traceback(
    columns: dict[str, Any], place: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for each in run_of(place, "species").iterdir():
        (run / each.name).write_bytes(each.read_bytes())
    info = json.loads((run / "run.json").read_text())
    info["data"]["columns"] = columns
    (run / "run.json").write_text(json.dumps(info))
    with pytest.raises(MlpcliError, match=r"damaged|does not say"):
        in_process("predict", run, place / "penguins.csv")


def test_mnist_is_predicted_from_bytes_and_faint_pictures_are_told_of(tmp_path: Path) -> None:
    from mlpcli.data.mnist import MNIST

    (tmp_path / "a.yaml").write_text("layers: 1\nlearning_rate: 0.1\nsteps: 100\nbatch_size: 50\n")
    assert mlpcli(["train", "a.yaml", "-q"], tmp_path).returncode == 0
    test = MNIST.load().test
    np.savez(tmp_path / "test.npz", x=test.features[:500], y=test.targets[:500])
    np.save(tmp_path / "faint.npy", test.features[:500].astype(np.float32) / 255)
    assert evaluated(tmp_path, "latest")["examples"] == 10_000
    found = evaluated(tmp_path, "latest", "test.npz")
    (run,) = (tmp_path / "runs").iterdir()
    kept = np.load(run / "test_predictions.npy")[:500]
    assert found["classes"]["correct"] == (kept == test.targets[:500]).sum()
    done = mlpcli(["predict", "latest", "test.npz"], tmp_path)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("predicted_class,probability_0,")
    assert [int(line[0]) for line in lines[1:]] == kept.tolist()
    assert "no number is above 1" in mlpcli(["predict", "latest", "faint.npy"], tmp_path).stderr
    np.save(tmp_path / "small.npy", np.zeros((5, 3)))
    with pytest.raises(DataError, match="3 numbers a row, allowed 784"):
        in_process("predict", run, tmp_path / "small.npy")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="a table; it was trained on arrays, of 784 numbers a row"):
        in_process("predict", run, tmp_path / "table.csv")


def test_many_classes_and_all_that_is_confused_fit_24_lines(capsys: Any) -> None:
    from mlpcli.data.task import Classification
    from mlpcli.export.evaluation import Evaluation, score_classes
    from mlpcli.export.evaluation_view import brief_sections, full_sections
    from mlpcli.terminal import print_sections

    numbers = np.random.default_rng(0).integers(0, 40, (2, 500))
    task = Classification(tuple(f"class {i}" for i in range(40)))
    scores = score_classes(task, numbers[0], numbers[1])
    found = Evaluation("a", "runs/a", None, "classification", "y", 10, 500, 3.0, scores, None)
    print_sections(brief_sections(found))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 22  # and the next command, and a prompt
    assert "8 of 40 classes, the worst first" in lines
    print_sections(full_sections(found))
    assert len(capsys.readouterr().out.splitlines()) > 80
