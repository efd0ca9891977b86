"""Workers that are the command's own processes: what they listen on, and how they end with it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from remote_workers import ended_within
from running import info

psutil = pytest.importorskip("psutil", reason="not installed: pip install 'mlpcli[cluster]'")
pytestmark = pytest.mark.process

HEAD = """\
import sys
from pathlib import Path
from mlpcli.cluster import cluster, heading
from mlpcli.config import load_config
from mlpcli.errors import MlpcliError
from mlpcli.terminal import Talk
from mlpcli.training import Job

class View:
    begun = row = tick = staticmethod(lambda *_: None)

if __name__ == "__main__":
    jobs = [Job.part(load_config("a.yaml", [f"seed={seed}"])) for seed in (0, 1)]
    try:
        with heading(Talk(quiet=True)) as head, cluster(workers=2) as pool:
            for job in pool.train_many(jobs, Path("runs"), head, View()):
                print(job.status, job.path)
    except MlpcliError as error:
        print(error)
        sys.exit(error.exit_code)
"""
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
    (tmp_path / "head.py").write_text(HEAD)
    process = subprocess.Popen(
        [sys.executable, "head.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

    def has_begun() -> bool:
        return len({*tmp_path.glob("runs/*/checkpoint-*.bin")}) >= 3 or process.poll() is not None

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
    start = time.monotonic()
    os.killpg(head.pid, signal.SIGINT)  # as a terminal sends it, to the workers too
    said, talk = head.communicate(timeout=30)
    assert time.monotonic() - start < 10
    assert head.returncode == 130
    assert said.splitlines()[-1] == "interrupted by SIGINT"
    assert talk == ""
    runs = [*(tmp_path / "runs").iterdir()]
    assert len(runs) == 2
    for run in runs:
        assert f"interrupted {run.relative_to(tmp_path)}" in said
        assert info(run)["status"] == "interrupted"
        assert "OMP_NUM_THREADS" not in info(run)["environment"]
        assert [*run.glob("checkpoint-*.bin")]


def test_workers_end_with_a_command_that_is_killed(
    head: subprocess.Popen[str], tmp_path: Path
) -> None:
    workers = psutil.Process(head.pid).children(recursive=True)
    assert len(workers) >= 2
    head.kill()
    head.wait()
    assert ended_within(10, lambda: not any(each.is_running() for each in workers))
    for run in (tmp_path / "runs").iterdir():  # whole, and to be gone on with
        assert run.name[0] != "."
        assert info(run)["status"] == "running"
        assert not [*run.glob("*.tmp")]
