"""The side that hands out jobs, which needs no TensorFlow of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from mlpcli.terminal import StopRequest, Talk, stop_requests


class Head(Protocol):
    """What is needed of the command that hands out jobs; a Session has it."""

    @property
    def stop(self) -> StopRequest:
        """What asks the command to stop."""

    @property
    def talk(self) -> Talk:
        """How it warns."""


@dataclass(frozen=True)
class Heading:
    """A command that hands out jobs, and trains none itself."""

    stop: StopRequest
    talk: Talk


@contextmanager
def heading(talk: Talk | None = None) -> Iterator[Heading]:
    """Give what `Pool.train_many` needs of a session; signals are noted while it lasts.

    It is to be entered before `cluster`, so that a signal while workers are started is noted too.
    """
    with stop_requests() as stop:
        yield Heading(stop, talk or Talk())
