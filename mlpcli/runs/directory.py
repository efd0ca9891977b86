"""The writer of one run directory: create, append, save, complete, resume.

The directory appears by a rename, with its config and run.json inside. A run holds a kernel lock
for its life, so a run whose status is "running" and whose lock nobody holds was interrupted,
whatever became of its process. It is complete when summary.json is there, which is
written last.
"""

import errno
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec.structs import asdict

from mlpcli.errors import MlpcliError
from mlpcli.runs import lock
from mlpcli.runs.disk_error import DiskError
from mlpcli.runs.json_text import to_json
from mlpcli.runs.layout import (
    CONFIG,
    INFO,
    KEPT_CHECKPOINTS,
    METRICS_FILE,
    SUMMARY,
    checkpoints,
    is_complete,
)
from mlpcli.runs.leftovers import discard
from mlpcli.runs.metrics import Rows, kept_rows, to_line
from mlpcli.runs.records import MetricsRow, Summary
from mlpcli.runs.rung import STOPPED, Rung
from mlpcli.runs.version import SCHEMA_VERSION
from mlpcli.system import remove, sync_folder, write_whole

# there is a run of that name, or what clears leftovers was quicker than its lock
_TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.EAGAIN, errno.ENOENT)
LONGEST_ERROR = 2_000  # characters


def utc_now() -> datetime:
    """Return the time, as run directories state it."""
    return datetime.now(UTC)


