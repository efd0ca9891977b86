"""The error of a run directory that cannot be written, with what to do about it."""

import errno
import resource
from pathlib import Path

from mlpcli.errors import RunError, shown
from mlpcli.system import allow_more, limit_of, reason

_LIMITS = {
    errno.EFBIG: resource.RLIMIT_FSIZE,
    errno.EMFILE: resource.RLIMIT_NOFILE,
}


class DiskError(RunError):
    """A run directory that cannot be written; `hint` is for what is no limit of this process."""

    def __init__(self, error: OSError, path: Path, hint: str = "see to the disk, or make room"):
        kind = _LIMITS.get(error.errno or 0)
        if kind is not None and limit_of(kind) is not None:
            hint = allow_more(kind)
        elif error.errno == errno.EMLINK:
            hint = "copy the directory (cp -r), and go on with the copy"
        super().__init__(f"{shown(error.filename or path, 200)}: {reason(error)}", hint)
