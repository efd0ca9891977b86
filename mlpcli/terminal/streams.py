"""The standard streams: closed ones, full ones, and readers that have left."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from mlpcli.errors import RunError, shown
from mlpcli.files import reason


@contextmanager
def guarded_stdout() -> Iterator[None]:
    """End in a line where stdout cannot be written, in silence where its reader is gone.

    Click's own way with a closed pipe is exit code 1. Raises click's Exit, or RunError.
    """
    try:
        yield
    except OSError as error:
        # what is still buffered must not raise again when Python closes stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise click.exceptions.Exit(0) from error
        mine = error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
        where = error.filename or ("this process" if mine else "standard output")
        raise RunError(f"{shown(where, 200)}: {reason(error)}") from error


def open_closed_streams() -> None:
    """Put the null device where a standard stream is closed, before a file takes its number."""
    for descriptor, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
            setattr(sys, name, open(descriptor, mode, encoding="utf-8"))  # noqa: SIM115, PTH123


def escape_unencodable() -> None:
    """Write characters that a stream's encoding does not have as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