class RunDirectory:
    """One run directory, locked. As a context, it ends the run however its block ends."""

    def __init__(
        self, held: lock.Held, info: Mapping[str, Any], clock: Callable[[], datetime]
    ) -> None:
        self.path, self._held, self._metrics, self._clock = held.path, held, held.metrics, clock
        self._info = dict(info)
        self._last_row = 0  # the step of the last row on disk
        self._usable: list[Path] = []  # the checkpoints that this process wrote, or read whole

    @classmethod
    def create(
        cls,
        root: Path,
        name: str,
        config: str,
        info: Mapping[str, Any],
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Make a new directory in `root` with what is known at the start.

        Raises DiskError where it cannot be written.
        """
        try:
            root.mkdir(parents=True, exist_ok=True)
            while True:
                path = root / f"{clock():%Y%m%d-%H%M%S}-{name}-{secrets.token_hex(2)}"
                run = cls._try_create(path, config, info, clock)
                if run:
                    return run
        except OSError as error:
            raise DiskError(error, root, "see to the disk, or name another --runs-dir") from error

    @classmethod
    def _try_create(
        cls, path: Path, config: str, info: Mapping[str, Any], clock: Callable[[], datetime]
    ) -> Self | None:
        """Fill a hidden folder and rename it to `path`; None if that name is taken."""
        hidden = path.with_name(f".{path.name}.new")
        try:
            hidden.mkdir()
        except FileExistsError:
            return None
        held: lock.Held | None = None
        try:
            held = lock.take(hidden, os.O_CREAT | os.O_EXCL)
            run = cls(held, info, clock)
            write_whole(hidden / CONFIG, config.encode())
            run._begin()
            hidden.rename(path)  # fails if there is a folder of that name with files in it
            held = run._held = held.moved(path)
            sync_folder(path.parent)
        except OSError as error:
            discard(hidden)
            if held:
                held.release()
            if error.errno in _TAKEN:
                return None
            raise
        run.path = path
        return run

    @classmethod
    def reopen(cls, path: Path, clock: Callable[[], datetime] = utc_now) -> Self:
        """Take the lock of a directory that is there; nothing in it is changed.

        Raises BlockingIOError if another process holds it, DiskError where it cannot be written.
        """
        try:
            return cls(lock.take(path), {}, clock)
        except BlockingIOError:
            raise
        except OSError as error:
            raise DiskError(error, path, "see to the disk, or to the permissions") from error

    def prepare_resume(
        self, follows: Callable[[int, MetricsRow], bool], config: str, info: Mapping[str, Any]
    ) -> Rows:
        """Make a run that is not finished ready to go on; return its rows so far.

        `info` is the content of run.json, with what changes. What is not a row that follows from
        the one before, by `follows`, is cut from the end of the metrics.
        """
        self._info = dict(info)
        try:
            rows = kept_rows(self.path / METRICS_FILE, follows)
            if is_complete(self.path):
                (self.path / SUMMARY).unlink()
                sync_folder(self.path)
            write_whole(self.path / CONFIG, config.encode())
            os.ftruncate(self._metrics, rows.size)
            self._begin()
            for torn in self.path.glob(".checkpoint-*.tmp"):  # as kill -9 leaves them
                remove(torn)
        except OSError as error:
            raise DiskError(error, self.path) from error
        self._last_row = rows.last_step
        return rows

    def append(self, step: MetricsRow) -> None:
        """Add a metrics row, in one write where there is room, unless it is there from before."""
        if step.step <= self._last_row:
            return
        line = to_line(step)
        try:
            if os.fstat(self._metrics).st_nlink == 0:
                raise OSError(errno.ENOENT, "removed during the run")
            while line:  # a part is written where there is no room; the next try says why
                line = line[os.write(self._metrics, line) :]
        except OSError as error:
            raise DiskError(error, self.path / METRICS_FILE) from error
        self._last_row = step.step

    def trust(self, checkpoint: Path) -> None:
        """Keep a checkpoint that was read and found whole until two newer ones are safe."""
        others = [path for path in self._usable if path != checkpoint]
        self._usable = [*others, checkpoint][-KEPT_CHECKPOINTS:]

    def save(self, step: int, checkpoint: bytes) -> None:
        """Keep a checkpoint; the one before stays, older ones go, and so do those of no use."""
        path = self.path / f"checkpoint-{step:09d}.bin"
        try:
            os.fsync(self._metrics)  # first the rows that it counts on
            write_whole(path, checkpoint)
            self.trust(path)
            for other in checkpoints(self.path):
                if other not in self._usable and not other.is_dir():
                    other.unlink()
        except OSError as error:
            raise DiskError(error, self.path) from error

    def complete(self, summary: Summary, files: Mapping[str, bytes]) -> None:
        """Write the files, mark the run completed, and the summary last."""
        try:
            os.fsync(self._metrics)
            for name, content in files.items():
                write_whole(self.path / name, content)
            self._end("completed")
            write_whole(self.path / SUMMARY, to_json(asdict(summary), indent=2).encode())
        except OSError as error:
            remove(self.path / SUMMARY)  # what could not be synced may be gone tomorrow
            raise DiskError(error, self.path) from error

    def stop(self, rung: Rung) -> None:
        """Mark the run stopped at a step that is not its last, whose checkpoint is saved."""
        self._info[STOPPED] = asdict(rung)
        try:
            self._end(STOPPED)
        except OSError as error:
            raise DiskError(error, self.path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            begun = bool(self._info)  # else nothing is changed: run.json is that of before
            if error is not None and begun and not is_complete(self.path):
                status = getattr(error, "status", MlpcliError.status)
                self._end(status, str(error) or repr(error))
        except OSError:
            pass  # the error being raised matters more; without this mark the run is interrupted
        finally:
            self.close()

    def close(self) -> None:
        """Give back the lock."""
        self._held.release()

    def _begin(self) -> None:
        now = self._time()
        self._info.pop("ended", None)
        self._info.pop("error", None)
        self._info.pop(STOPPED, None)
        self._info = {"schema_version": SCHEMA_VERSION, **self._info}
        self._info |= {
            "schema_version": SCHEMA_VERSION,  # of the rows to come, whatever wrote those before
            "status": "running",
            "started": self._info.get("started", now),
            "process": {"id": os.getpid(), "host": socket.gethostname(), "since": now},
        }
        self._write_info()

    def _end(self, status: str, error: str = "") -> None:
        self._info |= {"status": status, "ended": self._time()}
        self._info |= {"error": error[:LONGEST_ERROR]} if error else {}
        self._write_info()

    def _write_info(self) -> None:
        write_whole(self.path / INFO, to_json(self._info, indent=2).encode())

    def _time(self) -> str:
        return self._clock().isoformat(timespec="milliseconds")
