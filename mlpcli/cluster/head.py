"""The side that hands out jobs, which needs no TensorFlow of its own: a Session will do."""

from typing import Protocol

from mlpcli.terminal import StopRequest, Talk


class Head(Protocol):
    """What is needed of the command that hands out jobs; a Session has it."""

    @property
    def stop(self) -> StopRequest:
        """What asks the command to stop."""

    @property
    def talk(self) -> Talk:
        """How it warns."""
