"""The consoles, and lines, warnings, errors and paths on them: data on stdout, talk on stderr."""

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path

import rich.console
from rich.text import Text

from mlpcli.errors import MlpcliError
from mlpcli.terminal.streams import guarded_stdout, reader_has_left

MOST_COLUMNS = 1_000  # wider tables would be mostly blanks
LONGEST_NUMBER = 9  # digits of a variable that are read
DUMB = ("dumb", "unknown")  # terminals whose lines cannot be redrawn, as rich has it


class Console(rich.console.Console):
    """A console that takes no text for markup, and leaves a closed pipe to the command line.

    A quiet one prints nothing; one that is asked to draw takes no terminal for dumb.
    """

    def __init__(self, *, stderr: bool = False, quiet: bool = False, draws: bool = False) -> None:
        super().__init__(
            stderr=stderr,
            quiet=quiet,
            markup=False,
            highlight=False,
            emoji=False,
            _environ=_environment(draws),
        )

    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError under way, unless it is talk that nobody hears."""
        if not self.stderr:
            raise  # it is called where that is handled


def _environment(draws: bool) -> Mapping[str, str]:
    """Return the variables that rich reads, with a COLUMNS that a terminal can have, or without.

    With none to print on, rich prints nothing: not even an error.
    """
    written = os.environ.get("COLUMNS", "")
    others = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    if draws and others.get("TERM", "").lower() in DUMB:
        others["TERM"] = "xterm"
    if not written.isdecimal() or int(written[:LONGEST_NUMBER]) == 0:
        return others
    return {**others, "COLUMNS": str(min(int(written[:LONGEST_NUMBER]), MOST_COLUMNS))}


def stderr_console() -> Console:
    """Return the console for talk: stderr."""
    return Console(stderr=True)


def is_screen(console: Console) -> bool:
    """Say whether a console is a terminal, whose lines have an end and can be redrawn.

    FORCE_COLOR, which rich takes for one, asks for colours alone: a file is none.
    """
    return console.file.isatty() and not console.is_dumb_terminal


def print_line(console: Console, text: str, style: str = "") -> None:
    """Print a line that wraps nowhere, so that it can be copied.

    Talk comes behind the data that were printed before it, also where both go to one file. Talk
    that cannot be written is no reason to fail.
    """
    if console.stderr:
        sys.stdout.flush()
    with suppress(OSError) if console.stderr else nullcontext():
        console.print(Text(text, style=style), soft_wrap=True)


def print_sentence(console: Console, text: str, style: str = "") -> None:
    """Print talk to be read, not copied: on a terminal its lines end between words."""
    if not is_screen(console):
        print_line(console, text, style)
        return
    with suppress(OSError):
        console.print(Text(text, style=style))


def print_next(command: str, more: bool = False) -> None:
    """Print on stderr what to type next, and how to see more where there is more.

    Not where the reader of stdout has left, who wants no more.
    """
    if not reader_has_left():
        rest = "   (all of it: --full)" if more else ""
        print_line(stderr_console(), f"next: {command}{rest}")


def print_warnings(warnings: Iterable[str], console: Console | None = None) -> None:
    """Print on stderr what is wrong and stops nothing."""
    for warning in warnings:
        print_line(console or stderr_console(), warning, "yellow")


def stdout_is_screen() -> bool:
    """Say whether data go to a terminal."""
    return sys.stdout.isatty()


def print_error(error: MlpcliError, whose: str = "", console: Console | None = None) -> None:
    """Print an error, of what is named, and what to do next."""
    console = console or stderr_console()
    print_line(console, f"{whose}: {error}" if whose else str(error), "red")
    if error.hint:
        print_line(console, error.hint)


def print_path(path: Path) -> None:
    """Print a run directory's path on stdout, at once, for a script to take; see `print_bytes`."""
    print_bytes(os.fsencode(path))  # whatever the locale


def print_bytes(line: bytes) -> None:
    """Print a line, or several, on stdout at once.

    Raises StreamError where it cannot be written.
    """
    with guarded_stdout():
        sys.stdout.buffer.write(line + b"\n")
