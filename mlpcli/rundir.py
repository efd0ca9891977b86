"""One run directory: make it, append to it, finish it, load it.

A run holds a kernel lock on its metrics for its life, so a run that says "running" and whose
metrics are not locked was interrupted, whatever became of its process. It is complete when
summary.json is there, which is written last.
"""

import errno
import fcntl
import json
import math
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mlpcli.errors import ConfigError, MlpcliError, RunError, shown
from mlpcli.files import open_regular, read_bounded, reason
from mlpcli.records import Step, Summary
from mlpcli.yamlfile import parse_mapping, read_text

SCHEMA_VERSION = 1
MAX_JSON = 1 << 20  # bytes: a thousand times what run.json and summary.json take
CONFIG, INFO, METRICS, SUMMARY = "config.yaml", "run.json", "metrics.jsonl", "summary.json"
PREDICTIONS, MODEL = "test_predictions.npy", "model.keras"


def utc_now() -> datetime:
    """Return the time, as run directories state it."""
    return datetime.now(UTC)


class RunDirectory:
    """The writer of one run directory. As a context, it ends the run however its block ends."""

    def __init__(self, path: Path, info: Mapping[str, Any], clock: Callable[[], datetime]) -> None:
        self.path, self._clock = path, clock
        self._metrics = os.open(path / METRICS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        fcntl.flock(self._metrics, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._info = {"schema_version": SCHEMA_VERSION, "status": "running", **info}
        self._info["started"] = self._time()
        self._write_info()

    @classmethod
    def create(
        cls,
        root: Path,
        name: str,
        config: str,
        info: Mapping[str, Any],
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Make a new directory in `root` and write what is known at the start.

        Raises RunError where it cannot be written.
        """
        try:
            root.mkdir(parents=True, exist_ok=True)
            path = _make_unique(root, f"{clock():%Y%m%d-%H%M%S}-{name}")
            _write(path / CONFIG, config.encode())
            return cls(path, info, clock)
        except OSError as error:
            raise _unwritable(error, root) from error

    def append(self, step: Step) -> None:
        """Add a metrics row, in one write."""
        row = {key: value for key, value in vars(step).items() if value is not None}
        line = f"{_json(row)}\n".encode()
        try:
            if os.write(self._metrics, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise _unwritable(error, self.path / METRICS) from error

    def complete(self, summary: Summary, files: Mapping[str, bytes]) -> None:
        """Write the files, mark the run completed, and the summary last."""
        try:
            for name, content in files.items():
                _write(self.path / name, content)
            self._end("completed")
            _write(self.path / SUMMARY, _json(asdict(summary), indent=2).encode())
        except OSError as error:
            raise _unwritable(error, self.path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is not None:
                self._end(getattr(error, "status", MlpcliError.status), str(error) or repr(error))
        except OSError:
            pass  # the error under way says more, and without this mark the run is interrupted
        finally:
            os.close(self._metrics)

    def _end(self, status: str, error: str = "") -> None:
        self._info |= {"status": status, "ended": self._time()} | (
            {"error": error} if error else {}
        )
        self._write_info()

    def _write_info(self) -> None:
        _write(self.path / INFO, _json(self._info, indent=2).encode())

    def _time(self) -> str:
        return self._clock().isoformat(timespec="milliseconds")


def _make_unique(root: Path, stem: str) -> Path:
    while True:
        path = root / f"{stem}-{secrets.token_hex(2)}"
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path


def _unwritable(error: OSError, path: Path) -> RunError:
    where = shown(error.filename or path, 200)
    return RunError(f"{where}: {error.strerror or error}", "make room or name another --runs-dir")


def _write(path: Path, content: bytes) -> None:
    """Write a whole file or nothing: a temporary file, synced, renamed, and its folder synced."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _json(record: Mapping[str, Any], indent: int | None = None) -> str:
    """JSON without NaN and Infinity, which are not JSON: a number that is not finite is null."""
    finite = {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in record.items()
    }
    return json.dumps(finite, indent=indent, allow_nan=False)


@dataclass(frozen=True)
class Run:
    """What a run directory tells, read without a lock and without trust."""

    path: Path
    status: str  # running, completed, diverged, failed or interrupted
    config: Mapping[str, Any]
    info: Mapping[str, Any]
    summary: Mapping[str, Any] = field(default_factory=dict)  # empty unless completed
    last: Mapping[str, Any] = field(default_factory=dict)  # the last metrics row, if any

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.path.name


def is_run(path: Path) -> bool:
    """Say whether a directory looks like a run."""
    return any(os.path.lexists(path / name) for name in (CONFIG, INFO, METRICS))


def load_run(path: Path) -> Run:
    """Read a run directory. Raises RunError if what every run has is missing or damaged."""
    try:
        entries, problems = parse_mapping(read_text(path / CONFIG, follow=False), CONFIG)
        if problems:
            raise RunError(f"{CONFIG} is damaged: {problems[0].text}")
        info = _read_json(path / INFO)
        summary = _read_json(path / SUMMARY) if os.path.lexists(path / SUMMARY) else {}
        return Run(
            path=path,
            status=_status(path, info, summary),
            config={key: entry.value for key, entry in entries.items()},
            info=info,
            summary=summary,
            last=_last_row(path / METRICS),
        )
    except ConfigError as error:
        raise RunError(f"{CONFIG} cannot be read: {error.problems[0].text}") from error
    except OSError as error:
        name = Path(error.filename or path).name
        raise RunError(f"{shown(name)} cannot be read: {reason(error)}") from error


def _status(path: Path, info: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    if summary:
        return "completed"
    status = info.get("status")
    if status in ("diverged", "failed", "interrupted"):
        return str(status)
    return "running" if _is_locked(path / METRICS) else "interrupted"


def _is_locked(metrics: Path) -> bool:
    with os.fdopen(open_regular(metrics), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_bounded(path, MAX_JSON))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path.name} is damaged: not JSON") from error
    if not isinstance(value, dict):
        raise RunError(f"{path.name} is damaged: not an object")
    return value


def _last_row(metrics: Path) -> dict[str, Any]:
    """Return the last whole row, of which a run that is being written may have a part more."""
    with os.fdopen(open_regular(metrics), "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 4096))  # a row takes about 200 bytes
        lines = file.read().split(b"\n")[:-1]
    try:
        row = json.loads(lines[-1]) if lines else {}
    except (ValueError, RecursionError):
        row = {}
    return row if isinstance(row, dict) else {}
