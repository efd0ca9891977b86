"""Files that are whole or absent, and reading without trust."""

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mlpcli.errors import shown

PAGE = 4096  # bytes at least that are read at once
_FLAGS = os.O_RDONLY | os.O_NONBLOCK  # a FIFO must not block


def write_whole(path: Path, content: bytes, lasting: bool = True) -> None:
    """Write a file so that a crash at any moment leaves the old content or the new.

    What is not to be lasting is not synced: it can be made again, and who reads it finds out where
    a power cut left something else. Raises OSError, of syncing too.
    """
    with whole_file(path, lasting) as file:
        file.write(content)


@contextlib.contextmanager
def whole_file(path: Path, lasting: bool = True) -> Iterator[BinaryIO]:
    """Give a file to write to that gets its name when all is written, and is gone if that fails.

    A temporary file in the same folder, synced, renamed, and the folder synced. Raises OSError,
    of syncing too.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with os.fdopen(_created(temporary), "wb") as file:
            yield file
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        temporary.replace(path)
        if lasting:
            sync_folder(path.parent)
    except OSError as error:
        remove(temporary)
        error.filename = str(path)  # errors of writing and syncing do not name the file
        raise
    except BaseException:
        remove(temporary)
        raise


def _created(path: Path) -> int:
    """Open a new file; one of its name, left by a crash or a link put there, is removed first."""
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


def require_writable(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there, where it can be written to.

    That is tried with a small file, which is removed again. Raises OSError that says why not: what
    is no folder, permissions, a disk that is full or read-only, a limit on files.
    """
    there = folder
    while True:
        try:
            os.lstat(there)
            break
        except (FileNotFoundError, NotADirectoryError):
            there = there.parent
    if there.is_dir():
        code, text = _probed(there)
    else:
        code, text = errno.ENOTDIR, _no_folder(there)
    if code:
        named = "the working directory" if there == Path() else shown(there, 200)
        above = "" if there == folder else f"{named}: "
        raise OSError(code, above + text, str(folder))
    return there


def _no_folder(path: Path) -> str:
    if not path.exists():
        target = os.readlink(path)  # noqa: PTH115
        return f"is a link to {shown(target, 200)}, which leads nowhere"
    return "is a file, not a directory" if path.is_file() else "is not a directory"


def _probed(folder: Path) -> tuple[int, str]:
    """Write a small file in a folder, and remove it; return the errno and what hindered it."""
    probe = folder / f".mlpcli-{secrets.token_hex(4)}"
    try:
        probe.write_bytes(bytes(PAGE))
    except OSError as error:
        gone = folder.stat().st_nlink == 0
        return error.errno or errno.EIO, "has been removed" if gone else reason(error)
    finally:
        remove(probe)
    return 0, ""


def sync_folder(path: Path) -> None:
    """Make what was created, renamed or removed in a folder last through a power cut."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_regular(path: Path | str, follow: bool = False) -> int:
    """Open a regular file for reading; raise OSError for a link, a FIFO, a device, a folder."""
    return _opened(path, follow)[0]


def _opened(path: Path | str, follow: bool) -> tuple[int, int]:
    """Return the descriptor of a regular file and the bytes that it has."""
    try:
        descriptor = os.open(path, _FLAGS if follow else _FLAGS | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno == errno.ELOOP and not follow:
            raise OSError(error.errno, "a symbolic link", str(path)) from error
        raise
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status.st_size
    os.close(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "not a regular file", str(path))


def read_bounded(path: Path | str, limit: int, follow: bool = False) -> bytes:
    """Read a regular file of at most `limit` bytes; raise OSError for anything else."""
    small = read_small(path, follow)
    if small and len(small) <= limit:
        return small
    descriptor, size = _opened(path, follow)
    try:
        content = b""
        # Straight from the system: Python's file object takes twice as long for a small file. Into
        # a buffer of the file's size: one of `limit` bytes is mapped anew each time, 15 us.
        room = max(PAGE, min(size, limit) + 1)
        while part := os.read(descriptor, room):
            content += part
            if len(content) > limit:
                raise OSError(errno.EFBIG, f"too large, allowed {limit:,} bytes", str(path))
            if len(content) == size:
                break
        return content
    finally:
        os.close(descriptor)


def read_small(path: Path | str, follow: bool = False) -> bytes:
    """Read a file of less than a page; nothing where it is longer, empty or cannot be read.

    Without its status, a third of the time of what asks for it first. What else than a regular file
    gives so few bytes at once gives no more than a file could.
    """
    try:
        descriptor = os.open(path, _FLAGS if follow else _FLAGS | os.O_NOFOLLOW)
    except (OSError, ValueError):
        return b""
    try:
        content = os.read(descriptor, PAGE)
        return content if len(content) < PAGE else b""  # fewer than asked for: the file's end
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def reason(error: OSError) -> str:
    """Say what an OSError is about, in words that go on after a colon."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
