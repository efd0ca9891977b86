"""One writer a run: the kernel's lock on its metrics, which ends with the process that holds it."""

import errno
import fcntl
import os
import stat
import time
from pathlib import Path

from mlpcli.files import open_regular

PROBES = 5  # a reader that looks whether a run is live holds the lock for some microseconds
PROBE_SECONDS = 0.02


def take(path: Path, flags: int = 0) -> int:
    """Open a file to be appended to, and hold its lock for as long as it is open.

    Raises BlockingIOError if another process holds it, and OSError for what is not a regular file
    or has other names, which would all be written to.
    """
    descriptor = os.open(
        path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | flags, 0o666
    )
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if status.st_nlink > 1:
            raise OSError(errno.EMLINK, "has another name (a hard link)", str(path))
        _lock(descriptor)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _lock(descriptor: int) -> None:
    for attempt in range(1, PROBES + 1):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt == PROBES:
                raise
            time.sleep(PROBE_SECONDS)
        else:
            return


def is_held(path: Path) -> bool:
    """Say whether a process holds a file's lock. Raises OSError if it cannot be read."""
    with os.fdopen(open_regular(path), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False
