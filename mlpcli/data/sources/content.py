"""The bytes of a source: a regular file, unpacked where it is .gz, or what standard input gave."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import os
import zlib
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from mlpcli.data.sources.bounds import require_ratio
from mlpcli.errors import DataError, nearest, shell_word, shown_path
from mlpcli.system import open_regular, reason

LISTED = 5  # names of files at most in a hint
LOOKED_AT = 10_000  # names in a folder at most
BLOCK = 1 << 20


@dataclass(frozen=True)
class Content:
    """Bytes that can be read from their beginning, more than once."""

    name: str  # as messages have it
    path: Path | None = None
    held: bytes = b""  # where there is no file
    packed: bool = False  # by gzip

    def open(self) -> Stream:
        """Return the bytes, unpacked. Raises DataError where there is no file to read."""
        if self.path is None:
            return Stream(io.BytesIO(self.held), self.name, len(self.held), False)
        file = opened(self.path)
        return Stream(file, self.name, os.fstat(file.fileno()).st_size, self.packed)

    @property
    def size(self) -> int | None:
        """The number of bytes, None where that is not known before they are unpacked."""
        if self.packed:
            return None
        return len(self.held) if self.path is None else self.path.stat().st_size


class Stream:
    """Bytes in their order; what cannot be read or unpacked is a DataError."""

    def __init__(self, file: BinaryIO, name: str, size: int, packed: bool) -> None:
        self._file = file
        self._source: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=file) if packed else file
        self._name, self._size, self._packed = name, size, packed
        self._given = 0

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._source.close()
        self._file.close()

    def read(self, count: int) -> bytes:
        """Return the next `count` bytes, fewer only at the end."""
        try:
            content = self._source.read(count)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            what = "cut short" if isinstance(error, EOFError) else "damaged"
            raise DataError(
                f"{self._name}: {what}: unpacks to no more than {self._given:,} bytes",
                f"fetch or make it anew, then try: gzip -t {shell_word(self._name)}",
            ) from error
        except OSError as error:
            raise DataError(f"{self._name}: {reason(error)}") from error
        self._given += len(content)
        if self._packed:
            require_ratio(self._size, self._given, self._name)
        return content

    def skip(self, count: int) -> None:
        """Leave out the next `count` bytes."""
        if not self._packed:
            self._source.seek(count, os.SEEK_CUR)
            return
        while count > 0 and (content := self.read(min(count, BLOCK))):
            count -= len(content)

    def read_all(self) -> bytes:
        """Return all that is left."""
        parts = []
        while content := self.read(8 * BLOCK):
            parts.append(content)
        return b"".join(parts)


def name_of(path: Path) -> str:
    """Return a path as messages have it: safe to print."""
    return shown_path(path)


def opened(path: Path) -> BufferedReader:
    """Open a regular file. Raises DataError, with what may have been meant, for anything else."""
    try:
        return os.fdopen(open_regular(path, follow=True), "rb")
    except OSError as error:
        raise DataError(f"{name_of(path)}: {_what(error)}", _hint(path, error)) from error
    except ValueError as error:  # a NUL in the path
        raise DataError(f"{name_of(path)}: not a path") from error


def _what(error: OSError) -> str:
    if error.errno == errno.EISDIR:
        return "a folder, allowed a file"
    if error.errno in (errno.EINVAL, errno.ENXIO):  # a FIFO, a device, a socket
        return "not a regular file"
    return reason(error)


def _hint(path: Path, error: OSError) -> str:
    """Say what to type where a path is no file that can be read."""
    if error.errno == errno.EISDIR:
        names = _names(path)
        return f"name one in it: {_listed(path, names)}" if names else "there is no file in it"
    if error.errno in (errno.EINVAL, errno.ENXIO):
        return "save what it gives to a file first"
    if error.errno == errno.EACCES:
        return f"allow reading: chmod +r {shell_word(path)}"
    if error.errno not in (errno.ENOENT, errno.ENOTDIR):
        return ""
    from mlpcli.data.registry import BUILT_IN

    names = _names(path.parent)
    if near := nearest(path.name, [*names, *BUILT_IN]):
        beside = path.parent / near[0] if near[0] in names else near[0]
        return f"did you mean {shell_word(beside)}?"
    built_in = ", ".join(BUILT_IN)
    there = f"there: {_listed(path.parent, names)}; " if names else ""
    return f"{there}built in: {built_in}"


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            looked_at = [each for each, _ in zip(entries, range(LOOKED_AT), strict=False)]
            return sorted(each.name for each in looked_at if each.name[0] != "." and each.is_file())
    except (OSError, ValueError):  # none that can be read, or a NUL in its name
        return []


def _listed(folder: Path, names: list[str]) -> str:
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return ", ".join(shell_word(folder / name) for name in names[:LISTED]) + more


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a regular file's content, in hexadecimal: 1 GB takes about a second.

    Raises DataError where it cannot be read.
    """
    with opened(path) as file:
        try:
            return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DataError(f"{name_of(path)}: {reason(error)}") from error
