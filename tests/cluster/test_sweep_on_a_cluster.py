"""A sweep on a cluster: workers and the head killed, and the end that it has on one machine."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from once import Once
from remote_workers import Workers, ended_within
from running import Done, info, mlpcli, spawned
from small_sweep import WORDS, made, only_sweep, resumed, summary, sweeps, undisturbed

pytest.importorskip("distributed", reason="not installed: pip install 'mlpcli[cluster]'")
pytestmark = pytest.mark.process


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory, once: Once) -> dict[str, Any]:
    """Give the summary of the sweep on this machine."""
    return undisturbed(tmp_path_factory, once)[0]


def test_a_killed_worker_and_a_killed_head_change_nothing(
    tmp_path: Path, whole: dict[str, Any], workers: Workers
) -> None:
    where = ("--scheduler", workers.address)
    third = workers.start_worker()
    threading.Thread(target=_kill, args=[workers, third]).start()
    head = spawned([*WORDS, *where], made(tmp_path))
    assert ended_within(60, lambda: [*tmp_path.glob("runs/*/*/checkpoint-*.bin")] or head.poll())
    time.sleep(1.0)
    head.kill()
    head.communicate()
    path = only_sweep(tmp_path)
    done = mlpcli(["resume", path, *where], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "workers of tcp://127.0.0.1" in done.stderr
    assert summary(path) == whole
    runs = [info(each)["config"] for each in path.iterdir() if each.is_dir()]
    assert len({(each["name"], each["seed"]) for each in runs}) == len(runs)
    assert workers.processes[third].poll() is not None


def _kill(workers: Workers, number: int) -> None:
    if ended_within(60, lambda: workers.has_run(number)):  # which may be short
        workers.kill(number)


def test_own_workers_train_the_same(tmp_path: Path, whole: dict[str, Any]) -> None:
    done = mlpcli([*WORDS, "--workers", "2"], made(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "on 2 workers on this machine" in done.stderr
    assert summary(only_sweep(tmp_path)) == whole


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--scheduler", "a:1", "--workers", "2"], "two clusters; ask for one"),
        (["--tls-cert", "a.pem", "--workers", "2"], "TLS takes both"),
        (["--tls-ca-file", "a.pem", "--tls-cert", "a.pem"], "is for --scheduler or --workers"),
        (["--scheduler", "127.0.0.1:1"], "no scheduler at tcp://127.0.0.1:1"),
        (["--workers", "1", "--stack", "4"], "train each run by itself"),
    ],
)
def test_what_does_not_go_together_is_said_and_nothing_is_written(
    tmp_path: Path, words: list[str], said: str
) -> None:
    done = mlpcli([*WORDS, *words], made(tmp_path))
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert not sweeps(tmp_path)


def test_a_run_goes_on_here(tmp_path: Path) -> None:
    done: Done = mlpcli(["resume", "latest", "--workers", "2"], made(tmp_path))
    assert done.returncode == 2
    assert "latest: a run goes on here; workers train sweeps" in done.stderr


def test_a_sweep_that_a_cluster_began_goes_on_here(
    tmp_path: Path, whole: dict[str, Any], workers: Workers
) -> None:
    head = spawned([*WORDS, "--scheduler", workers.address], made(tmp_path))
    assert ended_within(60, lambda: [*tmp_path.glob("runs/*/*/summary.json")] or head.poll())
    head.kill()
    head.communicate()
    resumed(tmp_path)
    assert summary(only_sweep(tmp_path)) == whole
