"""A run's directory on the head, written from what a worker sends of it."""

from pathlib import Path

import pytest
from remote_workers import View

from mlpcli.cluster.messages import Outcome, Told
from mlpcli.cluster.remote_run import RemoteRun
from mlpcli.config import Config
from mlpcli.errors import DivergedError, RunError
from mlpcli.runs import Delivery, Have, RunDirectory, delivery, load_run, unpacked
from mlpcli.runs.layout import METRICS_FILE
from mlpcli.runs.metrics import to_line
from mlpcli.runs.records import MetricsRow
from mlpcli.terminal import StopRequest
from mlpcli.terminal.signals import StoppedError
from mlpcli.training import Job

CONFIG = Config(name="a", layers=1, learning_rate=0.1, steps=90, batch_size=10, log_every=30)


def row(step: int) -> MetricsRow:
    return MetricsRow(step, 0.5, 0.9, 0.1, 1.0, 10.0)


def lines(*steps: int) -> bytes:
    return b"".join(to_line(row(step)) for step in steps)


@pytest.fixture
def run(tmp_path: Path) -> RemoteRun:
    return RemoteRun.new(Job.part(CONFIG), tmp_path, {"host": "far"}, StopRequest())


def view_of(run: RemoteRun) -> View:
    view = View()
    view.begun(run.job)
    return view


def test_rows_and_checkpoints_are_written_once_however_often_they_come(run: RemoteRun) -> None:
    view = view_of(run)
    run.receive(Delivery(lines(1, 30), {10: b"ten", 20: b"twenty"}), view)
    have = run.have
    run.receive(Delivery(lines(1, 30, 60), {20: b"again", 50: b"fifty"}), view)
    assert view.steps[run.job.name] == [1, 30, 60]
    assert (run.path / METRICS_FILE).read_bytes() == lines(1, 30, 60)
    assert have == Have(len(lines(1, 30)), 20)
    kept = {path.name: path.read_bytes() for path in run.path.glob("checkpoint-*")}
    assert kept == {"checkpoint-000000020.bin": b"twenty", "checkpoint-000000050.bin": b"fifty"}


def test_what_goes_to_the_next_worker_is_all_that_came_back(run: RemoteRun, tmp_path: Path) -> None:
    run.receive(Delivery(lines(1, 30), {10: b"ten", 20: b"twenty"}), view_of(run))
    assert sorted(run.packed()) == [
        *("checkpoint-000000020.bin", "config.yaml", "metrics.jsonl", "run.json")
    ]
    unpacked(run.packed(), tmp_path / "there")
    assert delivery(tmp_path / "there", Have()) == Delivery(lines(1, 30), {20: b"twenty"})
    assert delivery(tmp_path / "there", run.have) == Delivery()


def test_a_row_that_is_being_written_is_left_for_the_next_time(tmp_path: Path) -> None:
    (tmp_path / METRICS_FILE).write_bytes(lines(1, 30)[:-5])
    assert delivery(tmp_path, Have()) == Delivery(lines(1))


def test_no_file_that_is_none_of_a_run_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no file of a run"):
        unpacked({"../config.yaml": b""}, tmp_path / "there")


def test_a_run_under_way_is_locked_and_one_that_a_signal_ended_goes_on(run: RemoteRun) -> None:
    with pytest.raises(BlockingIOError):
        RunDirectory.reopen(run.path)
    error = StoppedError(2)
    run.end_by(error)
    assert (run.job.status, run.job.error) == ("interrupted", error)
    assert load_run(run.path).status == "interrupted"
    assert error.hint == f"go on with: mlpcli resume {run.path}"
    RunDirectory.reopen(run.path).close()


def test_an_error_is_the_one_that_the_worker_told(run: RemoteRun) -> None:
    diverged = DivergedError(40, "validation loss")
    run.end(Outcome("diverged", Delivery(lines(1, 30)), error=Told.of(diverged)), view_of(run))
    assert isinstance(run.job.error, DivergedError)
    assert (str(run.job.error), run.job.error.step) == (str(diverged), 40)
    assert run.job.status == load_run(run.path).status == "diverged"


def test_an_outcome_without_a_result_is_a_failure(run: RemoteRun) -> None:
    run.end(Outcome("completed"), view_of(run))
    assert isinstance(run.job.error, RunError)
    assert run.job.status == "failed"
