"""Runs that are killed, or whose disk fails, at every moment that matters, and then go on."""

import errno
import os
import random
import re
import resource
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from once import Once
from running import (
    FAULTS,
    MLPCLI,
    Done,
    begun,
    everywhere,
    mlpcli,
    only_run,
    outcome,
    runs,
    spawned,
)

pytestmark = pytest.mark.process


def faulty(place: Path, fault: str, words: Iterable[str] = ("train", "a.yaml")) -> Done:
    return mlpcli(
        list(words),
        begun(place),
        PYTHONPATH=FAULTS,
        FAULT_ROOT=str(place / "runs"),
        FAULT=fault,
        FAULT_LOG=str(place / "log"),
    )


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory, once: Once) -> list[str]:
    """Give the calls that a whole run makes, in order."""

    def made() -> list[str]:
        place = tmp_path_factory.mktemp("count")
        assert faulty(place, "none 0").returncode == 0
        return (place / "log").read_text().splitlines()

    return list(once.value("calls", made))


def resumed_all(places: Iterable[Path]) -> Done:
    """Resume every run in one process."""
    left = [str(run) for place in places for run in runs(place) if run.name[0] != "."]
    done = mlpcli(["resume", *left], Path(left[0]).parent)
    assert done.returncode == 0, done.stderr
    return done


def shown_steps(talk: str) -> set[int]:
    return {int(step) for step in re.findall(r"^step (\d+)/", talk, re.MULTILINE)}


def assert_shown_is_kept(done: Done, place: Path) -> None:
    """What was printed is on disk, and no row is doubled or out of order."""
    for run in runs(place):
        whole = (run / "metrics.jsonl").read_bytes()
        kept = [int(s) for s in re.findall(rb'^{"step": (\d+),.*}\n', whole, re.MULTILINE)]
        assert shown_steps(done.stderr) <= set(kept)
        assert kept == sorted(set(kept))


@pytest.mark.timeout(600)
def test_what_a_kill_at_any_call_leaves_goes_on_to_the_same_bits(
    tmp_path: Path, reference: dict[str, Any]
) -> None:
    # kill -9 leaves what was written until then: a copy of the folder before each call
    copies = tmp_path / "copies"
    copies.mkdir()
    assert faulty(tmp_path, f"snapshot:{copies} 0").returncode == 0
    places = sorted(copies.iterdir())
    assert len(places) > 25
    left = [place for place in places if any(run.name[0] != "." for run in runs(place))]
    # before its directory stands there under its name, a run has written nothing
    assert len(left) > len(places) - 15
    resumed_all(left)
    for place in left:
        (run,) = (run for run in runs(place) if run.name[0] != ".")
        assert outcome(run) == reference, place


@pytest.mark.timeout(600)
def test_a_run_killed_at_a_call_keeps_what_it_showed_and_goes_on_to_the_same_bits(
    tmp_path: Path, reference: dict[str, Any], long: bool, calls: list[str]
) -> None:
    count = len(calls)
    numbers = range(1, count + 1) if long else (5, 12, 17, count - 3, count)

    def killed(number: int) -> Done:
        return faulty(tmp_path / f"{number}", f"kill {number}")

    for number, done in everywhere(killed, numbers).items():
        assert done.returncode == -signal.SIGKILL
        assert_shown_is_kept(done, tmp_path / f"{number}")
    places = [tmp_path / f"{number}" for number in numbers]
    left = [place for place in places if any(run.name[0] != "." for run in runs(place))]
    resumed_all(left)
    assert [outcome(only_run(place)) == reference for place in left] == [True] * len(left)


