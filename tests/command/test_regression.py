"""Values are predicted: what each command says of runs that have R squared and no accuracy."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
from running import in_process

from mlpcli.compare.diff import diff_runs
from mlpcli.data import Regression
from mlpcli.errors import MlpcliError
from mlpcli.runs import least_of, load_run, most_of
from mlpcli.stats import Mean

pytestmark = pytest.mark.tf

DIABETES = """\
dataset: diabetes
layers: 2
width: 16
learning_rate: 0.05
steps: 300
batch_size: 32
"""
TWO = DIABETES.replace("diabetes", "two.csv\ntarget: [a, b]").replace("steps: 300", "steps: 60")
CLASSES = re.compile(r"accuracy|acc\.|class(es)? of|confused|correct|nats|ln \d", re.IGNORECASE)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Runs of diabetes, three seeds of width 16 and of width 1, and one that learned nothing."""
    folder = tmp_path_factory.mktemp("regression")
    (folder / "wide.yaml").write_text(DIABETES)
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((2, 200))
    a, b = 2 * x - y, 1000 * x * y + 50 * rng.standard_normal(200)
    lines = [",".join(f"{each:.4f}" for each in row) for row in zip(x, y, a, b, strict=True)]
    (folder / "two.csv").write_text("\n".join(["x,y,a,b", *lines]) + "\n")
    (folder / "two.yaml").write_text(TWO)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.chdir(folder)
        for name, words in (
            ("wide", "wide.yaml --seeds 3"),
            ("narrow", "wide.yaml --seeds 3 -s width=1 -s name=narrow"),
            ("still", "wide.yaml -s learning_rate=1e-6 -s name=still"),
            ("two", "two.yaml"),
        ):
            done = in_process("train", *words.split())
            assert done.exit_code == 0, done.output
            (folder / f"{name}.talk").write_text(done.output)
        yield folder


def run(*words: str, code: int = 0) -> str:
    done = in_process(*words)
    assert (done.exit_code or done.return_value or 0) == code, done.output
    return done.output


def runs_named(place: Path, name: str) -> list[Path]:
    """Return the runs of a name by their seeds: names of one second sort by chance."""
    return sorted((place / "runs").glob(f"*-{name}-*"), key=seed_of)


def seed_of(run: Path) -> int:
    return int(json.loads((run / "run.json").read_text())["config"]["seed"])


def as_json(*words: str) -> Any:
    return json.loads(in_process(*words, "--json").stdout)


def test_train_and_show_speak_of_r_squared_and_of_errors_in_the_targets_unit(place: Path) -> None:
    (still,) = runs_named(place, "still")
    talk = (place / "still.talk").read_text()
    assert re.search(r"test R squared -\S+, RMSE \d+\.\d+, MAE \d+\.\d+, test loss", talk)
    assert "it learned nothing: R squared is -" in talk
    table = (place / "wide.talk").read_text()
    assert re.search(r"mean 3 of 3 completed +0\.\d+ ±0\.\d+ +0\.\d+ ±0\.\d+ +\S+ s", table)
    first, *_ = runs_named(place, "wide")
    full = run("show", str(first), "--full")
    assert re.search(r"^test +0\.\d+ 0\.\d+ to 0\.\d+ +88 ", full, re.M)
    assert "in the unit of progression" in full
    assert "mean squared error of standardized targets" in full
    assert "completed, learned nothing" in run("show", str(still))
    for text in (talk, table, full, run("show", str(still))):
        assert not CLASSES.search(text), CLASSES.search(text)
    assert all(len(line) <= 80 for line in run("show", str(first)).splitlines()[:9])


