"""What goes to a worker and what comes from it: plain values, bytes, and these records of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mlpcli.errors import DivergedError, MlpcliError, RunError
from mlpcli.runs import Delivery, Have


class About(NamedTuple):
    """What a worker is."""

    station: str  # a worker that was started anew, at the same address, has another
    host: str
    cores: int
    memory: int  # bytes
    gpus: tuple[str, ...]
    info: Mapping[str, Any]  # for run.json
    shares: int = 0  # workers that part its machine's cores among them; 0 where that is not known


class Parcel(NamedTuple):
    """A run that is to be trained: as it stands, to a step or to its end."""

    attempt: str  # a run whose worker was lost is tried again, under another name
    station: str
    files: Mapping[str, bytes]
    until: int | None
    why: str


class Told(NamedTuple):
    """An error, as it is told."""

    status: str
    text: str
    hint: str = ""
    step: int | None = None  # at which a training diverged

    @classmethod
    def of(cls, error: MlpcliError) -> "Told":
        """Return what is told of an error."""
        step = error.step if isinstance(error, DivergedError) else None
        return cls(error.status, str(error), error.hint, step)

    def error(self) -> MlpcliError:
        """Return the error that was told."""
        if self.step is None:
            return RunError(self.text, self.hint)
        diverged = DivergedError(self.step, "loss")
        diverged.args = (self.text,)
        return diverged


class Outcome(NamedTuple):
    """What a run came to, with all that it has: its rows, and the checkpoints that it keeps."""

    status: str
    delivery: Delivery = Delivery()
    summary: Mapping[str, Any] | None = None  # of one that was completed, with these
    files: Mapping[str, bytes] = {}
    rung: Mapping[str, Any] | None = None  # of one that was stopped at it
    error: Told | None = None  # of any other
    unforeseen: str = ""  # a traceback: a fault of the program


class News(NamedTuple):
    """What a worker says when it is asked: what is new of the runs that it was asked for."""

    station: str  # "" where it was not made ready yet
    runs: Mapping[str, Delivery]  # by attempts


Wanted = Mapping[str, Have]  # attempts under way, and what of each is there already
