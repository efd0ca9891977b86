"""How numbers, runs and errors are said: data on stdout, talk on stderr."""

import os
import shlex
import sys
from contextlib import nullcontext, suppress
from pathlib import Path

import rich.console
from rich.text import Text

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.files import reason
from mlpcli.runs.records import Summary
from mlpcli.stats.intervals import wilson_interval


class StreamError(RunError):
    """A standard stream that cannot be written."""


def number(value: float | None, digits: int = 4) -> str:
    """Write a number with that many significant digits, for people.

    >>> [number(x) for x in (3545.2, 0.021434, 1.0, 1e-7, None)]
    ['3,545', '0.02143', '1.000', '1.000e-07', '-']
    """
    if value is None:
        return "-"
    return f"{value:#,.{digits}g}".removesuffix(".")


def count(amount: int, what: str) -> str:
    """Write how many of something there are.

    >>> count(1, "row"), count(5_000, "row")
    ('1 row', '5,000 rows')
    """
    return f"{amount:,} {what}{'' if amount == 1 else 's'}"


def percent(share: float | None) -> str:
    """Write a share from 0 to 1 as a percentage, without its sign.

    >>> percent(0.98104)
    '98.10'
    """
    return "-" if share is None else f"{100 * share:.2f}"


def points(share: float) -> str:
    """Write a difference of shares in percentage points.

    >>> points(-0.0133)
    '-1.33'
    """
    return f"{100 * share:+.2f}"


def interval(right: int, examples: int) -> str:
    """Write the 95 % Wilson interval of a proportion, in percent.

    >>> interval(9_800, 10_000)
    '97.71 to 98.26'
    """
    return " to ".join(percent(share) for share in wilson_interval(right, examples))


def duration(seconds: float) -> str:
    """Write a time for people.

    >>> [duration(s) for s in (0.04, 6.63, 75, 7384)]
    ['0.0 s', '6.6 s', '1:15', '2:03:04']
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Console(rich.console.Console):
    """A console that takes no text for markup, and leaves a closed pipe to the command line."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, highlight=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError under way, unless it is talk that nobody hears."""
        if not self.stderr:
            raise  # it is called where that is handled


def talk_console() -> Console:
    """Return the console for talk: stderr."""
    return Console(stderr=True)


def is_live(console: Console) -> bool:
    """Say whether a console can redraw what it shows."""
    return console.is_terminal and not console.is_dumb_terminal


def say(console: Console, text: str, style: str = "") -> None:
    """Print a line that wraps nowhere, so that it can be copied.

    Talk that cannot be written is no reason to fail.
    """
    with suppress(OSError) if console.stderr else nullcontext():
        console.print(Text(text, style=style), soft_wrap=True)


def say_error(error: MlpcliError) -> None:
    """Print an error and what to do next."""
    console = talk_console()
    say(console, str(error), "red")
    if error.hint:
        say(console, error.hint)


def say_path(path: Path) -> None:
    """Print a run directory's path on stdout, at once, for a script to take.

    Raises StreamError where it cannot be written; a reader that has left is no reason to fail.
    """
    try:
        sys.stdout.buffer.write(os.fsencode(path) + b"\n")  # whatever the locale
        sys.stdout.flush()
    except OSError as error:  # nothing more can be said there
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise StreamError(f"standard output: {reason(error)}") from error


def shell_word(word: Path | str) -> str:
    """Return a path or another word as it can be pasted into a shell."""
    text = shlex.quote(shown(word, 1000))
    return f"./{text}" if text.startswith("-") else text  # which is no option


def say_summary(console: Console, path: Path, summary: Summary) -> None:
    """Print what came out of a run, and what to type next."""
    test = interval(summary.test_right, summary.test_examples)
    say(
        console,
        f"test accuracy {percent(summary.test_accuracy)} % ({test}, 95 % interval), "
        f"test loss {number(summary.test_loss)}",
        "bold",
    )
    say(
        console,
        f"best validation accuracy {percent(summary.best_val_accuracy)} % "
        f"at step {summary.best_val_step:,}; "
        f"{duration(summary.seconds)}, {summary.examples_per_second:,.0f} examples/s",
    )
    say(console, f"in {shown(path, 200)}")
    say(console, f"next: mlpcli compare {shell_word(path.parent)}")
