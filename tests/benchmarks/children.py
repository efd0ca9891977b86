"""Child processes: run once and measured from outside, or kept and asked again and again."""

import os
import pty
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Thread, Timer
from typing import IO

ROOT = Path(__file__).parents[2]
MLPCLI = (sys.executable, "-m", "mlpcli")
SCREEN = (40, 120)  # lines and columns
RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in which the system tells peak memory

Command = Sequence[str | Path]


class ChildError(Exception):
    """A child that failed, with what it said on stderr."""

    def __init__(self, command: Command, stderr: IO[bytes]) -> None:
        super().__init__(f"failed: {' '.join(map(str, command))}\n{_content(stderr)}")


@dataclass(frozen=True)
class Ended:
    """A child that ended well: its stdout, wall and CPU seconds, and peak memory in bytes."""

    stdout: str
    seconds: float
    peak: int
    cpu_seconds: float


def run(command: Command, terminal: bool = False, limit: float | None = None) -> Ended:
    """Run a command in the repository's root, its stderr a terminal or else a file.

    After `limit` seconds it is killed, which is a failure.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with _screen(err) if terminal else nullcontext(err.fileno()) as stderr:
            start = time.perf_counter()
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, "TERM": "xterm-256color"},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=stderr,
            )
            with _killing(process, limit):
                _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise ChildError(command, err)
        cpu = usage.ru_utime + usage.ru_stime
        return Ended(_content(out), seconds, usage.ru_maxrss * RSS_UNIT, cpu)


@contextmanager
def _killing(process: subprocess.Popen[bytes], limit: float | None) -> Iterator[None]:
    if limit is None:
        yield
        return
    timer = Timer(limit, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


@contextmanager
def _screen(log: IO[bytes]) -> Iterator[int]:
    """Yield a terminal's file descriptor; what is drawn there is read at once, into `log`."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, SCREEN)
    reader = Thread(target=_copy, args=(master, log))
    reader.start()
    try:
        yield slave
    finally:
        os.close(slave)
        reader.join()
        os.close(master)


def _copy(master: int, log: IO[bytes]) -> None:
    try:
        while drawn := os.read(master, 65_536):
            log.write(drawn)
    except OSError:
        pass  # how Linux says that the other end is closed


@contextmanager
def kept(command: Command) -> Iterator[Callable[[], float]]:
    """Start a child and wait until it is ready; yield what has it measure once.

    The child prints a line when it is ready, and a number for each line that it is sent.
    """
    with (
        tempfile.TemporaryFile() as err,
        subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, text=True
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        asked, told = process.stdin, process.stdout

        def read() -> str:
            if not (line := told.readline()):
                raise ChildError(command, err)
            return line

        def ask() -> float:
            asked.write("\n")
            asked.flush()
            return float(read())

        read()
        yield ask


def has(python: str, module: str) -> bool:
    """Say whether another Python has a module."""
    code = f"import importlib.util, sys; sys.exit(not importlib.util.find_spec({module!r}))"
    return subprocess.run([python, "-c", code], check=False).returncode == 0
