"""Runs side by side: threads of one process, each of which takes a run to its end."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import NamedTuple, Protocol

from mlpcli.errors import DivergedError, MlpcliError
from mlpcli.runs import MetricsRow
from mlpcli.terminal import StoppedError
from mlpcli.training.job import Job
from mlpcli.training.one_run import Work, advice, do
from mlpcli.training.room import Room
from mlpcli.training.session import Session

LOOK_SECONDS = 0.25  # between two looks of the view at the time, where nothing happens


class View(Protocol):
    """What is seen of runs side by side. All of it is called in the thread that hands out jobs."""

    def begun(self, job: Job) -> None:
        """See a job that begins."""

    def row(self, job: Job, row: MetricsRow, ended: bool) -> None:
        """See a metrics row of one under way, and whether it is its last."""

    def tick(self) -> None:
        """See that time has passed."""


class _Told(NamedTuple):
    """What a thread tells: a row of its run, or that it is over."""

    job: Job
    row: MetricsRow | None = None
    ended: bool = False  # after this row
    error: BaseException | None = None  # that is no one's fault but ours


def side_by_side(
    jobs: Iterable[Job | None], work: Work, session: Session, room: Room, view: View
) -> Generator[Job]:
    """Do the work of jobs, as many at once as there is room for, and yield each as it ends.

    Each job's status, and its summary, its rung or its error, say how it ended. The next job is
    taken from `jobs` only when a place is free, and in the caller's own thread, so what is yielded
    can choose what comes; None says that there is nothing to do until another has ended. One that
    fails does not stop the others. A signal stops them all: each is yielded, with its state saved,
    and then StoppedError is raised. Where the caller leaves early, those under way are stopped so.
    """
    crew, waiting = _Crew(work, session), _Waiting(jobs)
    try:
        while True:
            with room.handing_out():
                while session.stop.received is None and waiting.fits(room, crew.under_way):
                    job = waiting.taken()
                    room.begins(job)
                    view.begun(job)
                    crew.begin(job)
            if not crew.under_way:
                break
            yield crew.next_end(view)
    finally:
        if crew.under_way:
            session.stop.give_up()
            while crew.under_way:
                crew.next_end(view)
    session.stop.check()


class _Waiting:
    """Jobs that are to be done, of which one is known."""

    def __init__(self, jobs: Iterable[Job | None]) -> None:
        self._jobs = iter(jobs)
        self._next: Job | None = None

    def fits(self, room: Room, under_way: list[Job]) -> bool:
        """Say whether there is a job, and room for it; ask for none where there is no place."""
        beside = [job.config for job in under_way]
        if self._next is None and room.is_open(beside):
            self._next = next(self._jobs, None)
        return self._next is not None and room.has(beside, self._next.config)

    def taken(self) -> Job:
        """Return the job, which is no longer waiting."""
        job, self._next = self._next, None
        assert job
        return job


class _Crew:
    """Threads, each of which does the work of a job and tells of it."""

    def __init__(self, work: Work, session: Session) -> None:
        self.under_way: list[Job] = []
        self._work, self._session = work, replace(session, watch=self._watch)
        self._told: SimpleQueue[_Told] = SimpleQueue()
        self._advising, self._advised = Lock(), False

    def begin(self, job: Job) -> None:
        """Begin the work of a job."""
        self.under_way.append(job)
        Thread(target=self._do, args=[job], name=job.name).start()

    def next_end(self, view: View) -> Job:
        """Wait for a job that ends, and return it; show what is told until then."""
        while True:
            try:
                told = self._told.get(timeout=LOOK_SECONDS)
            except Empty:
                view.tick()
                continue
            if told.row:
                view.row(told.job, told.row, told.ended)
                continue
            self.under_way.remove(told.job)
            if told.error:
                raise told.error
            return told.job

    @contextmanager
    def _watch(self, job: Job) -> Iterator["_Teller"]:
        yield _Teller(job, self._told)

    def _do(self, job: Job) -> None:
        unforeseen: BaseException | None = None
        try:
            do(job, self._work, self._session)
        except DivergedError as error:
            job.error = error
            unforeseen = self._advise(job, error)
        except MlpcliError as error:
            job.error = error
        except BaseException as error:
            job.status, job.reason, unforeseen = "failed", repr(error), error
        self._told.put(_Told(job, error=unforeseen))

    def _advise(self, job: Job, error: DivergedError) -> BaseException | None:
        """Say what to try, of the first that diverges: it takes seconds to measure."""
        with self._advising:
            first, self._advised = not self._advised, True
        try:
            error.hint = advice(error, job, self._session) if first else ""
        except StoppedError:
            pass
        except BaseException as unforeseen:
            return unforeseen
        return None


class _Teller(NamedTuple):
    """Sees the rows of a run in its own thread, and tells of them."""

    job: Job
    told: "SimpleQueue[_Told]"

    def update(self, step: MetricsRow, ended: bool = False) -> None:
        """Tell of a row."""
        self.told.put(_Told(self.job, step, ended))
