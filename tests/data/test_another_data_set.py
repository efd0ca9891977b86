"""A data set that is not MNIST goes all the way: trained, checked, explained, shown, compared."""

import hashlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from running import in_process

from mlpcli.config import schema
from mlpcli.data import geometry
from mlpcli.data.dataset import Dataset
from mlpcli.data.examples import Examples, Splits
from mlpcli.data.registry import DATASETS
from mlpcli.data.task import Classification

pytestmark = pytest.mark.tf

CONFIG = """\
layers: 2
width: 24
learning_rate: 0.1
steps: 120
batch_size: 20
log_every: 10
eval_every: 20
"""


def split(arrays: Any) -> Splits:
    def part(first: int, last: int) -> Examples:
        return Examples(arrays["x"][first:last], arrays["y"][first:last])

    return Splits(train=part(0, 200), validation=part(200, 240), test=part(240, 300))


@pytest.fixture
def blobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Three clouds of 20 float32 numbers, in the place of MNIST under its name."""
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 3, 300).astype(np.int32)
    centers = rng.standard_normal((3, 20))
    features = (centers[targets] + 0.3 * rng.standard_normal((300, 20))).astype(np.float32)
    file = tmp_path / "blobs.npz"
    np.savez(file, x=features, y=targets)
    dataset = Dataset(
        name="mnist",  # the names that a config may say are fixed when they are imported
        task=Classification(("adelie", "chinstrap", "gentoo")),
        inputs=20,
        scale=1.0,
        train_examples=200,
        validation_examples=40,
        test_examples=60,
        largest_class=float(np.bincount(targets[200:240]).max() / 40),
        file=file,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        split=split,
    )
    original = dict(DATASETS)
    monkeypatch.setitem(DATASETS, "mnist", dataset)
    monkeypatch.setattr(geometry, "_known", {})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    assert schema.DATASETS is DATASETS
    assert original["mnist"].inputs == 784
    (tmp_path / "a.yaml").write_text(CONFIG)
    return dataset


def run(*words: str) -> str:
    return in_process(*words).output


def test_every_command_takes_its_numbers_from_the_data_set(blobs: Dataset) -> None:
    checked = run("check", "a.yaml", "--full")
    assert "20-24-3" in checked
    assert "a healthy loss begins at 1.1 to 1.2" in checked
    run("train", "a.yaml", "--seeds", "2")
    shown = run("show", "latest", "--full")
    assert re.search(r"^2 +\S+", shown[shown.index("Classes of the test set") :], re.M)
    assert not re.search(r"^3 +\S+ +\S+ to", shown, re.M)  # the classes are 0 to 2
    compared = run("compare", "runs", "--by", "run", "--json")
    assert re.search(r'"val_accuracy": {\s+"value": 1.0,', compared)
    explained = run("explain", "latest")
    looked_for = run("lr", "a.yaml")
    assert re.search(r"^learning_rate [\d.]+; [\d.]+ to [\d.]+ are about as good", looked_for, re.M)
    everything = "\n".join((checked, shown, compared, explained, looked_for))
    assert not re.search(r"image|pixel|\b784\b|ln 10\b|2\.303", everything)