@pytest.mark.timeout(1800)
def test_a_run_killed_at_random_moments_goes_on_to_the_same_bits(
    tmp_path: Path, reference: dict[str, Any], long: bool
) -> None:
    moments = random.Random(0)
    waits = [moments.uniform(0, 0.6) for _ in range(300 if long else 12)]

    def killed(number: int) -> Done:
        place = begun(tmp_path / f"{number}")
        process = spawned(["train", "a.yaml"], place)
        assert process.stdout is not None
        process.stdout.readline()  # the directory is there
        time.sleep(waits[number])
        process.kill()
        out, talk = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, out, talk)

    for number, done in everywhere(killed, range(len(waits))).items():
        assert_shown_is_kept(done, tmp_path / f"{number}")
    places = [tmp_path / f"{number}" for number in range(len(waits))]
    resumed_all(places)
    assert [outcome(only_run(place)) == reference for place in places] == [True] * len(waits)


@pytest.mark.timeout(600)
def test_kill_resume_kill_resume_ends_with_the_same_bits(
    tmp_path: Path, reference: dict[str, Any]
) -> None:
    faulty(tmp_path, "kill 14")
    run = str(only_run(tmp_path))
    for number in (1, 4, 6, 8, 10, 12, 14):
        done = faulty(tmp_path, f"kill {number}", ["resume", run])
        assert_shown_is_kept(done, tmp_path)
    assert mlpcli(["resume", run], tmp_path).returncode == 0
    assert outcome(only_run(tmp_path)) == reference


@pytest.mark.parametrize("number", [3, 7])  # without and with run.json
def test_what_a_kill_before_the_run_was_there_leaves_goes_with_the_next_run(
    number: int, tmp_path: Path
) -> None:
    assert faulty(tmp_path, f"kill {number}").returncode == -signal.SIGKILL
    assert only_run(tmp_path).name.endswith(".new")
    assert mlpcli(["train", "a.yaml"], tmp_path).returncode == 0
    assert not only_run(tmp_path).name.startswith(".")


@pytest.mark.parametrize("code", ["ENOSPC", "EIO"])
def test_a_disk_that_fails_at_any_call_ends_in_a_line_and_the_run_can_go_on(
    code: str, tmp_path: Path, reference: dict[str, Any], calls: list[str]
) -> None:
    # inside a run; a lock that cannot be removed at its end is no harm to it
    names = [call for call in calls if not call.endswith((" runs", " .lock"))]
    place = begun(tmp_path)
    reason = os.strerror(getattr(errno, code)).lower()

    # one process: its first run fails at its first call, its second at its second, ...
    done = faulty(place, f"{code} each", ["train", *["a.yaml"] * len(names)])

    assert done.returncode == 1
    assert done.stderr.count(f": {reason}\n") == len(names)
    assert "Traceback" not in done.stderr
    assert not any((run / "summary.json").exists() for run in runs(place))
    assert len(runs(place)) > len(names) - 12  # those that failed later than their making
    resumed_all([place])
    assert [outcome(run) == reference for run in runs(place)] == [True] * len(runs(place))


def test_a_limit_on_the_size_of_files_is_told_before_anything_is_written(tmp_path: Path) -> None:
    done = subprocess.run(
        [MLPCLI, "train", "a.yaml"],
        cwd=begun(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_480, 20_480)),
    )
    assert done.returncode == 1
    # 784 * 8 + 8 * 10 weights and 18 biases of 4 bytes, thrice with momentum and the best, and 200
    # bytes more
    assert done.stderr == (
        "a checkpoint or the model of a takes about 76,640 bytes of one file, "
        "allowed 20,480 bytes, "
        "this process's limit (ulimit -f 20)\nallow more: ulimit -f unlimited\n"
    )
    assert not runs(tmp_path)


def test_a_directory_removed_during_the_run_ends_in_a_line(tmp_path: Path) -> None:
    process = spawned(["train", "a.yaml", "-s", "steps=100000000"], begun(tmp_path))
    assert process.stdout is not None
    run = tmp_path / process.stdout.readline().strip()
    subprocess.run(["rm", "-rf", str(run)], check=False)
    while run.exists():
        subprocess.run(["rm", "-rf", str(run)], check=False)
    _, talk = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" not in talk
    assert "removed during the run" in talk or "no such file or directory" in talk
