"""What `train` says of a run at its end."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from mlpcli.config import Config
from mlpcli.errors import RunError, shell_word, shown
from mlpcli.runs import Summary, has_learned, late_fall, read_rows
from mlpcli.terminal import Console, duration, interval, number, percent, print_line, print_sentence
from mlpcli.theory import healthy_loss, starts_saturated


def print_outcome(console: Console, config: Config, path: Path, summary: Summary) -> None:
    """Print what came out of a run, of which weights, and what to type next."""
    if summary.stopped:
        print_sentence(console, stop_line(config, summary))
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
    name, write = _score_form(summary)
    test = summary.test_r2 if summary.test_accuracy is None else summary.test_accuracy
    ruined = ": learned nothing" if _is_ruined(config, summary) else ""
    return (
        f"test {name} {write(test)}, validation {name} {write(summary.score)}, "
        f"{_after(summary)}{duration(summary.seconds)}{ruined}"
    )


def _after(summary: Summary) -> str:
    """Say of a run that keeps earlier weights than its last of which step they are, or ""."""
    step, steps = summary.weights_step, summary.steps
    return f"both after step {step:,} of {steps:,}, " if summary.keeps_earlier else ""


def score_lines(summary: Summary) -> Iterator[str]:
    """Yield the scores, each with the weights that it is of, and how long it all took."""
    yield _test_line(summary)
    name, shown_score = _score_form(summary)
    kept, best = summary.score, summary.best_score
    is_best = best is None or kept is None or best <= kept
    of = f" of {summary.steps:,}, which are kept" if summary.keeps_earlier else ""
    yield (
        f"validation {name} {shown_score(kept)}{', its best' if is_best else ''}; "
        f"both of the weights after step {summary.weights_step:,}{of}"
    )
    if not is_best:
        yield (
            f"best validation {name} {shown_score(best)}, of the weights after step "
            f"{summary.best_val_step:,}"
        )
    yield f"{duration(summary.seconds)}, {summary.examples_per_second:,.0f} examples/s"


def stop_line(config: Config, summary: Summary) -> str:
    """Say where patience ended a run, and why."""
    why = config.stopping.why_stopped(config.data.task.kind)
    return f"stopped after step {summary.steps:,} of {config.steps:,}: {why}"


def _score_form(summary: Summary) -> tuple[str, Callable[[float | None], str]]:
    """Return what a run's score is called, and how it is written."""
    return ("accuracy", _percent) if summary.test else ("R squared", number)


def _test_line(summary: Summary) -> str:
    if test := summary.test:
        bounds = interval(test.correct, test.examples)
        return (
            f"test accuracy {_percent(test.accuracy)} ({bounds}, 95 % interval), "
            f"test loss {number(summary.test_loss)}"
        )
    errors = ""
    if summary.test_rmse is not None and summary.test_mae is not None:
        errors = f", RMSE {number(summary.test_rmse)}, MAE {number(summary.test_mae)}"
    score, loss = number(summary.test_r2), number(summary.test_loss)
    return f"test R squared {score}{errors}, test loss {loss}"


def _percent(share: float | None) -> str:
    return f"{percent(share)} %"


def next_explain(path: Path) -> str:
    """Say which command tells why a run came out badly."""
    return f"next: mlpcli explain {shell_word(path)}"


def _is_ruined(config: Config, summary: Summary) -> bool:
    validation = summary.validation
    low = validation.low if validation else None
    learned = has_learned(config.data.facts, summary.val_accuracy, low, summary.val_r2)
    return learned is False and config.class_weights == "none"  # as unless_weighted has it


def concern_of(config: Config, summary: Summary, path: Path) -> str:
    """Say in a line why a completed run is worth an explanation; empty if it came out well.

    The limits are those of the rules that `explain` goes by.
    """
    if _is_ruined(config, summary):
        facts = config.data.facts
        if summary.val_r2 is not None:
            return (
                f"it learned nothing: R squared is {number(summary.val_r2)} on the validation "
                "examples, where always to answer their mean has 0"
            )
        limit, largest = facts.learned_accuracy, facts.largest_class
        return (
            f"it learned nothing: {percent(summary.val_accuracy)} % of the validation examples are "
            f"right, where an untrained network may have {percent(limit)} %, and always to answer "
            f"the largest class has {percent(largest)} %"
        )
    try:
        return _concern_of_losses(config, path, summary.steps)
    except RunError:  # the rows have gone since
        return ""


def _concern_of_losses(config: Config, path: Path, steps: int) -> str:
    rows = read_rows(path)
    first = next(rows, None)
    if first is None:
        return ""
    if starts_saturated(config):
        return (
            f"the loss began at {number(first.loss)} on the first batch, where "
            f"{healthy_loss(config.data.task)} is healthy"
        )
    fall = late_fall(chain([first], rows), steps)
    if fall and fall.goes_on:
        return (
            f"the loss was still falling: by {percent(fall.training)} % in training and "
            f"{percent(fall.validation)} % in validation over the last fifth of the steps"
        )
    return ""
