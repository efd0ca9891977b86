"""Files that `report` writes: over nothing that it did not write."""

from __future__ import annotations

from pathlib import Path

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.system import read_bounded, reason, write_whole

MOST_BYTES = 200_000_000  # of a file that may be written over


class ReportError(MlpcliError):
    """A file that is in the way."""

    exit_code = 2


def require_own(path: Path, mark: str) -> None:
    """Raise ReportError where there is a file that this command did not write."""
    if path.name == "-":
        raise ReportError("- is no file: a page is written into one", "name one: -o report.html")
    try:
        there = read_bounded(path, MOST_BYTES)
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise ReportError(f"{shown(path.parent, 200)}: no such folder") from None
        return
    except OSError as error:
        raise ReportError(f"{shown(path, 200)} cannot be written over: {reason(error)}") from error
    if mark.encode() not in there:
        raise ReportError(
            f"{shown(path, 200)} is there, and not of a report",
            "remove it, or name another place",
        )


def write(path: Path, content: bytes) -> None:
    """Write a file whole, or not at all. Raises RunError."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise RunError(f"{shown(path, 200)} cannot be written: {reason(error)}") from error
