"""Cross-validation from the command line: trained, compared by fold, and passed by a gate."""

import json
import math
from pathlib import Path
from statistics import fmean, stdev

import pytest
from running import TINY, Done, in_process, mlpcli

pytestmark = pytest.mark.process
TEXT = (
    "dataset: iris\nlayers: 1\nlearning_rate: 0.3\nsteps: 60\nbatch_size: 16\n"
    "log_every: 60\neval_every: 60\n"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    place = tmp_path_factory.mktemp("folds")
    (place / "a.yaml").write_text(TEXT)
    done = mlpcli(["train", "a.yaml", "--folds", "5", "--json"], place)
    assert done.returncode == 0, done.stderr
    more = mlpcli(["train", "a.yaml", "learning_rate=0.001", "--folds", "5", "--seeds", "2"], place)
    assert more.returncode == 0, more.stderr
    return place, done


def summaries(place: Path, rate: float) -> list[dict[str, float]]:
    runs = []
    for run in sorted((place / "runs").iterdir()):
        config = json.loads((run / "run.json").read_text())["config"]
        if config["learning_rate"] == rate:
            said = json.loads((run / "summary.json").read_text())
            runs.append({**said, "fold": config["fold"], "seed": config["seed"]})
    return runs


def test_the_table_has_the_folds_and_their_mean_with_the_wider_interval(
    made: tuple[Path, Done],
) -> None:
    place, done = made
    assert "the 95 % interval of the mean over folds, whose training rows overlap" in done.stderr
    record = json.loads(done.stdout)
    assert [(run["fold"], run["seed"]) for run in record["runs"]] == [(n, 0) for n in range(1, 6)]
    (found,) = record["settings"]
    assert (found["seeds"], found["folds"]) == (5, 5)
    scores = [each["test_accuracy"] for each in summaries(place, 0.3)]
    mean = found["results"]["test_accuracy"]
    assert (mean["mean"], mean["n"]) == (pytest.approx(fmean(scores)), 5)
    # 30 rows test, 97 train; t of 4 degrees of freedom is 2.776445
    half = 2.776445 * stdev(scores) * math.sqrt(1 / 5 + 30 / 97)
    assert mean["low"] == pytest.approx(fmean(scores) - half, rel=1e-5)


def test_compare_pairs_by_fold_over_the_mean_of_each_folds_seeds(made: tuple[Path, Done]) -> None:
    place, _ = made
    record = json.loads(in_process("compare", place / "runs", "--json").output)
    best, worse = record["settings"]
    assert (best["seeds"], best["folds"], worse["seeds"], worse["folds"]) == (5, 5, 5, 5)
    by_fold = {
        fold: fmean(s["val_accuracy"] for s in summaries(place, 0.001) if s["fold"] == fold)
        for fold in range(1, 6)
    }
    apart = [by_fold[s["fold"]] - s["val_accuracy"] for s in summaries(place, 0.3)]
    assert worse["difference"] == pytest.approx(fmean(apart))
    # 23 rows validate, 97 train
    half = 2.776445 * stdev(apart) * math.sqrt(1 / 5 + 23 / 97)
    assert worse["difference_low"] == pytest.approx(fmean(apart) - half, rel=1e-5)
    assert worse["answer"] == "worse"
    shown = in_process("compare", place / "runs", COLUMNS="200").output
    assert "5 folds x 2 seeds" in shown
    assert "the mean over 5 folds" in shown


def test_a_fold_that_is_missing_is_counted_and_advised(
    made: tuple[Path, Done], tmp_path: Path
) -> None:
    place, _ = made
    words = ["train", place / "a.yaml", "learning_rate=0.2", "folds=5", "fold=2"]
    assert mlpcli(words, tmp_path).returncode == 0
    done = in_process("compare", place / "runs", tmp_path / "runs", COLUMNS="200")
    assert "1 of 5 folds" in done.output
    assert "too few folds: 3 at least" in done.output
    advised = " ".join(done.stderr.split())
    assert "--folds 5 --runs-dir" in advised
    assert advised.endswith("--needed")


def test_a_gate_holds_the_mean_over_folds(made: tuple[Path, Done]) -> None:
    place, done = made
    paths = [run["path"] for run in json.loads(done.stdout)["runs"]]
    runs = [place / path for path in paths]
    met = in_process("gate", *runs, "--min", "test_accuracy=0.5").output
    assert "(mean of 5 of 5 folds)" in met


def test_two_folds_are_compared_with_all_of_them_and_not_trained_alone(
    made: tuple[Path, Done],
) -> None:
    place, done = made
    first = place / json.loads(done.stdout)["runs"][0]["path"]
    runs = sorted((place / "runs").iterdir())
    other = next(run for run in runs if "learning_rate: 0.001" in (run / "config.yaml").read_text())
    advised = in_process("diff", first, other).stderr
    assert f"mlpcli compare {place / 'runs'}" in " ".join(advised.split())


def test_folds_that_were_trained_are_not_needed_again(made: tuple[Path, Done]) -> None:
    place, _ = made
    again = mlpcli(["train", "a.yaml", "--folds", "5", "--needed"], place)
    assert again.returncode == 0
    assert again.stderr.count("done before") == 5


def test_folds_of_what_is_built_in_are_read_with_the_rows_that_they_have(tmp_path: Path) -> None:
    words = ["train", TINY, "-s", "steps=20", "--folds", "2", "--runs-dir", "runs"]
    assert mlpcli(words, tmp_path).returncode == 0
    told = json.loads(mlpcli(["compare", "runs", "--json"], tmp_path).stdout)
    (setting,) = told["settings"]
    assert (setting["seeds"], setting["folds"], told["warnings"]) == (2, 2, [])
