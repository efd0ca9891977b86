"""What a command that trains says on stderr, and how: the options --quiet and --progress."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from mlpcli.terminal.console import Console, print_line, print_path, print_sentence, print_warnings

Progress = Literal["auto", "bar", "plain", "none"]


@dataclass(frozen=True)
class Talk:
    """How rows are shown while a run trains, and whether anything is said but errors.

    `stdout` is what goes there: the runs' paths, or their summaries at the end.
    """

    progress: Progress = "auto"
    quiet: bool = False
    stdout: Literal["paths", "json", "nothing"] = "paths"

    @cached_property
    def console(self) -> Console:
        """The console for talk; a quiet one prints nothing."""
        return Console(stderr=True, quiet=self.quiet)

    def say(self, text: str, style: str = "") -> None:
        """Print a line of talk."""
        print_line(self.console, text, style)

    def tell(self, text: str, style: str = "") -> None:
        """Print a sentence of talk."""
        print_sentence(self.console, text, style)

    def warn(self, *warnings: str) -> None:
        """Print what is wrong and stops nothing."""
        print_warnings(warnings, self.console)

    def print_path(self, path: Path) -> None:
        """Print a run's path on stdout, if that is what goes there."""
        if self.stdout == "paths":
            print_path(path)
