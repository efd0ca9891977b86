"""What a run directory says of where it was made."""

import json
from pathlib import Path
from typing import Any

import pytest
from running import in_process

from mlpcli.config import Config
from mlpcli.data.mnist import MNIST
from mlpcli.errors import MlpcliError
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.provenance import (
    COMPUTING,
    computing_variables,
    describe_environment,
    package_versions,
)
from mlpcli.runs.read import load_run
from mlpcli.runs.resume_plan import plan

CONFIG = Config(name="deep", layers=1, learning_rate=0.1, steps=10, batch_size=4)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in computing_variables():
        monkeypatch.delenv(name)


def begun(root: Path, **about: Any) -> Path:
    """Make a run that was begun with these things said of where."""
    info = {
        "config": CONFIG.resolved(),
        "data": {"name": "mnist", "sha256": MNIST.sha256},
        "versions": package_versions(),
    }
    with RunDirectory.create(root, "deep", CONFIG.to_yaml(), {**info, **about}) as run:
        return run.path


def test_variables_that_choose_how_to_compute_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert computing_variables() == {}
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert describe_environment()["environment"] == {
        "OMP_NUM_THREADS": "1",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }


@pytest.mark.parametrize(
    "name", ["TF_VAR_password", "TF_CLI_CONFIG_FILE", "TF_CPP_MIN_LOG_LEVEL", "CUDA_HOME", "HOME"]
)
def test_no_other_variable_is(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "secret")
    assert computing_variables() == {}


def test_of_too_much_a_part_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        monkeypatch.setenv(f"OMP_{number}", "x" * 10_000)
    monkeypatch.setattr("sys.argv", ["mlpcli", "train", *["a.yaml"] * 300_000])
    about = describe_environment()
    assert len(about["environment"]) == 50
    assert {len(value) for value in about["environment"].values()} == {500}
    assert len(about["command"]) == 2_000


def test_the_error_that_ends_a_run_is_told_in_part(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError),  # noqa: PT011
        RunDirectory.create(tmp_path, "deep", CONFIG.to_yaml(), {}) as run,
    ):
        raise ValueError("x" * 2_000_000)
    assert len(load_run(run.path).error or "") == 2_000


def test_a_run_goes_on_only_with_the_variables_it_was_started_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(tmp_path, environment={"TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "1"})
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    with pytest.raises(MlpcliError) as caught:
        plan(run, ())
    assert str(caught.value).splitlines() == [
        f"{run}: OMP_NUM_THREADS is 4, was not set in the environment",
        f"{run}: TF_ENABLE_ONEDNN_OPTS is not set, was 0 in the environment",
    ]
    monkeypatch.delenv("OMP_NUM_THREADS")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert plan(run, ())


def test_a_run_of_before_does_not_say_its_variables_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert plan(begun(tmp_path), ())


def test_diff_shows_the_variables_that_differ(tmp_path: Path) -> None:
    runs = [begun(tmp_path, environment=each) for each in ({}, {"XLA_FLAGS": "--a"})]
    changes = json.loads(in_process("diff", *runs, "--json").stdout)["environment"]
    assert changes == [{"key": "environment.XLA_FLAGS", "a": None, "b": "--a"}]


@pytest.mark.parametrize("said", [7, [], {"OMP_NUM_THREADS": {"deep": 1}}, {"x" * 9_000: "y"}])
def test_odd_variables_in_run_json_are_no_reason_to_fail(tmp_path: Path, said: object) -> None:
    run = begun(tmp_path, environment=said)
    assert len(str(load_run(run).environment["environment"])) < 3_000


def test_the_beginnings_leave_terraforms_names_alone() -> None:
    assert not "TF_VAR_".startswith(COMPUTING)
