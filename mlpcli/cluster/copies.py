"""Files of the user's on a worker: those that are there with the same content, and copies."""

import hashlib
import os
from pathlib import Path
from typing import Any

from mlpcli.data import file_sha256, stands_at
from mlpcli.errors import DataError


class Copies:
    """A worker's copies of the head's files, below a folder, each under the path that it has there.

    So what stands beside a file there, its labels, stands beside its copy.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[Path, str] = {}  # the hash of each copy that came whole
        self._hashes: dict[Path, Any] = {}  # of those that are coming

    def has(self, path: str, sha256: str) -> bool:
        """Say whether there is a file of that content, and have it read for that path."""
        copy = self._place(path)
        if self._kept.get(copy) == sha256:
            stands_at(path, copy)
            return True
        try:
            found = Path(path).is_file() and file_sha256(Path(path)) == sha256
        except (DataError, OSError):
            found = False
        if found:  # a file system that both see
            stands_at(path, Path(path))
        return found

    def receive(self, path: str, offset: int, piece: bytes, sha256: str) -> None:
        """Write a piece at the end of the copy; with a hash it is the last, and gets its name."""
        copy = self._place(path)
        part = copy.with_name(f".{copy.name}.part")
        if offset == 0:
            copy.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(b"")
            self._hashes[copy] = hashlib.sha256()
        with part.open("r+b") as file:
            file.seek(offset)
            file.write(piece)
        self._hashes[copy].update(piece)
        if not sha256:
            return
        if self._hashes.pop(copy).hexdigest() != sha256:
            raise OSError(f"{path}: another content than was sent")
        part.replace(copy)
        self._kept[copy] = sha256
        stands_at(path, copy)

    def _place(self, path: str) -> Path:
        return self._folder / os.path.normpath(path).lstrip("/")
