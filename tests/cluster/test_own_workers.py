"""Workers that are the command's own processes: what they listen on, and how they end with it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from remote_workers import ended_within
from running import info, spawned

psutil = pytest.importorskip("psutil", reason="not installed: pip install 'mlpcli[cluster]'")
pytestmark = pytest.mark.process

CONFIG = """\
dataset: spiral
layers: 2
width: 8
learning_rate: 0.05
steps: 9000000
batch_size: 16
checkpoint_every: 1000
"""


@pytest.fixture
def head(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a command that trains on two workers, once each has sent a checkpoint."""
    (tmp_path / "a.yaml").write_text(CONFIG)
    words = ("sweep", "a.yaml", "learning_rate=0.05,0.06", "--seeds", "1", "--workers", "2")
    process = spawned(words, tmp_path, start_new_session=True)

    def has_begun() -> bool:
        return len({*tmp_path.glob("runs/*/*/checkpoint-*.bin")}) >= 3 or process.poll() is not None

    assert ended_within(200, has_begun)
    assert process.poll() is None, process.communicate()
    yield process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_ctrl_c_saves_all_that_workers_have(head: subprocess.Popen[str], tmp_path: Path) -> None:
    workers = psutil.Process(head.pid).children(recursive=True)
    listening = {
        each.laddr.ip
        for process in [psutil.Process(head.pid), *workers]
        for each in process.net_connections("inet")
        if each.status == "LISTEN"
    }
    assert listening == {"127.0.0.1"}
    start, cores = time.monotonic(), len(os.sched_getaffinity(0))
    os.killpg(head.pid, signal.SIGINT)  # as a terminal sends it, to the workers too
    said, talk = head.communicate(timeout=30)
    assert time.monotonic() - start < 10
    assert head.returncode == 130
    (sweep,) = (tmp_path / "runs").iterdir()
    assert said == f"runs/{sweep.name}\n"
    *_, why, hint = talk.splitlines()
    assert why == "interrupted by SIGINT"
    assert hint == f"go on with: mlpcli resume runs/{sweep.name}"
    runs = [each for each in sweep.iterdir() if each.is_dir()]
    assert len(runs) == 2
    for run in runs:
        assert info(run)["status"] == "interrupted"
        assert "OMP_NUM_THREADS" not in info(run)["environment"]
        assert info(run)["threads"] in {max(1, cores // 2), (cores + 1) // 2}  # its share
        assert [*run.glob("checkpoint-*.bin")]


def is_alive(process: Any) -> bool:
    """Say whether a process does anything: nobody may have asked yet how a killed one ended."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_workers_end_with_a_command_that_is_killed(
    head: subprocess.Popen[str], tmp_path: Path
) -> None:
    workers = psutil.Process(head.pid).children(recursive=True)
    assert len(workers) >= 2
    head.kill()
    head.wait()
    assert ended_within(10, lambda: not any(map(is_alive, workers)))
    for run in tmp_path.glob("runs/*/2*"):  # whole, and to be gone on with
        assert info(run)["status"] == "running"
        assert [*run.glob("checkpoint-*.bin")]  # and a part of another, where it was being written
