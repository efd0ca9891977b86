"""Who may hold a run's lock, and what comes of a lock that somebody else holds."""

import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from mlpcli.errors import RunError
from mlpcli.runs import lock
from mlpcli.runs.directory import RunDirectory
from mlpcli.runs.leftovers import clear_leftovers
from mlpcli.runs.read import load_run
from mlpcli.runs.resume_plan import locked

HOLD = """
import fcntl, os, sys
os.chdir(sys.argv[1])
file = os.open(sys.argv[2], os.O_RDONLY)
if len(sys.argv) > 4:
    os.setuid(int(sys.argv[4]))
fcntl.flock(file, getattr(fcntl, sys.argv[3]))
print("held", flush=True)
sys.stdin.read()
"""
STRANGER = "65534"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="takes the user of another")


@contextmanager
def holding(run: Path, name: str, kind: str, *user: str) -> Iterator[int]:
    """Have another process hold a lock on a file of a run."""
    words = [sys.executable, "-c", HOLD, str(run), name, kind, *user]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.kill()


@pytest.fixture
def left(unfinished: Callable[..., Path]) -> Path:
    """Make a run that can go on."""
    return unfinished("deep", ValueError())


def test_only_who_may_write_the_metrics_can_open_the_lock(tmp_path: Path) -> None:
    for umask, mode in ((0o022, 0o600), (0o002, 0o660), (0o077, 0o600)):
        before = os.umask(umask)
        try:
            with RunDirectory.create(tmp_path, "deep", "layers: 1\n", {}) as run:
                assert stat.S_IMODE((run.path / ".lock").stat().st_mode) == mode
        finally:
            os.umask(before)


def test_a_run_that_ended_has_no_lock(left: Path) -> None:
    assert not (left / ".lock").exists()
    with suppress(ValueError), RunDirectory.reopen(left):
        assert (left / ".lock").exists()
        raise ValueError
    assert not (left / ".lock").exists()


def test_a_lock_that_kill_9_left_is_free(left: Path) -> None:
    (left / ".lock").touch()
    assert not lock.is_held(left)
    RunDirectory.reopen(left).close()
    assert not (left / ".lock").exists()


def test_two_cannot_hold_it(left: Path) -> None:
    run = RunDirectory.reopen(left)
    with pytest.raises(BlockingIOError):
        RunDirectory.reopen(left)
    assert lock.is_held(left)
    run.close()
    RunDirectory.reopen(left).close()


@pytest.mark.process
@pytest.mark.parametrize("user", [(), pytest.param((STRANGER,), marks=as_root)])
def test_a_shared_lock_on_the_metrics_keeps_no_run_from_going_on(
    left: Path, user: tuple[str, ...]
) -> None:
    with holding(left, "metrics.jsonl", "LOCK_SH", *user):
        run = RunDirectory.reopen(left)
        assert lock.is_held(left)
        run.close()
        assert load_run(left).status == "failed"


@pytest.mark.process
@as_root
def test_a_strangers_lock_on_the_metrics_keeps_no_run_from_going_on(left: Path) -> None:
    with holding(left, "metrics.jsonl", "LOCK_EX", STRANGER):
        RunDirectory.reopen(left).close()


@pytest.mark.process
def test_an_earlier_version_that_writes_the_metrics_is_respected_and_named(left: Path) -> None:
    with holding(left, "metrics.jsonl", "LOCK_EX") as process:
        with pytest.raises(RunError) as caught:
            locked(left)
        assert str(caught.value) == f"{left}: process {process} holds its lock"
        assert not (left / ".lock").exists()
        assert lock.is_held(left)
    RunDirectory.reopen(left).close()


@pytest.mark.process
def test_who_holds_the_lock_itself_is_named(left: Path) -> None:
    (left / ".lock").touch()
    with holding(left, ".lock", "LOCK_EX") as process, pytest.raises(RunError) as caught:
        locked(left)
    assert str(caught.value) == f"{left}: process {process} holds its lock"
    assert caught.value.hint == "wait for it, or stop it"


def test_who_trains_is_named_as_run_json_has_it(tmp_path: Path) -> None:
    with RunDirectory.create(tmp_path, "deep", "layers: 1\n", {}) as run:
        with pytest.raises(RunError) as caught:
            locked(run.path)
        host = os.uname().nodename
        trained = f"is being trained by process {os.getpid()} on {host}"
        assert str(caught.value) == f"{run.path}: {trained}"


# leftovers

NAME = ".20260102-030405-deep-0a1b.new"


@pytest.mark.parametrize(
    "files", [(), ("metrics.jsonl",), ("metrics.jsonl", ".lock", "config.yaml", ".run.json.tmp")]
)
def test_a_hidden_folder_that_became_no_run_is_removed(
    tmp_path: Path, files: tuple[str, ...]
) -> None:
    (tmp_path / NAME).mkdir()
    for file in files:
        (tmp_path / NAME / file).touch()
    clear_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".lock", "metrics.jsonl"])
def test_one_that_is_being_made_stays(tmp_path: Path, name: str) -> None:
    hidden = tmp_path / NAME
    hidden.mkdir()
    (hidden / "metrics.jsonl").touch()
    with (hidden / name).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        clear_leftovers(tmp_path)
        assert (hidden / "metrics.jsonl").exists()


@pytest.mark.parametrize("name", ["runs.new", ".deep.new", ".20260102-030405-deep-0a1b"])
def test_what_is_no_run_in_the_making_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    clear_leftovers(tmp_path)
    assert (tmp_path / name).exists()


def test_what_holds_other_files_or_is_a_link_stays(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    (tmp_path / NAME / "precious").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / NAME.replace("deep", "link")).symlink_to("elsewhere")
    clear_leftovers(tmp_path)
    clear_leftovers(tmp_path / "nowhere")
    assert (tmp_path / NAME / "precious").exists()
    assert (tmp_path / "elsewhere").exists()


def test_who_is_cleared_away_while_it_makes_a_run_takes_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, made = lock.take, []

    def late(run: Path, flags: int = 0) -> lock.Held:
        made.append(run)
        if len(made) == 1:
            clear_leftovers(tmp_path)
        return take(run, flags)

    monkeypatch.setattr(lock, "take", late)
    with RunDirectory.create(tmp_path, "deep", "layers: 1\n", {}) as run:
        pass
    assert made[0] != made[-1]
    assert [path.name for path in tmp_path.iterdir()] == [run.path.name]
