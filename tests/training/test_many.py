"""Runs that a search trains side by side: the bits of a run alone, also through rungs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running import in_process, info, outcome

from mlpcli.config import Config, load_config
from mlpcli.runs import Rung, describe_environment, load_run, rung_of
from mlpcli.terminal import Talk
from mlpcli.training import Job, started, train_all, train_many
from mlpcli.training import room as rooms
from mlpcli.training.session import Session

pytestmark = pytest.mark.tf

CONFIG = """\
dataset: breast_cancer
layers: 2
width: 16
learning_rate: 0.1
momentum: 0.9
decay: cosine  # which goes by all of the steps
steps: 60
batch_size: 32
log_every: 7
eval_every: 16
checkpoint_every: 11
keep: best
"""


class Nothing:
    """A view that shows nothing."""

    begun = row = tick = staticmethod(lambda *_: None)


@pytest.fixture(scope="module", autouse=True)
def _two_cores() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "cores", lambda: 2)
        yield


@pytest.fixture(scope="module")
def configs(tmp_path_factory: pytest.TempPathFactory) -> list[Config]:
    """Give three of one structure, and one of another among them."""
    path = tmp_path_factory.mktemp("configs") / "a.yaml"
    path.write_text(CONFIG)
    changes = (["seed=0"], ["seed=1"], ["width=40"], ["seed=2"])
    return [load_config(path, each) for each in changes]


@pytest.fixture(scope="module")
def alone(configs: list[Config], tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Give the outcomes of runs that were trained one by one."""
    place = tmp_path_factory.mktemp("alone")
    for number, config in enumerate(configs):
        assert train_all([config], place / f"{number}") == 0
    return [outcome(run) for number in range(4) for run in (place / f"{number}").iterdir()]


@pytest.fixture(scope="module")
def session(configs: list[Config]) -> Iterator[Session]:
    with started(configs, describe_environment, Talk(quiet=True, stdout="nothing")) as session:
        yield session


def test_runs_side_by_side_have_the_bits_of_runs_alone(
    alone: list[dict[str, Any]], configs: list[Config], session: Session, tmp_path: Path
) -> None:
    jobs = [Job.part(config) for config in configs]
    assert len(list(train_many(jobs, tmp_path, session, Nothing()))) == 4
    assert [outcome(job.path) for job in jobs if job.path] == alone
    assert {info(run)["side_by_side"] for run in tmp_path.iterdir()} == {2}


def test_runs_go_on_from_rung_to_rung_to_the_bits_of_runs_that_never_stopped(
    alone: list[dict[str, Any]], configs: list[Config], session: Session, tmp_path: Path
) -> None:
    """A step at which nothing is due, the first, one with a row, and one with a checkpoint."""
    paths: list[Path | None] = [None] * 4
    for steps in ((13, 1, 32, 33), (20, 30, 45, 44)):
        each = zip(configs, steps, paths, strict=True)
        jobs = [Job.part(config, step, "the best go on", path) for config, step, path in each]
        list(train_many(jobs, tmp_path, session, Nothing()))
        paths = [job.path for job in jobs]
        for job in jobs:
            assert job.path
            assert job.rung
            assert rung_of(info(job.path)) == job.rung
            text = f"stopped after step {job.until}: the best go on"
            run = load_run(job.path)
            assert (job.status, run.status, job.reason, run.error) == ("stopped",) * 2 + (text,) * 2
    last = [Job.part(job.config, path=job.path) for job in jobs]
    list(train_many(last, tmp_path, session, Nothing()))
    assert [outcome(job.path) for job in last if job.path] == alone
    assert all("stopped" not in info(job.path) for job in last if job.path)


def test_a_rung_has_the_validation_of_its_step(
    alone: list[dict[str, Any]], configs: list[Config], session: Session, tmp_path: Path
) -> None:
    job = Job.part(configs[0], 32, "of three")
    list(train_many([job], tmp_path, session, Nothing()))
    (row,) = [row for row in alone[0]["rows"] if row["step"] == 32]  # 2 times 16: validated
    assert job.rung == Rung(32, "of three", row["val_loss"], row["val_accuracy"])


def test_compare_ranks_no_run_that_stopped_at_a_rung(
    configs: list[Config], session: Session, tmp_path: Path
) -> None:
    jobs = [Job.part(configs[0]), Job.part(configs[1], 50, "half go on")]
    list(train_many(jobs, tmp_path, session, Nothing()))
    done = in_process("compare", tmp_path, "--by", "run", "--json")
    first, second = json.loads(done.stdout)["runs"]
    assert (first["status"], second["status"]) == ("completed", "stopped")
    assert f"mlpcli resume {jobs[1].path}" in in_process("show", jobs[1].path or "").stderr
