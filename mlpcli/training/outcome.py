"""What `train` says of a run at its end."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from mlpcli.config import Config
from mlpcli.errors import RunError, shell_word, shown
from mlpcli.runs import Summary, has_learned, late_fall, read_rows
from mlpcli.terminal import Console, duration, interval, number, percent, print_line, print_sentence
from mlpcli.theory import healthy_loss, starts_saturated


def print_outcome(console: Console, config: Config, path: Path, summary: Summary) -> None:
    """Print what came out of a run, of which weights, and what to type next."""
    first, *others = score_lines(summary)
    ruined = ": learned nothing" if _is_ruined(config, summary) else ""
    print_sentence(console, first + ruined, "bold")
    for line in others:
        print_sentence(console, line)
    print_line(console, f"in {shown(path, 200)}")
    if concern := concern_of(config, summary, path):
        print_sentence(console, concern, "yellow")
        print_line(console, next_explain(path))
    else:
        print_line(console, f"next: mlpcli compare {shell_word(path.parent)}")


def short_outcome(config: Config, summary: Summary) -> str:
    """Say in a line what came out of a run among others."""
    return (
        f"test accuracy {percent(summary.test_accuracy)} %, "
        f"validation accuracy {percent(summary.val_accuracy)} %, {duration(summary.seconds)}"
        f"{': learned nothing' if _is_ruined(config, summary) else ''}"
    )


def score_lines(summary: Summary) -> Iterator[str]:
    """Yield the scores, each with the weights that it is of, and how long it all took."""
    test = interval(summary.test.correct, summary.test_examples)
    yield (
        f"test accuracy {percent(summary.test_accuracy)} % ({test}, 95 % interval), "
        f"test loss {number(summary.test_loss)}"
    )
    last, best = summary.val_accuracy, summary.best_val_accuracy
    is_best = best is None or best <= last
    yield (
        f"validation accuracy {percent(last)} %{', its best' if is_best else ''}; "
        f"both of the weights after step {summary.steps:,}"
    )
    if not is_best:
        yield (
            f"best validation accuracy {percent(best)} %, of the weights after step "
            f"{summary.best_val_step:,}"
        )
    yield f"{duration(summary.seconds)}, {summary.examples_per_second:,.0f} examples/s"


def next_explain(path: Path) -> str:
    """Say which command tells why a run came out badly."""
    return f"next: mlpcli explain {shell_word(path)}"


def _is_ruined(config: Config, summary: Summary) -> bool:
    return has_learned(config.dataset, config.data.sha256, summary.validation.low) is False


def concern_of(config: Config, summary: Summary, path: Path) -> str:
    """Say in a line why a completed run is worth an explanation; empty if it came out well.

    The limits are those of the rules that `explain` goes by.
    """
    if _is_ruined(config, summary):
        data = config.data
        return (
            f"it learned nothing: {percent(summary.val_accuracy)} % of the validation examples are "
            f"right, where an untrained network may have {percent(data.learned_accuracy)} %, and "
            f"always to answer the largest class has {percent(data.largest_class)} %"
        )
    try:
        return _concern_of_losses(config, path)
    except RunError:  # the rows have gone since
        return ""


def _concern_of_losses(config: Config, path: Path) -> str:
    rows = read_rows(path)
    first = next(rows, None)
    if first is None:
        return ""
    if starts_saturated(config):
        return (
            f"the loss began at {number(first.loss)} on the first batch, where "
            f"{healthy_loss(config.data.task.chance_loss)} is healthy"
        )
    fall = late_fall(chain([first], rows), config.steps)
    if fall and fall.goes_on:
        return (
            f"the loss was still falling: by {percent(fall.training)} % in training and "
            f"{percent(fall.validation)} % in validation over the last fifth of the steps"
        )
    return ""
