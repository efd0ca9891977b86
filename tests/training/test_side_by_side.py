"""Runs side by side: when each begins, what is left of one that fails, and what a signal leaves."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlpcli.config import Config
from mlpcli.errors import RunError
from mlpcli.runs import MetricsRow, Rung
from mlpcli.terminal import StoppedError, StopRequest, Talk
from mlpcli.training import room as rooms
from mlpcli.training.job import Job
from mlpcli.training.room import Room, places
from mlpcli.training.session import Session
from mlpcli.training.side_by_side import side_by_side

VALUES: dict[str, Any] = {"layers": 2, "width": 8, "learning_rate": 0.1, "steps": 9}


def config_of(name: str, **values: Any) -> Config:
    return Config(name=name, **{**VALUES, "batch_size": 1, **values})


def jobs_of(names: str) -> list[Job]:
    return [Job.of(config_of(name)) for name in names]


class Seen:
    """A view that notes what it is shown."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def begun(self, job: Job) -> None:
        self.said.append(f"{job.config.name} begins")

    def row(self, job: Job, row: MetricsRow, ended: bool) -> None:
        self.said.append(f"{job.config.name} at {row.step}")

    def tick(self) -> None:
        """Note nothing."""


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(rooms, "cores", lambda: 2)
    return Session({}, {}, StopRequest(), Talk(quiet=True), lambda job: pytest.fail("replaced"))


def row_of(step: int) -> MetricsRow:
    return MetricsRow(step, 1.0, 0.5, 0.1, 1.0, 1.0)


def test_a_job_is_chosen_when_a_place_is_free_and_by_what_has_ended(session: Session) -> None:
    ended, both = [], threading.Barrier(2, timeout=5)

    def chosen() -> Iterator[Job | None]:
        yield from jobs_of("ab")
        assert len(ended) == 1  # whichever it was
        yield None  # nothing is to be done before the other has ended
        assert sorted(ended) == ["a", "b"]
        yield Job.of(config_of("c"))

    def work(job: Job, session: Session) -> None:
        if job.config.name in "ab":
            both.wait()  # each goes on only when both have begun
        with session.watch(job) as watcher:
            watcher.update(row_of(3))

    seen = Seen()
    for job in side_by_side(chosen(), work, session, Room(), seen):
        assert (job.status, job.side_by_side) == ("completed", 2)
        ended.append(job.config.name)
    assert sorted(ended[:2]) == ["a", "b"]
    assert ended[2] == "c"
    assert seen.said[:2] == ["a begins", "b begins"]
    assert {"a at 3", "b at 3", "c at 3"} < {*seen.said}


def test_one_that_fails_or_stops_at_a_rung_does_not_stop_the_others(session: Session) -> None:
    def work(job: Job, session: Session) -> Rung | None:
        if job.config.name == "a":
            raise RunError("no disk")
        return Rung(4, "a third goes on", val_accuracy=0.5) if job.config.name == "b" else None

    jobs = jobs_of("abc")
    assert len([*side_by_side(jobs, work, session, Room(), Seen())]) == 3
    assert [job.status for job in jobs] == ["failed", "stopped", "completed"]
    assert [job.reason for job in jobs] == [
        "no disk",
        "stopped after step 4: a third goes on",
        None,
    ]
    assert str(jobs[0].error) == "no disk"


def until_stopped(job: Job, session: Session) -> None:
    while True:
        session.stop.check()
        threading.Event().wait(0.01)


def test_a_signal_stops_those_under_way_and_begins_no_other(session: Session) -> None:
    jobs, ended = jobs_of("abc"), list[Job]()
    threading.Timer(0.1, setattr, [session.stop, "received", 15]).start()
    with pytest.raises(StoppedError, match="SIGTERM"):
        ended.extend(side_by_side(jobs, until_stopped, session, Room(), Seen()))
    assert [job.status for job in jobs] == ["interrupted", "interrupted", "not begun"]


def test_a_caller_that_leaves_stops_those_under_way(session: Session) -> None:
    def work(job: Job, session: Session) -> None:
        if job.config.name == "b":
            until_stopped(job, session)

    jobs = jobs_of("ab")
    running = side_by_side(jobs, work, session, Room(), Seen())
    assert next(iter(running)).config.name == "a"
    running.close()  # type: ignore[attr-defined]
    assert jobs[1].status == "interrupted"


def test_an_error_that_nobody_foresaw_is_raised_and_stops_the_others(session: Session) -> None:
    def work(job: Job, session: Session) -> None:
        if job.config.name == "a":
            raise KeyError("ours")
        until_stopped(job, session)

    jobs = jobs_of("ab")
    with pytest.raises(KeyError, match="ours"):
        list(side_by_side(jobs, work, session, Room(), Seen()))
    assert [job.status for job in jobs] == ["failed", "interrupted"]


def test_as_many_train_at_once_as_pay_for_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step takes 6 FLOP a weight and example, and one of 400 MFLOP keeps a core busy.

    784-32-10 has 25,450 weights: 4.9 MFLOP in batches of 32. 784-2000-2000-10 has 5,592,010: 3,355
    MFLOP in batches of 100, the work of 8.4 cores.
    """
    small = config_of("small", width=32, batch_size=32)
    large = config_of("large", layers=3, width=2000, batch_size=100)
    for cores, of_small, of_large in ((1, 1, 1), (2, 2, 1), (16, 16, 1), (64, 64, 7)):
        monkeypatch.setattr(rooms, "cores", lambda cores=cores: cores)
        assert (places(small), places(large)) == (of_small, of_large)
    monkeypatch.setattr(rooms, "cores", lambda: 2)
    assert Room().has([], large)  # alone
    assert Room().has([small], small)
    assert not Room().has([small, small], small)
    assert not Room().has([small], large)
    assert not Room(1).has([small], small)


def test_fewer_train_at_once_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "cores", lambda: 4)
    wide = config_of("wide", width=1000)
    assert Room().of(wide) == 4
    monkeypatch.setattr("mlpcli.runs.footprint.physical_memory", lambda: 1_000_000_000)
    assert Room().of(wide) == 2  # one takes 920 MB, of which 53 MB are the network's own
    monkeypatch.setattr("mlpcli.runs.footprint.physical_memory", lambda: 1_000)
    assert Room().of(wide) == 1  # which is tried
    assert not Room().has([wide], wide)
    assert "no memory for two" in Room().text([wide, wide])


def test_a_rung_that_cannot_be_is_none(tmp_path: Path) -> None:
    from mlpcli.runs import rung_of

    kept = {"step": 4, "why": "of three", "val_loss": None, "val_accuracy": 0.5, "val_r2": None}
    assert rung_of({"stopped": kept}) == Rung(4, "of three", None, 0.5)
    for wrong in ({}, {"stopped": 7}, {"stopped": {**kept, "val_accuracy": 7}}):
        assert rung_of(wrong) is None
