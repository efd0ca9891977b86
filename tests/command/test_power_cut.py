"""Runs on a disk whose power is cut: its image is copied mid-run, and mounted as it was then."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from running import FAULTS, MLPCLI, begun, mlpcli, outcome, runs

from mlpcli.runs.layout import checkpoints

pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting an image takes root"),
]
RUNS = 10  # in a row, for images at moments that no call marks


@contextmanager
def mounted(image: Path, at: Path) -> Iterator[Path]:
    at.mkdir()
    done = subprocess.run(
        ["mount", "-o", "loop", str(image), str(at)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no image can be mounted here: {done.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", str(at)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a disk of its own, whose image is `disk.img` beside it."""
    image = tmp_path / "disk.img"
    with image.open("wb") as file:
        file.truncate(24 << 20)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    with mounted(image, tmp_path / "disk") as place:
        yield place


def copy_at_rest(image: Path, to: Path) -> None:
    """Copy an image to which nothing is written meanwhile: power goes at one moment."""
    written = -1
    while written != (written := image.stat().st_mtime_ns):
        time.sleep(0.002)
        shutil.copyfile(image, to)


def left_by(images: list[Path], to: Path) -> list[Path]:
    """Copy the runs that each image holds, with what was on the disk when it was taken."""
    to.mkdir()
    left = []
    for number, image in enumerate(images):
        with mounted(image, to / f"mount-{number}") as disk:
            shutil.copytree(disk, to / f"{number}", ignore=shutil.ignore_patterns("lost+found"))
        left += [run for run in runs(to / f"{number}") if run.name[0] != "."]
    return left


def test_power_cut_at_any_call_leaves_runs_that_go_on_to_the_same_bits(
    tmp_path: Path, disk: Path, reference: dict[str, Any]
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    done = mlpcli(
        ["train", "a.yaml"],
        begun(disk),
        PYTHONPATH=FAULTS,
        FAULT_ROOT=str(disk / "runs"),
        FAULT=f"copy:{tmp_path / 'disk.img'}:{images} 0",
    )
    assert done.returncode == 0, done.stderr
    taken = sorted(images.iterdir())
    assert len(taken) > 25
    left = left_by(taken, tmp_path / "left")
    assert len(left) > 20
    kept = [checkpoints(run)[0].name if checkpoints(run) else "" for run in left]
    assert kept == sorted(kept)  # what was safe at one call is there at every later one
    assert {name[-6:-4] for name in kept} == {"", "11", "22", "33", "40"}
    resumed = mlpcli(["resume", *left], tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert [outcome(run) == reference for run in left] == [True] * len(left)


def test_power_cut_at_random_moments_leaves_runs_that_go_on_to_the_same_bits(
    tmp_path: Path, disk: Path, reference: dict[str, Any], long: bool
) -> None:
    if not long:
        pytest.skip("a hundred images: asked for by --long")
    process = subprocess.Popen(
        [MLPCLI, "train", *["a.yaml"] * RUNS],
        cwd=begun(disk),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    process.stdout.readline()  # the first directory is there
    taken = []
    while process.poll() is None:
        taken.append(tmp_path / f"{len(taken)}.img")
        process.send_signal(signal.SIGSTOP)
        copy_at_rest(tmp_path / "disk.img", taken[-1])
        process.send_signal(signal.SIGCONT)
        time.sleep(0.03)
    process.communicate()
    left = left_by(taken, tmp_path / "left")
    assert len(left) > RUNS
    resumed = mlpcli(["resume", *left], tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert [outcome(run) == reference for run in left] == [True] * len(left)
