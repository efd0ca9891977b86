"""Files that are whole or absent, and reading without trust."""

import contextlib
import errno
import os
import stat
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a crash at any moment leaves the old content or the new.

    A temporary file in the same folder, synced, renamed, and the folder synced. Raises OSError,
    of syncing too.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with os.fdopen(_created(temporary), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        remove(temporary)
        error.filename = str(path)  # writing and syncing do not say of what
        raise


def _created(path: Path) -> int:
    """Open a new file; what has its name, from a crash or a stranger, is not written through."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o666)
    except FileExistsError:
        path.unlink()
        return os.open(path, flags, 0o666)


def remove(path: Path) -> None:
    """Remove a file if it is there and can be removed."""
    with contextlib.suppress(OSError):
        path.unlink()


def sync_folder(path: Path) -> None:
    """Make what was created, renamed or removed in a folder last through a power cut."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_regular(path: Path | str, follow: bool = False) -> int:
    """Open a regular file for reading; raise OSError for a link, a FIFO, a device, a folder."""
    flags = os.O_RDONLY | os.O_NONBLOCK | (0 if follow else os.O_NOFOLLOW)  # a FIFO must not block
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP and not follow:
            raise OSError(error.errno, "a symbolic link", str(path)) from error
        raise
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "not a regular file", str(path))


def read_bounded(path: Path | str, limit: int, follow: bool = False) -> bytes:
    """Read a regular file of at most `limit` bytes; raise OSError for anything else."""
    descriptor = open_regular(path, follow)
    try:
        content = b""
        # straight from the system: Python's file object takes twice as long for a small file
        while part := os.read(descriptor, limit + 1 - len(content)):
            content += part
            if len(content) > limit:
                raise OSError(errno.EFBIG, f"too large, allowed {limit:,} bytes", str(path))
        return content
    finally:
        os.close(descriptor)


def reason(error: OSError) -> str:
    """Say what an OSError is about, in lower case."""
    return (error.strerror or str(error)).lower()
