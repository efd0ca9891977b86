"""A scheduler and workers on loopback, as processes that can be killed, and heads that note."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlpcli.runs import MetricsRow
from mlpcli.terminal import StopRequest
from mlpcli.training import Job


def ended_within(seconds: float, condition: Callable[[], Any]) -> bool:
    """Say whether a condition comes to hold in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


@dataclass
class Talk:
    """Notes what is warned of."""

    warnings: list[str] = field(default_factory=list)

    def warn(self, *warnings: str) -> None:
        self.warnings += warnings


@dataclass
class Head:
    """What a command that hands out jobs has of a session."""

    stop: StopRequest = field(default_factory=StopRequest)
    talk: Any = field(default_factory=Talk)


class View:
    """Notes the steps that are seen of each job."""

    def __init__(self) -> None:
        self.steps: dict[str, list[int]] = {}

    def begun(self, job: Job) -> None:
        self.steps[job.name] = []

    def row(self, job: Job, row: MetricsRow, ended: bool) -> None:
        self.steps[job.name].append(row.step)

    def tick(self) -> None:
        """See nothing."""


@dataclass
class Workers:
    """A scheduler and its workers, each in a folder of its own."""

    folder: Path
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        own = self.folder / f"{len(self.processes)}"
        own.mkdir()
        with (own / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *words, "--no-dashboard"],
                cwd=own,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def start_worker(self, *more: str) -> int:
        """Start a worker; return its number."""
        words = ("--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--memory-limit", "0")
        self.start("dask_worker", self.address, *words, "--local-directory", "scratch", *more)
        return len(self.processes) - 1

    def kill(self, number: int) -> None:
        self.processes[number].send_signal(signal.SIGKILL)
        self.processes[number].wait()

    def has_run(self, number: int) -> bool:
        """Say whether a worker trains a run."""
        return any((self.folder / f"{number}").glob("scratch/**/runs/*"))

    def has_checkpoint(self, number: int) -> bool:
        """Say whether a worker is in the middle of a run."""
        return any((self.folder / f"{number}").glob("scratch/**/runs/*/checkpoint-*.bin"))
