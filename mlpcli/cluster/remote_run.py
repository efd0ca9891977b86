"""A run that a worker trains, seen from the head: its directory, which is written here alone.

A worker gets the directory's files and goes on from them, and what it adds is written here by the
writer of any run. So a run that is under way is locked here, and after a kill it is what any run
is: one that goes on from its last checkpoint.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import convert, to_builtins

from mlpcli.cluster.messages import Outcome
from mlpcli.config import Config
from mlpcli.errors import MlpcliError, RunError, shell_word
from mlpcli.runs import (
    Delivery,
    DiskError,
    Have,
    RunDirectory,
    Rung,
    Summary,
    follows,
    locked,
    newest_whole,
    packed,
    plan,
    rows_in,
    rows_size,
)
from mlpcli.terminal import StoppedError, StopRequest
from mlpcli.training import Job, View


class RemoteRun:
    """A job's run directory on the head, locked, and what has come back of it so far."""

    def __init__(self, job: Job, run: RunDirectory, stop: StopRequest) -> None:
        self.job, self.path = job, run.path
        self.losses = 0  # workers that were lost while they trained it
        self._run, self._last, self._step = run, 0, -1
        self._checkpoint: Path | None = None
        self._held = ExitStack()
        self._held.enter_context(stop.to_resume(shell_word(run.path)))
        self._held.enter_context(run)
        job.path = run.path

    @classmethod
    def new(cls, job: Job, root: Path, info: Mapping[str, Any], stop: StopRequest) -> "RemoteRun":
        """Make a directory for a job in `root`. Raises DiskError."""
        config = job.config
        known = {
            **info,
            "config": config.resolved(),
            "data": to_builtins(config.data.facts),
            "side_by_side": job.side_by_side,
            **job.about,
        }
        run = RunDirectory.create(root, config.name, config.to_yaml(), known)
        return cls(job, run, stop)

    @classmethod
    def going_on(cls, job: Job, stop: StopRequest) -> "RemoteRun | None":
        """Take the directory at a job's path; None where the run is finished by now.

        Raises MlpcliError where it cannot go on, and leaves it as it was.
        """
        assert job.path
        run = locked(job.path)
        try:
            planned = plan(job.path, ())
        except BaseException:
            run.close()
            raise
        if planned is None:
            run.close()
            return None
        job.config = config = planned.config
        found = cls(job, run, stop)
        info = {**planned.info, "config": config.resolved(), "side_by_side": job.side_by_side}
        try:
            found._find(config, info)
        except BaseException as error:
            found.end_by(error)
            raise
        return found

    def _find(self, config: Config, info: Mapping[str, Any]) -> None:
        """Make the directory ready, and find what is to be gone on from."""
        rows = self._run.prepare_resume(partial(follows, config), config.to_yaml(), info)
        saved = newest_whole(self.path, config, rows.last_step, lambda _: None)
        self._last = rows.last_step
        if saved:
            self._run.trust(saved.file)
            self._checkpoint, self._step = saved.file, saved.checkpoint.step

    def packed(self) -> dict[str, bytes]:
        """Return the files that a worker needs to take it on from here. Raises DiskError."""
        try:
            return packed(self.path, self._checkpoint)
        except OSError as error:
            raise DiskError(error, self.path) from error

    @property
    def have(self) -> Have:
        """What is here already."""
        return Have(rows_size(self.path), self._step)

    def receive(self, new: Delivery, view: View, ended: bool = False) -> None:
        """Write what a worker adds, rows before the checkpoints that count on them.

        `ended` is whether patience ended the run at the last row. Raises DiskError.
        """
        rows = [row for row, _ in rows_in(new.rows) if row.step > self._last]
        for number, row in enumerate(rows, 1):
            self._run.append(row)
            self._last = row.step
            view.row(self.job, row, ended and number == len(rows))
        for step, content in new.checkpoints.items():
            if step > self._step:
                self._run.save(step, content)
                self._step = step
                self._checkpoint = self.path / f"checkpoint-{step:09d}.bin"

    def end(self, outcome: Outcome, view: View) -> None:
        """Write what a run came to, and note it in the job; an error is in it, too."""
        summary = convert(outcome.summary, Summary) if outcome.summary else None
        try:
            self.receive(outcome.delivery, view, bool(summary and summary.stopped))
            if summary:
                self._run.complete(summary, outcome.files)
                self.job.status, self.job.summary = "completed", summary
            elif outcome.rung:
                rung = convert(outcome.rung, Rung)
                self._run.stop(rung)
                self.job.status, self.job.reason, self.job.rung = "stopped", rung.text, rung
            else:
                told = outcome.error
                raise told.error() if told else RunError("came back without a result")
        except MlpcliError as error:
            self.end_by(error)
            return
        self._held.close()

    def end_by(self, error: BaseException) -> None:
        """End the run by an error, as one that is trained here would end."""
        if isinstance(error, StoppedError | DiskError):
            go_on = f"go on with: mlpcli resume {shell_word(self.path)}"
            error.hint = f"{error.hint}; then {go_on}" if error.hint else go_on
        self._held.__exit__(type(error), error, None)
        end_without(self.job, error)


def end_without(job: Job, error: BaseException) -> None:
    """Note in a job what ended it."""
    if isinstance(error, MlpcliError):
        job.status, job.reason, job.error = error.status, str(error), error
    else:
        job.status, job.reason = "failed", repr(error)
