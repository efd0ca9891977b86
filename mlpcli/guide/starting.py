"""What `init` does: first configs written, their paths on stdout, and what to type next."""

from pathlib import Path

from mlpcli.config import first_run, write_first, write_shipped
from mlpcli.errors import shell_word
from mlpcli.terminal import count, print_line, print_path, stderr_console


def write_starters(file: Path | None) -> int:
    """Write a first config of that name, or the shipped ones; return the exit code."""
    console = stderr_console()
    if file:
        path = write_first(file)
        print_path(path)
        print_line(console, f"next: mlpcli train {shell_word(path)}")
        return 0
    kept = 0
    for path, is_new in write_shipped():
        if is_new:
            print_path(path)
        kept += not is_new
    if kept:
        print_line(
            console,
            f"{count(kept, 'file')} there before, left as {'it was' if kept == 1 else 'they were'}",
        )
    print_line(console, f"next: {first_run()}")
    return 0
