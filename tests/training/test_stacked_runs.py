"""Runs that take their steps in one call: each leaves what a run alone leaves, to 1e-5."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from running import in_process, info, only_run, outcome, rows

from mlpcli.config import Config, load_config
from mlpcli.runs import MetricsRow, describe_environment, load_run
from mlpcli.runs.checkpoint import from_bytes
from mlpcli.runs.layout import checkpoints
from mlpcli.terminal import StoppedError, StopRequest, Talk
from mlpcli.training import Job, started, train_all, train_many
from mlpcli.training import room as rooms
from mlpcli.training import stacked as stacks
from mlpcli.training.session import Session

pytestmark = pytest.mark.tf

CONFIG = """\
dataset: penguins
layers: 3
width: 12
learning_rate: 0.1
steps: 100
batch_size: 16
log_every: 7
eval_every: 16
checkpoint_every: 11
keep: best
"""
CHANGES: tuple[tuple[str, ...], ...] = (
    (),
    ("learning_rate=0.03", "momentum=0.9"),
    ("seed=3", "init=normal", "init_stddev=0.1"),
    ("decay=cosine", "order=sequential"),
    ("decay=linear", "warmup_steps=20", "weight_decay=0.01", "momentum=0.5", "log_every=10"),
    ("steps=60", "patience=2", "eval_every=5"),
    ("width=9", "seed=5"),  # of another structure
)


class Nothing:
    """A view that shows nothing."""

    begun = row = tick = staticmethod(lambda *_: None)


@pytest.fixture(scope="module", autouse=True)
def _two_cores() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rooms, "cores", lambda: 2)
        patch.setattr(stacks, "cores", lambda: 2)
        yield


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("stacked")
    (place / "a.yaml").write_text(CONFIG)
    return place


@pytest.fixture(scope="module")
def configs(place: Path) -> list[Config]:
    return [load_config(place / "a.yaml", each) for each in CHANGES]


@pytest.fixture(scope="module")
def alone(configs: list[Config], place: Path) -> list[Path]:
    """Give runs that were trained one by one."""
    for number, config in enumerate(configs):
        assert train_all([config], place / f"{number}" / "runs") == 0
    return [only_run(place / f"{number}") for number in range(len(configs))]


@pytest.fixture(scope="module")
def session(configs: list[Config]) -> Iterator[Session]:
    with started(configs, describe_environment, Talk(quiet=True, stdout="nothing")) as session:
        yield session


def train(jobs: Sequence[Job], root: Path, session: Session, stack: int = 8) -> list[Path]:
    ended = list(train_many(jobs, root, session, Nothing(), stack=stack))
    assert sorted(map(id, ended)) == sorted(map(id, jobs))
    return [job.path for job in jobs if job.path]


def arrays(run: Path) -> list[NDArray[Any]]:
    newest = from_bytes(checkpoints(run)[0].read_bytes(), load_config(run / "config.yaml"))
    return [np.int32([newest.step, newest.row]), *newest.weights, *newest.state, *newest.best]


def assert_agree(run: Path, other: Path) -> None:
    """Hold a run against another: files, rows, their layers, and where the training stands."""
    assert sorted(file.name for file in run.iterdir()) == sorted(
        file.name for file in other.iterdir()
    )
    for ours, own in zip(arrays(run), arrays(other), strict=True):
        assert np.linalg.norm(ours - own) <= 1e-5 * np.linalg.norm(own)
    assert_near(rows(run), rows(other))
    ours, own = load_run(run), load_run(other)
    assert ours.status == own.status == "completed"
    assert ours.summary
    assert own.summary
    for key in ("steps", "stopped", "kept_step", "best_val_step", "test_correct", "test_examples"):
        assert getattr(ours.summary, key) == getattr(own.summary, key)
    assert ours.summary.test_loss == pytest.approx(own.summary.test_loss, rel=1e-5)
    predictions = [(each / "test_predictions.npy").read_bytes() for each in (run, other)]
    assert predictions[0] == predictions[1]


def assert_near(ours: Any, own: Any) -> None:
    """Hold JSON against JSON: numbers to 1e-5, or the digits that are written."""
    if isinstance(own, dict):
        assert list(ours) == list(own)
        ours, own = list(ours.values()), list(own.values())
    if isinstance(own, list):
        for each, other in zip(ours, own, strict=True):
            assert_near(each, other)
    elif isinstance(own, float):
        assert ours == pytest.approx(own, rel=2e-3 if own == float(f"{own:.4g}") else 1e-5)
    else:
        assert ours == own


def test_a_stacked_run_leaves_what_a_run_alone_leaves(
    alone: list[Path], configs: list[Config], session: Session, tmp_path: Path
) -> None:
    runs = train([Job.part(config) for config in configs], tmp_path, session)
    for run, other in zip(runs, alone, strict=True):
        assert_agree(run, other)
        assert info(run)["stacked"] == info(run)["side_by_side"] == 8
        assert "1e-5 relative over 100 steps" in info(run)["bits"]
        assert "stacked" not in info(other)


def test_runs_stop_at_rungs_and_go_on_stacked_or_alone(
    alone: list[Path], configs: list[Config], session: Session, tmp_path: Path
) -> None:
    some = configs[:4]
    jobs = [Job.part(each, 20 + n, "the best go on") for n, each in enumerate(some)]
    paths = train(jobs, tmp_path, session)
    for job in jobs:
        assert job.rung
        assert job.path
        assert (job.rung.step, job.status) == (job.until, "stopped")
        assert load_run(job.path).status == "stopped"
    *stacked, last = paths
    train([Job.part(job.config, path=job.path) for job in jobs[:3]], tmp_path, session, 3)
    in_process("resume", last)  # as an ordinary run
    for run, other in zip([*stacked, last], alone, strict=False):
        assert_agree(run, other)
    assert info(last)["stacked"] == 8
    assert "stopped" not in info(last)


def test_one_that_diverges_or_fails_leaves_the_others_their_bits(
    place: Path, session: Session, tmp_path: Path
) -> None:
    well = [load_config(place / "a.yaml", (f"seed={n}", "momentum=0.5")) for n in range(5)]
    bad = load_config(place / "a.yaml", ("learning_rate=1e30", "momentum=0.9"))
    healthy = train([Job.part(config) for config in well], tmp_path / "well", session)
    none = Job.part(bad, path=tmp_path / "none")
    jobs = [Job.part(bad), none, *[Job.part(config) for config in well[1:]]]
    sick = train(jobs, tmp_path / "sick", session)
    assert [job.status for job in jobs] == ["diverged", "failed", *["completed"] * 4]
    assert "not a finite number" in str(jobs[0].error)
    for run, other in zip(sick[2:], healthy[1:], strict=True):
        pairs = zip(arrays(run), arrays(other), strict=True)
        assert all(a.tobytes() == b.tobytes() for a, b in pairs)


def test_jobs_that_are_chosen_later_take_places_that_became_free(
    alone: list[Path], configs: list[Config], session: Session, tmp_path: Path
) -> None:
    jobs, ended = [Job.part(config) for config in configs], list[Job]()

    def chosen() -> Iterator[Job | None]:
        yield from jobs[:2]
        yield None
        assert ended
        for job in jobs[2:]:
            assert len([each for each in jobs if each.begun]) - len(ended) <= 3
            yield job

    ended.extend(train_many(chosen(), tmp_path, session, Nothing(), stack=3))
    for job, other in zip(jobs, alone, strict=True):
        assert job.path
        assert_agree(job.path, other)


def test_a_signal_stops_all_and_each_can_go_on_alone(
    place: Path, session: Session, tmp_path: Path
) -> None:
    class Stopping(Nothing):
        @staticmethod
        def row(job: Job, row: MetricsRow, ended: bool) -> None:
            request.received = 15

    request, changes = StopRequest(), ["steps=9000"]
    changes += [f"{key}_every=500" for key in ("log", "eval", "checkpoint")]
    configs = [load_config(place / "a.yaml", (*changes, f"seed={n}")) for n in range(5)]
    jobs, stopping = [Job.part(each) for each in configs], replace(session, stop=request)
    with pytest.raises(StoppedError, match="SIGTERM"):
        list(train_many(jobs, tmp_path, stopping, Stopping(), stack=4))
    assert [job.status for job in jobs] == [*["interrupted"] * 4, "not begun"]
    for job in jobs[:4]:
        assert job.path
        assert load_run(job.path).status == "interrupted"
    assert in_process("resume", *(job.path for job in jobs[:4])).exit_code == 0
    assert all(load_run(job.path).status == "completed" for job in jobs[:4] if job.path)


def test_runs_whose_data_stay_on_the_disk_take_their_own_steps(
    alone: list[Path],
    configs: list[Config],
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stacks, "MappedFeatures", np.ndarray)
    jobs = [Job.part(config) for config in configs[:2]]
    for run, other in zip(train(jobs, tmp_path, session), alone, strict=False):
        assert outcome(run) == outcome(other)
        assert "stacked" not in info(run)
