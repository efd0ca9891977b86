"""Signals set a flag; the training asks for it where it can stop.

A thread reads the signals from a pipe that the interpreter writes to at once, also while the main
thread is inside TensorFlow: importing, compiling, or in one long step.
"""

import os
import select
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from mlpcli.errors import MlpcliError

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 8.0  # for the chunk under way, and the checkpoint after it
# where no run is under way there is nothing to save, and on a busy machine TensorFlow's import
# keeps the thread that ends the process waiting: four seconds were seen
IDLE_SECONDS = 5.0
SHOW_CURSOR = "\x1b[?25h"
ONE_SECONDS = 0.1  # `timeout` signals the process and then its group: what comes so soon is one


class StoppedError(MlpcliError):
    """The user, or the system, asked the run to stop."""

    status = "interrupted"

    def __init__(self, number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.exit_code = 128 + number


class GivenUpError(StoppedError):
    """A run was stopped because the command that trains it ends for another reason."""

    def __init__(self) -> None:
        MlpcliError.__init__(self, "given up when its command ended")


class StopRequest:
    """What has come, and which runs can be resumed where the process has to leave in a hurry."""

    def __init__(self) -> None:
        self.received: int | None = None
        self._given_up = False
        self._to_resume: list[str] = []  # the paths of runs under way, as a shell takes them

    def check(self) -> None:
        """Raise StoppedError once SIGINT, SIGTERM or SIGHUP has come, or all is given up."""
        if self.received is not None:
            raise StoppedError(self.received)
        if self._given_up:
            raise GivenUpError

    def give_up(self) -> None:
        """Stop all runs under way, as at a signal."""
        self._given_up = True

    @contextmanager
    def to_resume(self, path: str) -> Iterator[None]:
        """Name a run that is under way, as a shell takes its path, in `exit_message`."""
        self._to_resume.append(path)
        try:
            yield
        finally:
            self._to_resume.remove(path)

    @property
    def exit_message(self) -> str:
        """What to type to go on with the runs under way; "" where there is none."""
        paths = " ".join(self._to_resume)
        return f"go on with: mlpcli resume {paths}" if paths else ""

    def leave(self, number: int) -> None:
        """End the process as it stands."""
        words = f"\n{self.exit_message or StoppedError(number)}\n"
        if os.isatty(2) and os.environ.get("TERM") != "dumb":
            words += SHOW_CURSOR  # which a live table hides
        # a pipe that nobody empties must not hold it up
        if select.select([], [2], [], 0)[1]:
            with suppress(OSError):
                os.write(2, words.encode())
        os._exit(128 + number)


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Note SIGINT, SIGTERM and SIGHUP while the context lasts.

    A second signal ends the process at once, and so does the first where the context is not left
    in time. One that was ignored from the start, as SIGHUP is under nohup, stays ignored.
    """
    stop = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # signals reach the main thread alone: a caller's own
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    thread = threading.Thread(target=_listen, args=(reading, stop), daemon=True)
    thread.start()
    old_descriptor = signal.set_wakeup_fd(writing)
    before = {number: signal.getsignal(number) for number in STOPPING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda *_: None)  # what counts is the byte in the pipe
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(old_descriptor)
        os.close(writing)
        thread.join()
        os.close(reading)


def _listen(reading: int, stop: StopRequest) -> None:
    """Note each signal until the pipe is closed; end the process where it does not end itself."""
    last_resort: threading.Timer | None = None
    first = 0.0
    while byte := os.read(reading, 1):
        number = byte[0]
        if number not in STOPPING:
            continue
        if stop.received is not None:
            if time.monotonic() - first > ONE_SECONDS:
                stop.leave(number)
            continue
        stop.received, first = number, time.monotonic()
        grace = GRACE_SECONDS if stop.exit_message else IDLE_SECONDS
        last_resort = threading.Timer(grace, stop.leave, [number])
        last_resort.daemon = True
        last_resort.start()
    if last_resort:
        last_resort.cancel()
