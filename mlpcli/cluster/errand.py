"""One run on a worker, from the files that came to those that go back."""

import shutil
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from mlpcli.cluster.messages import Outcome, Parcel, Told
from mlpcli.config import Config
from mlpcli.runs import Delivery, Have, MetricsRow, delivery, result_files, unpacked
from mlpcli.system import as_error
from mlpcli.terminal import StopRequest
from mlpcli.training import Job, Session, train_part

SILENCE = 120.0  # seconds in which nobody asks, after which a run is given up: the head is gone


class Leash(StopRequest):
    """Stops a run that is told to stop, and one that nobody has asked for in a long time."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = time.monotonic()

    def check(self) -> None:
        """Raise StoppedError where the run is to stop."""
        if time.monotonic() - self.asked > SILENCE:
            self.give_up()
        super().check()


class Errand:
    """A run that a worker trains for the head, in a folder of its own that is removed after."""

    def __init__(self, path: Path) -> None:
        self.leash = Leash()
        self._path = path

    def do(self, parcel: Parcel, session_of: Callable[[Path], tuple[Config, Session]]) -> Outcome:
        """Take the run on from where it stands; return what it came to, whatever that is."""
        try:
            unpacked(parcel.files, self._path)
            config, session = session_of(self._path)
            job = Job.part(config, parcel.until, parcel.why, self._path)
            train_part(job, replace(session, stop=self.leash, watch=_unwatched))
            return self._outcome(job)
        except BaseException as error:
            known = as_error(error)
            if known is None:
                return Outcome("failed", unforeseen=traceback.format_exc())
            return Outcome("failed", error=Told.of(known))
        finally:
            shutil.rmtree(self._path, ignore_errors=True)

    def news(self, have: Have) -> Delivery:
        """Return what is new: rows, and the checkpoints that are kept."""
        self.leash.asked = time.monotonic()
        try:
            return delivery(self._path, have)
        except OSError:  # it has not quite begun, or is over
            return Delivery()

    def _outcome(self, job: Job) -> Outcome:
        """Return what came of a job, with all rows and the checkpoints that are kept."""
        summary = asdict(job.summary) if job.summary else None
        return Outcome(
            job.status,
            delivery(self._path, Have()),
            summary=summary,
            files=result_files(self._path) if summary else {},
            rung=asdict(job.rung) if job.rung else None,
            error=Told.of(job.error) if job.error else None,
        )


class _Unseen:
    """Sees rows, which stand in the run's file for whoever asks."""

    def update(self, step: MetricsRow, ended: bool = False) -> None:
        """See a row."""


@contextmanager
def _unwatched(job: Job) -> Iterator[Any]:
    yield _Unseen()
