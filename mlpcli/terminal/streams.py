"""The standard streams: closed ones, full ones, and readers that have left.

An error of writing is marked where it happens, so that no other one is taken for it.
"""

import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mlpcli.errors import RunError
from mlpcli.system import reason

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDOUT = "standard output"  # what an OSError of writing there has for its file's name


class StreamError(RunError):
    """A standard stream that cannot be written."""


class _Stream(io.FileIO):
    """The descriptor of a standard stream.

    Of stdout the first error is raised, with its name, and what comes after it goes nowhere: else
    Python would meet it again when it closes the stream, and exit with 120. A reader that has left
    is no error, so that the exit code is the outcome's, and neither is talk that finds no room.
    """

    lost = False

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write what is taken of the data; wait where a pipe that does not block is full."""
        length = memoryview(data).nbytes
        try:
            while not self.lost:
                if (written := super().write(data)) is not None:
                    return written
                select.select([], [self], [])
        except BrokenPipeError:
            self.lost = True
        except OSError as error:
            if self.fileno() == 1:
                self.lost = True
                raise OSError(error.errno, error.strerror, STDOUT) from error
        return length


def open_streams() -> None:
    """Make stdout and stderr such streams, in which characters that they lack are escapes.

    Where a standard stream is closed, the null device is put first, before a file takes its number.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
            mode = "w" if descriptor else "r"
            stream = open(descriptor, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):  # and no caller's own
            setattr(sys, name, _guarded(stream))


def _guarded(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """Return a standard stream as the interpreter and its variables want it, on a `_Stream`."""
    return io.TextIOWrapper(
        io.BufferedWriter(_Stream(stream.fileno(), "w", closefd=False)),
        encoding=stream.encoding,
        errors="backslashreplace",
        # stderr has one or the other, and PYTHONUNBUFFERED gives them the second
        line_buffering=stream.line_buffering or stream.write_through,
    )


def reader_has_left() -> bool:
    """Say whether what is printed on stdout goes nowhere."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return isinstance(raw, _Stream) and raw.lost


@contextmanager
def guarded_stdout() -> Iterator[None]:
    """Raise StreamError where stdout cannot be written, and any other error as it is."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.filename is not STDOUT:
            raise
        raise StreamError(f"{STDOUT}: {reason(error)}") from error
