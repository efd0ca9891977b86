"""The folder that runs are written into: asked before anything is computed for it."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from mlpcli.config import Config
from mlpcli.errors import RunError, shown
from mlpcli.runs.footprint import largest_file
from mlpcli.system import reason, require_writable, size

MISTYPED = (errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


class NoFolderError(RunError):
    """A place that cannot be a folder of runs, whatever is done about the disk."""

    exit_code = 2


def require_place(root: Path, configs: Iterable[Config], option: str = "--runs-dir ") -> None:
    """Raise RunError where runs of these configs cannot be written into a folder.

    It may not be there yet. Nothing is left behind.
    """
    where = f"{option}{shown(root, 200)}"
    try:
        there = require_writable(root)
    except OSError as error:
        text = f"{where}: {reason(error)}"
        if error.errno in MISTYPED:
            raise NoFolderError(text, "name a folder for the runs: --runs-dir runs") from error
        raise RunError(text, "make it writable, or name another --runs-dir") from error
    disk = os.statvfs(there)
    free = disk.f_bavail * disk.f_frsize
    need = max(map(largest_file, configs), default=0)
    if disk.f_blocks and free < need:  # some network file systems do not say what they have
        raise RunError(
            f"{where}: a checkpoint or the model takes about {size(need)}, free {size(free)}",
            "make room on the disk, or name another --runs-dir",
        )
