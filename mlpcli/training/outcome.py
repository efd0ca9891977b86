"""What `train` says of a run at its end."""

from pathlib import Path

from mlpcli.errors import shown
from mlpcli.runs import Summary
from mlpcli.terminal import (
    Console,
    duration,
    interval,
    number,
    percent,
    print_line,
    shell_word,
)


def print_outcome(console: Console, path: Path, summary: Summary) -> None:
    """Print what came out of a run, and what to type next."""
    test = interval(summary.test.correct, summary.test_examples)
    print_line(
        console,
        f"test accuracy {percent(summary.test_accuracy)} % ({test}, 95 % interval), "
        f"test loss {number(summary.test_loss)}",
        "bold",
    )
    print_line(
        console,
        f"best validation accuracy {percent(summary.best_val_accuracy)} % "
        f"at step {summary.best_val_step:,}; "
        f"{duration(summary.seconds)}, {summary.examples_per_second:,.0f} examples/s",
    )
    print_line(console, f"in {shown(path, 200)}")
    print_line(console, f"next: mlpcli compare {shell_word(path.parent)}")
