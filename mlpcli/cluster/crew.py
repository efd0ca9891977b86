"""The runs under way on the workers: begun, moved when a worker is lost, and ended."""

import secrets
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from queue import Empty
from typing import Any

from mlpcli.cluster.head import Head
from mlpcli.cluster.line import Ended, Gone, Heard, Line, Message, Ready
from mlpcli.cluster.messages import News, Outcome, Parcel
from mlpcli.cluster.remote_run import RemoteRun, end_without
from mlpcli.cluster.workers import Worker, Workers
from mlpcli.config import structure
from mlpcli.data import files_of
from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.runs import Delivery
from mlpcli.terminal import StoppedError, StopRequest
from mlpcli.training import Job, View

LOOK_SECONDS = 0.25  # between two looks of the view at the time, where nothing happens
MOST_LOSSES = 3  # of workers, after which a run is not tried again: it may be what ends them
STOP_SECONDS = 5.0  # for workers to save what they have, of the eight that a signal leaves


class Crew:
    """The workers and the runs that they train for one call of `train_many`."""

    def __init__(
        self,
        line: Line,
        root: Path,
        head: Head,
        view: View,
        info: dict[str, Any],
        most: int | None,
    ) -> None:
        self.workers = Workers(most)
        self._line, self._root, self._head, self._view, self._info = line, root, head, view, info
        self._waiting: deque[RemoteRun] = deque()  # their workers were lost
        self._ended: deque[Job] = deque()
        self._stop_at: float | None = None

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing under way, and nothing ended that was not told."""
        return not (self.workers.runs or self._waiting or self._ended)

    def is_open(self) -> bool:
        """Say whether there may be a place for one run more."""
        return not self._waiting and self.workers.is_open()

    def begin(self, job: Job) -> bool:
        """Begin a job, if there is a place for it."""
        worker = self.workers.place_for(job.config)
        if worker is None:
            return False
        job.side_by_side = self.workers.room(worker).of(job.config)
        self._view.begun(job)
        try:
            run = self._opened(job, worker)
        except MlpcliError as error:
            end_without(job, error)
            self._ended.append(job)
            return True
        if run:
            self._send(run, worker)
        else:
            job.status = "completed"
            self._ended.append(job)
        return True

    def next_end(self) -> Job | None:
        """Wait for what happens next; return a job that has ended, if one has."""
        if not self._ended:
            try:
                self._hear(self._line.told.get(timeout=LOOK_SECONDS))
            except Empty:
                self._view.tick()
            self._see_to_stopping()
            self._move_waiting()
            if self._stop_at is None:
                self.workers.require_any()
            self._line.wanted = {key: run.have for key, run in self.workers.runs.items()}
        return self._ended.popleft() if self._ended else None

    def _opened(self, job: Job, worker: Worker) -> RemoteRun | None:
        """Return the run of a job, new or gone on with; None where that is finished."""
        if job.path:
            return RemoteRun.going_on(job, self._head.stop)
        info = {**self._info, **worker.about.info}
        return RemoteRun.new(job, self._root, info, self._head.stop)

    def _send(self, run: RemoteRun, worker: Worker) -> None:
        """Send a run as it stands to a worker."""
        job, attempt = run.job, secrets.token_hex(8)
        try:
            parcel = Parcel(attempt, worker.about.station, run.packed(), job.until, job.why)
            paths = files_of(job.config.data_spec)
        except MlpcliError as error:
            self._end(run, error)
            return
        worker.runs[attempt] = run
        worker.trained.add(structure(job.config))
        self._line.train(worker.address, parcel, paths)

    def _end(self, run: RemoteRun, error: BaseException) -> None:
        run.end_by(error)
        self._ended.append(run.job)

    def _hear(self, message: Message) -> None:
        match message:
            case Heard(news):
                self._heard(news)
            case Ready(address, about):
                if why := self.workers.made_ready(address, about):
                    self._head.talk.warn(why)
            case Ended():
                self._over(message)
            case Gone(error):
                self._gone(error)

    def _heard(self, news: Mapping[str, News | BaseException]) -> None:
        new, lost = self.workers.see(news)
        for each in lost:
            self._lose(each)
        for address in new:
            self._line.prepare(address)
        for answer in news.values():
            for attempt, found in answer.runs.items() if isinstance(answer, News) else ():
                if worker := self.workers.holding(attempt):
                    self._receive(worker.runs, attempt, found)

    def _gone(self, error: BaseException) -> None:
        """Wait for nothing: nothing comes back any more."""
        before, self._stop_at = self._stop_at, time.monotonic()
        if before is None:
            raise RunError(
                f"the scheduler is gone: {shown(error, 200)}",
                "what came back of the runs is saved; start it anew, and go on with them",
            ) from error

    def _receive(self, runs: dict[str, RemoteRun], attempt: str, new: Delivery) -> None:
        try:
            runs[attempt].receive(new, self._view)
        except MlpcliError as error:  # of the disk here
            self._end(runs.pop(attempt), error)
            self._line.stop([attempt])

    def _lose(self, worker: Worker) -> None:
        """Have the runs of a worker that is gone wait for another."""
        self._line.lost(worker.address)
        runs = len(worker.runs)
        if runs:
            text = f"{runs} run{'s' * (runs > 1)} of its go on elsewhere"
            self._head.talk.warn(f"worker {shown(worker.address)} is lost: {text}")
        for run in worker.runs.values():
            self._try_again(run, "worker after worker was lost that trained it")

    def _try_again(self, run: RemoteRun, why: str) -> None:
        run.losses += 1
        if run.losses < MOST_LOSSES:
            self._waiting.append(run)
            return
        hint = "the workers' logs may say why; it goes on with: mlpcli resume"
        self._end(run, RunError(f"{MOST_LOSSES} times in vain: {why}", f"{hint} {run.path}"))

    def _over(self, told: Ended) -> None:
        worker = self.workers.holding(told.attempt)
        if worker is None:  # it was lost meanwhile, or the run given up
            return
        run, outcome = worker.runs.pop(told.attempt), told.outcome
        if isinstance(told.error, MlpcliError):  # of the data here
            self._end(run, told.error)
        elif outcome is None:
            self._try_again(run, shown(told.error or "the worker was started anew", 200))
        elif outcome.unforeseen:
            fault = RuntimeError(f"on worker {worker.address}:\n{outcome.unforeseen}")
            self._end(run, fault)
            if self._stop_at is None:
                raise fault
        elif outcome.status == "interrupted":
            self._interrupted(run, outcome)
        else:
            run.end(outcome, self._view)
            self._ended.append(run.job)

    def _interrupted(self, run: RemoteRun, outcome: Outcome) -> None:
        try:
            run.receive(outcome.delivery, self._view)
            self._head.stop.check()
        except MlpcliError as error:  # what stopped it, or the disk here
            self._end(run, error)
        else:
            self._try_again(run, "the worker was not reached for long, and gave it up")

    def _see_to_stopping(self) -> None:
        """Stop the runs at a signal; end those that do not come back in time, as they are here."""
        try:
            self._head.stop.check()
        except StoppedError:
            now = time.monotonic()
            if self._stop_at is None:
                self._stop_at = now + STOP_SECONDS
                self._line.stop(list(self.workers.runs))
            late = [*self._waiting]
            self._waiting.clear()
            if now > self._stop_at:
                late += self.workers.taken()
            for run in late:
                self._end(run, _stopped(self._head.stop))

    def _move_waiting(self) -> None:
        """Send runs whose worker was lost to others, as places are free."""
        while self._waiting and (worker := self.workers.place_for(self._waiting[0].job.config)):
            self._send(self._waiting.popleft(), worker)


def _stopped(stop: StopRequest) -> BaseException:
    """Return the error that says what stopped a run, one for each."""
    try:
        stop.check()
    except StoppedError as error:
        return error
    return RunError("stopped")
