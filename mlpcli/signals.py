"""Signals set a flag; the training asks for it where it can stop.

A thread reads the signals from a pipe that the interpreter writes to at once, also while the main
thread is inside TensorFlow: importing, compiling, or in one long step.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mlpcli.errors import MlpcliError

GRACE_SECONDS = 8.0  # for the chunk under way, and the checkpoint after it


class StoppedError(MlpcliError):
    """The user, or the system, asked the run to stop."""

    status = "interrupted"

    def __init__(self, number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.exit_code = 128 + number


@contextmanager
def heeded() -> Iterator[Callable[[], None]]:
    """Give a function that raises StoppedError once SIGINT, SIGTERM or SIGHUP has come.

    A second signal ends the process at once, and so does the first where the context is not left
    in time. One that was ignored from the start, as SIGHUP is under nohup, stays ignored.
    """
    received: list[int] = []

    def check() -> None:
        if received:
            raise StoppedError(received[0])

    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    thread = threading.Thread(target=_listen, args=(reading, received), daemon=True)
    thread.start()
    old_descriptor = signal.set_wakeup_fd(writing)
    before = {number: signal.getsignal(number) for number in STOPPING}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda *_: None)  # what counts is the byte in the pipe
    try:
        yield check
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(old_descriptor)
        os.close(writing)
        thread.join()
        os.close(reading)


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _listen(reading: int, received: list[int]) -> None:
    """Note each signal until the pipe is closed; end the process where it does not end itself."""
    last_resort: threading.Timer | None = None
    while byte := os.read(reading, 1):
        number = byte[0]
        if number not in STOPPING:
            continue
        if received:
            os._exit(128 + number)
        received.append(number)
        last_resort = threading.Timer(GRACE_SECONDS, os._exit, [128 + number])
        last_resort.daemon = True
        last_resort.start()
    if last_resort:
        last_resort.cancel()
