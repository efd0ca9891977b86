"""A file of one's own goes all the way: checked, trained, shown, compared, explained, gone on."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import in_process, runs

from mlpcli.data import mnist

pytestmark = pytest.mark.tf

CONFIG = """\
dataset: birds.csv
target: species
layers: 2
width: 24
learning_rate: 0.1
steps: 120
batch_size: 20
log_every: 10
eval_every: 20
"""
KINDS = ("adelie", "chinstrap", "gentoo")
ROWS = 300


@pytest.fixture
def birds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three clouds of four measures and an island, beside their config; we are elsewhere."""
    rng = np.random.default_rng(0)
    species = rng.integers(0, 3, ROWS)
    measures = 3 * rng.standard_normal((3, 4))[species] + rng.standard_normal((ROWS, 4))
    islands = np.array(["biscoe", "dream"])[rng.integers(0, 2, ROWS)]
    lines = ["a,b,c,d,island,species"]
    for row, island, kind in zip(measures, islands, species, strict=True):
        lines.append(",".join([*(f"{each:.3f}" for each in row), island, KINDS[kind]]))
    lines[1:20] = [re.sub("^[^,]*", "", line) for line in lines[1:20]]  # some are missing
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "birds.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "data" / "birds.yaml").write_text(CONFIG)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> str:
    done = in_process(*words)
    assert done.exit_code == 0, done.output
    return done.output


def test_every_command_takes_its_numbers_from_the_data_set(birds: Path) -> None:
    checked = run("check", "data/birds.yaml", "--full")
    assert "7-24-3" in checked  # 4 numbers, 1 that says what is missing, 2 islands
    run("train", "data/birds.yaml", "--seeds", "2")
    shown = run("show", "latest", "--full")
    classes = shown[shown.index("Classes of the test set") :]
    assert re.search(r"^2 +\S+", classes, re.M)
    assert not re.search(r"^3 +\S+ +\S+ to", classes, re.M)
    (setting,) = json.loads(run("compare", "runs", "--json"))["settings"]
    assert setting["seeds"] == 2
    assert setting["results"]["val_accuracy"]["mean"] > 0.9
    explained = run("explain", "latest")
    looked_for = run("lr", "data/birds.yaml")
    assert re.search(r"^learning_rate [\d.]+; [\d.]+ to [\d.]+ are about as good", looked_for, re.M)
    everything = "\n".join((checked, shown, explained, looked_for))
    assert not re.search(r"image|pixel|\b784\b|ln 10\b|2\.303", everything)


def test_a_rerun_of_a_runs_config_infers_nothing_and_repeats_it(birds: Path) -> None:
    run("train", "data/birds.yaml", "-q")
    (first,) = runs(birds)
    config = (first / "config.yaml").read_text()
    for line in ("task: classification", "target: species", "split: stratified", "test: 0.2"):
        assert line in config
    run("train", str(first / "config.yaml"), "-q", "--runs-dir", "again")
    (second,) = (birds / "again").iterdir()
    for name in ("test_predictions.npy", "test_targets.npy"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    about = [json.loads((each / "run.json").read_text())["data"] for each in (first, second)]
    assert about[0] == about[1]
    assert about[0]["task"]["classes"] == list(KINDS)


def test_a_run_is_not_gone_on_with_on_a_file_that_has_changed(birds: Path) -> None:
    run("train", "data/birds.yaml", "-q")
    (first,) = runs(birds)
    (first / "summary.json").unlink()
    file = birds / "data" / "birds.csv"
    file.write_text(file.read_text().replace("biscoe", "torgersen", 1))
    done = in_process("resume", str(first))
    assert "birds.csv" in done.output
    assert not (first / "summary.json").exists()


def test_a_file_that_was_moved_is_the_same_data_set(birds: Path) -> None:
    run("train", "data/birds.yaml", "--seeds", "2", "-q")
    (birds / "data" / "birds.csv").rename(birds / "data" / "moved.csv")
    config = (birds / "data" / "birds.yaml").read_text()
    (birds / "data" / "birds.yaml").write_text(config.replace("birds.csv", "moved.csv"))
    again = run("train", "data/birds.yaml", "--seeds", "3", "--needed")
    assert len(runs(birds)) == 3, again
    (setting,) = json.loads(run("compare", "runs", "--json"))["settings"]
    assert setting["seeds"] == 3


PIXELS = """\
layers: 2
width: 16
learning_rate: 0.2
steps: 60
batch_size: 32
"""
IDX = """\
dataset: train-images-idx3-ubyte
test: t10k-images-idx3-ubyte
validation: 5000
split: first
"""


def write_idx(path: Path, array: Any) -> None:
    """Write bytes as an IDX file: its magic number, the sizes, then the values."""
    sizes = np.array(array.shape, ">u4").tobytes()
    path.write_bytes(bytes((0, 0, 8, array.ndim)) + sizes + array.astype(np.uint8).tobytes())


def test_mnist_as_idx_files_and_as_the_built_in_one_trains_to_the_same_bits(birds: Path) -> None:
    with mnist.arrays() as found:
        for part, file in (("train", "train"), ("test", "t10k")):
            write_idx(birds / f"{file}-images-idx3-ubyte", found[f"x_{part}"])
            write_idx(birds / f"{file}-labels-idx1-ubyte", found[f"y_{part}"])
    (birds / "files.yaml").write_text(IDX + PIXELS)
    (birds / "inside.yaml").write_text(PIXELS)
    run("train", "files.yaml", "inside.yaml", "-q")
    summaries = [json.loads((each / "summary.json").read_text()) for each in runs(birds)]
    keys = ("train_loss", "val_loss", "test_loss", "test_correct", "val_examples")
    assert len(summaries) == 2
    assert len({tuple(summary[key] for key in keys) for summary in summaries}) == 1
    predictions = {(each / "test_predictions.npy").read_bytes() for each in runs(birds)}
    assert len(predictions) == 1
