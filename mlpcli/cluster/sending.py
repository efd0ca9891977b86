"""The user's files on their way to a worker: hashed once, and sent in pieces."""

from collections.abc import Callable
from pathlib import Path

from mlpcli.data import file_sha256
from mlpcli.errors import DataError, shown_path
from mlpcli.system import reason

PIECE = 16 << 20  # bytes in a message: what scheduler and worker hold of it at a time


class Files:
    """The hashes of files, each computed again only where the file has changed."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], str] = {}

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of a file. Raises DataError where it cannot be read."""
        try:
            found = Path(path).stat()
        except OSError as error:
            raise DataError(f"{shown_path(path)}: {reason(error)}") from error
        key = path, found.st_mtime_ns, found.st_size
        if key not in self._known:
            self._known[key] = file_sha256(Path(path))
        return self._known[key]


def send(path: str, sha256: str, receive: Callable[[str, int, bytes, str], object]) -> None:
    """Send a file's content in pieces, the last one with the content's hash."""
    with Path(path).open("rb") as file:
        offset, piece = 0, file.read(PIECE)
        while True:
            following = file.read(PIECE)
            receive(path, offset, piece, "" if following else sha256)
            if not following:
                return
            offset, piece = offset + len(piece), following
