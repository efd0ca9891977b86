"""Signals set a flag; the training asks for it where it can stop."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from mlpcli.errors import MlpcliError


class StoppedError(MlpcliError):
    """The user, or the system, asked the run to stop."""

    status = "interrupted"

    def __init__(self, number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.exit_code = 128 + number


@contextmanager
def heeded() -> Iterator[Callable[[], None]]:
    """Give a function that raises StoppedError once SIGINT, SIGTERM or SIGHUP has come.

    The second time a signal comes it ends the process at once. One that was ignored from the
    start, as SIGHUP is under nohup, stays ignored.
    """
    received: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        signal.signal(number, signal.SIG_DFL)

    def check() -> None:
        if received:
            raise StoppedError(received[0])

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, note)
    try:
        yield check
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