def test_predictions_are_values_in_units_that_come_to_what_the_summary_says(place: Path) -> None:
    for name, targets in (("wide", 1), ("two", 2)):
        folder = runs_named(place, name)[0]
        found, summary = load_run(folder), load_run(folder).summary
        assert found.facts
        assert summary
        assert isinstance(found.facts.task, Regression)
        predicted, true = (
            np.load(folder / f"test_{each}.npy") for each in ("predictions", "targets")
        )
        assert predicted.dtype == np.float64
        assert predicted.shape == (summary.test_examples, targets)
        errors = predicted - true
        shares = 1 - np.square(errors).mean(axis=0) / true.var(axis=0)
        assert summary.test_r2 == pytest.approx(shares.mean(), abs=1e-5)
        scaled = errors / found.facts.task.scale.deviations
        assert summary.test_loss == pytest.approx(np.square(scaled).mean(), rel=1e-5)
        if targets == 1:
            assert summary.test_rmse == pytest.approx(np.sqrt(np.square(errors).mean()), rel=1e-6)
            assert summary.test_mae == pytest.approx(np.abs(errors).mean(), rel=1e-6)
        else:
            assert summary.test_rmse is summary.test_mae is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda values: values + 30, r"has test_r2 -?0\.\d+, summary\.json 0\.\d+"),
        (lambda values: values[:, 0], "not a number for each target of diabetes"),
        (lambda values: values.astype("float32"), "not a number for each target of diabetes"),
        (lambda values: values * np.nan, "not a number for each target of diabetes"),
    ],
)
def test_predictions_that_cannot_be_the_runs_are_said_so(
    place: Path, tmp_path: Path, change: Any, problem: str
) -> None:
    forged = tmp_path / runs_named(place, "wide")[0].name
    copytree(runs_named(place, "wide")[0], forged)
    file = forged / "test_predictions.npy"
    np.save(file, change(np.load(file)))
    told = as_json("show", str(forged))
    assert re.search(problem, " ".join([*told["warnings"], *told["contradictions"]]))
    assert told["scores"][0]["low"] is None


def test_runs_of_other_data_are_told_apart_and_not_advised_to_be_trained_on(place: Path) -> None:
    result = in_process("compare", "runs", "--by", "run")
    note = "different data sets (diabetes, two.csv): a score of one says nothing of another."
    assert f"\nThese runs are of {note}\n" in result.stdout
    (two,) = runs_named(place, "two")  # the best of all
    assert f"next: mlpcli show runs/{two.name}\n" in result.stderr
    of_one = in_process("compare", "runs", "--by", "run", "--where", "dataset=diabetes")
    assert "These runs are of" not in of_one.stdout
    assert "next: mlpcli train " in of_one.stderr
    pair = in_process("compare", runs_named(place, "wide")[0], two, "--by", "run")
    assert f"next: mlpcli show {two}\n" in pair.stderr


def test_settings_are_ranked_by_r_squared_and_other_targets_are_not_compared(place: Path) -> None:
    found = as_json("compare", "runs")
    assert found["query"]["sort"] == "val_r2"
    verdicts = {each["setting"]: each["answer"] for each in found["settings"]}
    assert verdicts["two"] == "other_data"
    assert {"wide", "narrow"} <= verdicts.keys()
    means = [each["results"]["val_r2"]["mean"] for each in found["settings"]]
    assert means == sorted(means, reverse=True)
    table = run("compare", "runs", "--where", "dataset=diabetes")
    assert re.search(r"^setting +seeds .*val_r2 +test_r2 ", table, re.M)
    assert "Differences of val_r2 are to it." in table
    assert not CLASSES.search(table)
    runs_alone = run(
        "compare", "runs", "--by", "run", "--where", "val_r2>-2", "--sort", "test_rmse"
    )
    errors = re.findall(r"^2\d{7}\S+ .* (\d\d\.\d\d) ", runs_alone, re.M)
    assert errors == sorted(errors)
    assert len(errors) == 7
    at = as_json("compare", "runs", "--where", "dataset=diabetes", "--at", "steps=100")
    assert at["at"]["common"] == 90
    assert all(each["results"]["val_r2"]["step"] == 90 for each in at["runs"])
    assert not CLASSES.search(run("ls"))


def test_a_condition_or_limit_on_r_squared_may_be_below_0_and_not_above_1(place: Path) -> None:
    for words in (("compare", "runs", "--where", "val_r2>40"), ("gate", "x", "--min", "val_r2=2")):
        with pytest.raises(MlpcliError, match="at most 1") as refused:
            run(*words)
        assert refused.value.exit_code == 2
    assert "met" in run("gate", "two", "--min", "test_r2=-0.5")


