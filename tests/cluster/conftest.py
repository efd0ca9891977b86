"""Configs on a file of the user's, and workers that have a working directory of their own."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from remote_workers import Workers, ended_within

from mlpcli.config import Config, load_config
from mlpcli.data.built_in import BUILT_IN

# a path that is another file in each process: as on machines that share no files
TABLE = "/proc/self/cwd/penguins.csv"
CONFIG = f"""\
dataset: {TABLE}
layers: 2
width: 8
learning_rate: 0.05
momentum: 0.9
decay: cosine
steps: 2000
batch_size: 16
log_every: 70
eval_every: 160
checkpoint_every: 110
keep: best
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder with a user's table in it, which is the working directory."""
    place, before = tmp_path_factory.mktemp("head"), Path.cwd()
    (place / "penguins.csv").write_bytes(BUILT_IN["penguins"].file.read_bytes())
    os.chdir(place)
    yield place
    os.chdir(before)


@pytest.fixture(scope="module")
def configs(place: Path) -> list[Config]:
    """Give nine configs of one structure, and three of another."""
    path = place / "a.yaml"
    path.write_text(CONFIG + "target: species\n")
    changes = [[f"seed={seed}", f"width={12 if seed > 8 else 8}"] for seed in range(12)]
    return [load_config(path, each) for each in changes]


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Give a scheduler with two workers."""
    found = Workers(tmp_path_factory.mktemp("workers"))
    file = found.folder / "scheduler.json"
    words = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    found.start("dask_scheduler", *words, "--dashboard-address", "127.0.0.1:0")
    assert ended_within(30, file.exists)
    assert ended_within(5, lambda: '"address"' in file.read_text())
    found.address = str(json.loads(file.read_text())["address"])
    found.start_worker()
    found.start_worker()
    yield found
    for process in found.processes:
        process.kill()
        process.wait()
