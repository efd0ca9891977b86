"""One writer a run: the kernel's lock on a file in it, which ends with the process that holds it.

A lock can be held by whoever can open its file, so it is on a file of its own, `.lock`, that those
alone can open who may write the metrics; it goes when the run ends. The metrics are locked too, for
readers that may not open it, and for earlier versions, which knew of no other lock.
"""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mlpcli.runs.layout import LOCK, METRICS_FILE
from mlpcli.system import open_regular

PROBES = 5  # a reader that looks whether a run is live holds the lock for some microseconds
PROBE_SECONDS = 0.02
_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK


@dataclass(frozen=True)
class Held:
    """A run's lock, held as long as its files are open; `metrics` is open to be appended to."""

    path: Path
    metrics: int
    lock: int

    def release(self) -> None:
        """Give the lock back, and leave no file of it."""
        _drop(self.lock, self.path / LOCK)
        os.close(self.metrics)

    def moved(self, path: Path) -> "Held":
        """Return the lock of a run that has been renamed."""
        return Held(path, self.metrics, self.lock)


def take(run: Path, flags: int = 0) -> Held:
    """Open a run's metrics to be appended to, and hold its lock.

    Raises BlockingIOError if another process holds it, and OSError for what is not a regular file
    or has other names, which would all be written to.
    """
    metrics = _opened(run / METRICS_FILE, os.O_APPEND | flags, 0o666)
    try:
        writable = stat.S_IMODE(os.fstat(metrics).st_mode) & 0o222
        lock = _locked_file(run / LOCK, writable | writable << 1)  # who may write may read, too
    except OSError:
        os.close(metrics)
        raise
    held = Held(run, metrics, lock)
    try:
        _lock(metrics)
    except OSError as error:
        if not isinstance(error, BlockingIOError) or _has_writer(metrics):
            held.release()
            raise
    return held


@dataclass(frozen=True)
class Claim:
    """A lock on a file that is there for nothing else, held as long as the file is open."""

    path: Path
    lock: int

    @classmethod
    def take(cls, path: Path, patient: bool = True) -> "Claim":
        """Make the file if there is none, and lock it.

        Raises BlockingIOError if another process holds it, and OSError where there can be none.
        Whoever is not patient may take a reader that looks at it for such a process.
        """
        return cls(path, _locked_file(path, 0o666, PROBES if patient else 1))

    def release(self) -> None:
        """Give the lock back, and leave no file of it."""
        _drop(self.lock, self.path)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder of runs, with which one process goes on at a time.

    Raises BlockingIOError if another process holds it, and OSError where there can be none.
    """
    claim = Claim.take(folder / LOCK)
    try:
        yield
    finally:
        claim.release()


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Hold the lock on a file, once no other process does: for what takes no long time."""
    while True:
        try:
            claim = Claim.take(path)
            break
        except BlockingIOError:  # after PROBES that took 0.1 s
            continue
    try:
        yield
    finally:
        claim.release()


def is_held(run: Path) -> bool:
    """Say whether a process holds a run's lock. Raises OSError if its metrics cannot be read."""
    with suppress(OSError):  # none, or none that may be opened
        return _is_locked(open_regular(run / LOCK))
    return _is_locked(open_regular(run / METRICS_FILE))


def is_locked(path: Path) -> bool:
    """Say whether a process holds the lock on a file; none that is not there has one."""
    with suppress(OSError):
        return _is_locked(open_regular(path))
    return False


def holder(run: Path) -> int | None:
    """Return the process that holds a run's lock, None where that cannot be seen."""
    for name in (LOCK, METRICS_FILE):
        with suppress(OSError):
            found = _processes(os.stat(run / name))  # noqa: PTH116
            if found:
                return found[0]
    return None


def _opened(path: Path, flags: int, mode: int) -> int:
    """Open a regular file that has no other name, to be written."""
    descriptor = os.open(path, _FLAGS | flags, mode)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    if status.st_nlink > 1:
        os.close(descriptor)
        raise OSError(errno.EMLINK, "has another name (a hard link)", str(path))
    return descriptor


def _locked_file(path: Path, mode: int, probes: int = PROBES) -> int:
    """Open a lock file, made where there is none, and lock it."""
    while True:
        descriptor = _opened(path, os.O_CREAT, mode)
        try:
            _lock(descriptor, probes)
        except OSError:
            os.close(descriptor)
            raise
        if _is_at(descriptor, path):
            return descriptor
        os.close(descriptor)  # whoever held it has removed it since it was opened


def _drop(lock: int, path: Path) -> None:
    """Give a lock back, and leave no file of it."""
    with suppress(OSError):
        if _is_at(lock, path):  # what was locked may have been removed
            path.unlink()
    os.close(lock)


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        there = os.stat(path, follow_symlinks=False)  # noqa: PTH116
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(descriptor), there)


def _lock(descriptor: int, probes: int = PROBES) -> None:
    for attempt in range(1, probes + 1):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt == probes:
                raise
            time.sleep(PROBE_SECONDS)
        else:
            return


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _has_writer(metrics: int) -> bool:
    """Say whether a process may be writing metrics that are locked: one that is allowed to.

    Anyone may lock what he may read. Where the process cannot be seen it counts as a writer.
    """
    status = os.fstat(metrics)
    found = _processes(status, "WRITE")
    if not found:
        return not _processes(status)  # a shared lock is no writer's
    return any(_user(process) in (None, 0, os.geteuid(), status.st_uid) for process in found)


def _processes(status: os.stat_result, kind: str = "") -> list[int]:
    """Return the processes that hold flock(2) locks on a file, as /proc/locks has them."""
    device = status.st_dev
    name = f"{os.major(device):02x}:{os.minor(device):02x}:{status.st_ino}"
    try:
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return []
    found = []
    for words in map(str.split, lines):  # 1: FLOCK ADVISORY WRITE 4711 fe:00:123456 0 EOF
        if words[1:2] == ["FLOCK"] and name in words and kind in ("", words[3]):
            found.append(int(words[4]))
    return [process for process in found if process > 0]


def _user(process: int) -> int | None:
    """Return the user of a process, None where it is gone."""
    try:
        return os.stat(f"/proc/{process}").st_uid  # noqa: PTH116
    except OSError:
        return None