def test_a_gate_holds_limits_and_a_baseline_by_r_squared(place: Path) -> None:
    wide, narrow = "runs/*-wide-*", "runs/*-narrow-*"
    assert run("gate", wide, "--min", "test_r2=0.4", "--max", "test_rmse=60").startswith("met")
    assert "above 40" in run("gate", wide, "--max", "test_rmse=40", code=1)
    told = as_json("gate", wide, "--baseline", narrow)["baseline"]
    assert told["pairs"] == 3
    assert re.match(r"val_r2 [+-]0\.\d{4} from the baseline's \(", told["reason"])
    assert "other data" in run("gate", wide, "--baseline", "two", code=3)
    (still,) = runs_named(place, "still")
    assert "learned nothing" in run("gate", str(still), "--max", "seconds=1e3", code=1)


def test_two_runs_are_told_apart_by_their_squared_errors_on_the_same_rows(place: Path) -> None:
    first, second = runs_named(place, "wide")[0], runs_named(place, "still")[0]
    told = as_json("diff", str(first), str(second))
    errors = told["errors"]
    assert (told["test"], told["classes"]) == (None, [])
    assert errors["difference"] == pytest.approx(errors["b"] - errors["a"])
    assert errors["a"] == pytest.approx(told["a"]["results"]["test_loss"], rel=1e-5)
    assert errors["low"] < errors["difference"] < errors["high"]
    assert errors["p"] < 0.001
    text = run("diff", str(first), str(second))
    assert "Network A is better on the test set: A's mean squared error is 0." in text
    assert "p < 0.001" in text
    assert diff_runs(load_run(first), load_run(second)).b_is_better is False
    assert diff_runs(load_run(second), load_run(first)).b_is_better is True
    same = runs_named(place, "wide")[1]
    assert "No evidence that these two networks differ" in run("diff", str(first), str(same))
    other = run("diff", str(first), str(runs_named(place, "two")[0]), "--full")
    assert "cannot be compared" in other
    for each in (text, run("diff", str(first), str(second), "--full")):
        assert not CLASSES.search(each), CLASSES.search(each)


def test_the_interval_of_a_mean_r_squared_is_not_cut_at_0() -> None:
    values = (-0.5, -0.1, -0.3)  # standard deviation 0.2, and t of 2 degrees of freedom 4.303
    mean = Mean.of(values, most_of("val_r2"), least_of("val_r2"))
    assert mean.low == pytest.approx(-0.3 - 4.303 * 0.2 / 3**0.5, abs=1e-3)
    assert Mean.of((0.1, 0.0, 0.0), most_of("val_accuracy"), least_of("val_accuracy")).low == 0


def test_explain_check_and_lr_speak_of_r_squared(place: Path) -> None:
    (still,) = runs_named(place, "still")
    explained = run("explain", str(still))
    assert "The steps are too small" in explained
    assert re.search(r"R squared after step 300: -\S+ on 66 training examples, -", explained)
    assert re.search(r"^learning_rate 0\.\d+; ", run("lr", "wide.yaml"), re.M)
    checked = run("check", "wide.yaml", "--full")
    assert "initial loss: about 3.000 in the mean over seeds" in checked
    assert "always answering the mean" in checked
    for text in (explained, checked, run("explain", str(runs_named(place, "wide")[0]))):
        assert not CLASSES.search(text), CLASSES.search(text)


@pytest.mark.parametrize("name", ["test_rmse", "test_mae"])
def test_an_error_that_the_predictions_do_not_have_lets_a_gate_fail(
    place: Path, tmp_path: Path, name: str
) -> None:
    run = Path(shutil.copytree(runs_named(place, "wide")[0], tmp_path / "forged"))
    said = json.loads((run / "summary.json").read_text())
    (run / "summary.json").write_text(json.dumps({**said, name: said[name] / 2}))
    done = in_process("gate", run, "--max", f"{name}={said[name]}")
    assert f"test_predictions.npy has {name} " in done.output
    assert done.output.startswith("not met")
