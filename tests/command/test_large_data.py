"""Data that do not fit into memory, as each command has them."""

import io
import json
import resource
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import polars as pl
import pytest
from running import MLPCLI, in_process, mlpcli, only_run, outcome, runs

from mlpcli.config import load_config
from mlpcli.data import MappedFeatures, dataset_of, registry
from mlpcli.data.sources import bounds
from mlpcli.training import batches

ROWS = 2_000
CONFIG = """\
layers: 2
width: 8
learning_rate: 0.1
momentum: 0.9
steps: 60
batch_size: 32
log_every: 7
eval_every: 25
checkpoint_every: 11
"""


def columns() -> dict[str, Any]:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(ROWS, 4))
    return {
        "a": x[:, 0],
        "b": x[:, 1].astype("f4"),
        "c": [None if each > 1.5 else ("red", "green")[int(each > 0)] for each in x[:, 2]],
        "d": [None if each > 1.5 else each for each in x[:, 3]],
        "y": np.where(x[:, 0] + x[:, 1] > 0.3, "yes", "no"),
    }


def write(folder: Path, kind: str) -> None:
    """Write a data set of a kind, and its config."""
    draw = np.random.default_rng(1)
    if kind == "parquet":
        pl.DataFrame(columns()).write_parquet(folder / "t.parquet", row_group_size=300)
    elif kind == "npy":
        x = draw.normal(size=(ROWS, 5)).astype("f4")
        x[:, 4] = 2 * x[:, 0] - x[:, 1]
        np.save(folder / "t.npy", x)
    else:
        head = b"\0\0\x08\x03" + np.array([ROWS, 3, 4], ">u4").tobytes()
        pixels = draw.integers(0, 256, (ROWS, 12)).astype("u1")
        (folder / "t-images-idx3-ubyte").write_bytes(head + pixels.tobytes())
        head = b"\0\0\x08\x01" + np.array([ROWS], ">u4").tobytes()
        labels = (pixels[:, 0] > 128).astype("u1") + (pixels[:, 1] > 200)
        (folder / "t-labels-idx1-ubyte").write_bytes(head + labels.tobytes())
    name = "t-images-idx3-ubyte" if kind == "idx" else f"t.{kind}"
    (folder / "a.yaml").write_text(f"dataset: {name}\n{CONFIG}")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(registry, "_read", {})
    return tmp_path


@pytest.fixture
def little(place: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give what leaves so little memory that all data are mapped, in blocks of two steps."""

    def leave() -> None:
        monkeypatch.setattr(bounds, "room_to_train", lambda: 1_000)
        monkeypatch.setattr(registry, "_read", {})
        monkeypatch.setattr(batches, "BLOCK", 1)

    return leave


def trained(*words: str) -> Path:
    done = in_process("train", "a.yaml", *words)
    assert done.exit_code == 0, done.output
    return Path(done.stdout.strip())


def weights(run: Path) -> list[bytes]:
    """Return the numbers that a saved model has, whatever its layers are called."""
    arrays: list[bytes] = []
    with zipfile.ZipFile(run / "model.keras") as model:
        content = io.BytesIO(model.read("model.weights.h5"))
    with h5py.File(content) as file:
        file.visititems(lambda _, each: arrays.append(np.asarray(each).tobytes()))
    return arrays


@pytest.mark.tf
@pytest.mark.parametrize("order", ["shuffle", "sequential"])
@pytest.mark.parametrize("kind", ["parquet", "npy", "idx"])
def test_a_run_on_mapped_data_is_that_on_data_in_memory_to_the_bit(
    kind: str, order: str, place: Path, little: Callable[[], None]
) -> None:
    write(place, kind)
    held = trained("-s", f"order={order}")
    little()
    mapped = trained("-s", f"order={order}")
    data = dataset_of(load_config(mapped / "config.yaml").data_spec)
    assert isinstance(data.load().train.features, MappedFeatures)
    assert outcome(mapped) == outcome(held)
    assert weights(mapped) == weights(held)
    facts = [json.loads((run / "run.json").read_text())["data"] for run in (held, mapped)]
    assert facts[0] == facts[1]


@pytest.mark.tf
@pytest.mark.parametrize("words", ["check a.yaml", "lr a.yaml", "explain RUN", "show RUN"])
def test_what_is_said_of_mapped_data_is_what_is_said_of_those_in_memory(
    words: str, place: Path, little: Callable[[], None]
) -> None:
    write(place, "parquet")
    run = str(trained())

    def said() -> dict[str, Any]:
        found = in_process(*words.replace("RUN", run).split(), "--json")
        assert found.exit_code == 0, found.output
        clocks = "time", "seconds", "run_seconds"
        record = {k: v for k, v in json.loads(found.stdout).items() if k not in clocks}
        if "footprint" in record:
            del record["footprint"]["memory"]  # mapped data take less
        return record

    held = said()
    little()
    assert said() == held


@pytest.mark.tf
def test_predictions_of_a_run_on_mapped_data_are_the_same(
    place: Path, little: Callable[[], None]
) -> None:
    write(place, "parquet")
    pl.read_parquet("t.parquet").head(50).write_csv("new.csv")
    answers = []
    for before in (lambda: None, little):
        before()
        done = in_process("predict", str(trained()), "new.csv", "-o", "out.csv")
        assert done.exit_code == 0, done.output
        answers.append((place / "out.csv").read_text())
    assert answers[0] == answers[1]


def limited(words: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    """Run the command where it may have 1.05 GB of data, of which a training takes 1.0."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (1_050_000_000,) * 2)

    return subprocess.run(
        [MLPCLI, *words],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=limit,
    )


@pytest.mark.process
def test_under_a_limit_of_memory_text_is_refused_and_an_array_is_mapped(tmp_path: Path) -> None:
    # 56 MB, and as much prepared: more than the 100 MB that are left beside the program
    x = np.random.default_rng(0).normal(size=(140_000, 101)).astype("f4")
    x[:, 100] = x[:, 0] > 0
    np.save(tmp_path / "t.npy", x)
    with (tmp_path / "t.csv").open("w") as file:
        file.write(",".join(f"x{i}" for i in range(100)) + ",y\n")
        file.writelines([",".join(["0.5"] * 100) + f",{i % 2}\n" for i in range(140_000)])
    for kind in ("npy", "csv"):
        (tmp_path / f"{kind}.yaml").write_text(f"dataset: t.{kind}\n{CONFIG}")
    refused = limited(["train", "csv.yaml"], tmp_path)
    assert refused.returncode == 2, refused.stderr
    first, second = refused.stderr.splitlines()
    assert "t.csv: takes about 0.113 GB of memory to train on, allowed 0.1 GB" in first
    assert "Parquet" in second
    assert runs(tmp_path) == []
    mapped = limited(["train", "npy.yaml"], tmp_path)
    assert mapped.returncode == 0, mapped.stderr
    free = mlpcli(["train", "npy.yaml", "--runs-dir", "free/runs"], tmp_path)
    assert free.returncode == 0
    one, other = only_run(tmp_path), only_run(tmp_path / "free")
    assert outcome(one) == outcome(other)
    assert weights(one) == weights(other)
