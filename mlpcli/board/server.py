"""TensorBoard as a child process, which ends with this one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select

from mlpcli.errors import RunError, shown
from mlpcli.terminal import StopRequest

CHILD = Path(__file__).with_name("child.py")
MOST_SECONDS = 120.0  # until it serves: on a cold disk it takes some
ASK_SECONDS = 0.2  # between looks at what has come
LOGS = "logs"  # the folder in the child's own that it shows
LOG = "tensorboard.log"  # what it says there
SHOWN = 300  # characters of what it said last


@dataclass(frozen=True)
class Server:
    """TensorBoard, once it is started."""

    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def links(self) -> Path:
        """The folder that it shows."""
        return self.folder / LOGS

    def ended(self, seconds: float) -> bool:
        """Wait for so long; say whether it has ended by then."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def error(self) -> RunError:
        """Return the error that it has ended."""
        return RunError(f"TensorBoard has ended by itself: {self._last_words()}")

    def _last_words(self) -> str:
        try:
            lines = (self.folder / LOG).read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        said = [line.strip() for line in lines if line.strip()]
        return shown(said[-1], SHOWN) if said else f"exit code {self.process.returncode}"


@contextmanager
def child_folder() -> Iterator[Path]:
    """Give a folder of its own for the child, which is removed with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix="mlpcli-tensorboard-"))
    try:
        (folder / LOGS).mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def started(folder: Path, port: int | None) -> Iterator[Server]:
    """Start TensorBoard on the links in a folder; it is ended when the context is left.

    Its standard input is a pipe of this process: the system closes it, whatever ends this one.
    """
    words = [sys.executable, "-P", str(CHILD), str(folder), *([] if port is None else [str(port)])]
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C of the terminal is this process's affair
        )
    try:
        yield Server(process, folder)
    finally:
        assert process.stdin
        process.stdin.close()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()


def address(server: Server, stop: StopRequest) -> str:
    """Return the address that TensorBoard serves, once it does. Raises RunError, StoppedError."""
    assert server.process.stdout
    until = time.monotonic() + MOST_SECONDS
    while not select([server.process.stdout], [], [], ASK_SECONDS)[0]:
        stop.check()
        if time.monotonic() > until:
            raise RunError(f"TensorBoard does not start: nothing after {MOST_SECONDS:.0f} s")
    line = server.process.stdout.readline()
    try:
        said = json.loads(line)
    except ValueError:
        server.ended(5)
        raise server.error() from None
    if "address" not in said:
        text = shown(" ".join(str(said.get("error")).split()), SHOWN)
        hint = "--port 0 takes one that is free" if "port" in text else ""
        raise RunError(f"TensorBoard does not start: {text}", hint)
    return str(said["address"])
