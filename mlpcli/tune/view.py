"""What was found of a learning rate, for people and as JSON."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlpcli.config import Config
from mlpcli.data import Regression
from mlpcli.errors import shell_word, shown
from mlpcli.terminal import (
    Emphasis,
    Section,
    Text,
    duration,
    number,
    percent,
    print_line,
    print_next,
    stderr_console,
    table_of,
)
from mlpcli.theory import AGREE, SATURATED
from mlpcli.tune.choosing import NEAR, two_digits
from mlpcli.tune.records import Candidate, Choice, Curvature, RateResult, best_of

AROUND = 6  # candidates around the best that are shown by default
HEADINGS = ("", "learning_rate", "{}", "error", "diverged")


def brief_sections(config: Config, result: RateResult) -> Iterator[Section]:
    """Yield what fits a screen: the best rate, and the rates around it."""
    choice = result.choice
    yield from _answer(config, result)
    center = best_of(choice.candidates).rate
    near = sorted(choice.candidates, key=lambda each: abs(math.log(each.rate / center)))[:AROUND]
    yield _table(config, choice, near)
    yield Section("", [Text(each) for each in (_judged(config, result), _for_the_run(result))
                       if each])  # fmt: skip


def full_sections(config: Config, result: RateResult) -> Iterator[Section]:
    """Yield all that was found of a learning rate."""
    choice = result.choice
    yield from _answer(config, result)
    yield _table(config, choice, choice.candidates)
    if choice.learns:
        title = f"before that, {choice.coarse[0].steps:,} steps with one seed"
        yield Section(title, _table(config, None, choice.coarse).blocks)
    near = f"{NEAR:g}" if _of_values(config) else f"{100 * NEAR:g} points"
    notes = (
        f"{_judged(config, result)}; about as good: at most {near} below the best",
        _for_the_run(result),
        about_curvature(choice, result.curvature) if result.curvature else "",
    )
    yield Section("", [Text(note) for note in notes if note])


def _answer(config: Config, result: RateResult) -> Iterator[Section]:
    choice = result.choice
    yield Section("", [
        Text(headline(choice), "strong" if choice.learns else "warning"),
        Text(where_it_stands(config, choice)),
    ])  # fmt: skip


def _judged(config: Config, result: RateResult) -> str:
    """Say what the scores are of."""
    what = "R squared" if _of_values(config) else "accuracy"
    if config.class_weights != "none":
        what += ", the mean over the classes,"
    steps, run = result.choice.candidates[0].steps, result.plan.run
    after = f"all {run:,} steps" if steps == run else f"{steps:,} of {run:,} steps"
    seeds = max(len(each.scores) for each in result.choice.candidates)
    error = f"; error: over {seeds} seeds" if seeds > 1 else ""
    return f"{what} on {result.scored:,} validation examples after {after}{error}"


def _for_the_run(result: RateResult) -> str:
    """Say how the best of so many steps becomes that of the run, where it is another."""
    shift, plan = result.plan.shift(result.drift), result.plan
    if not result.choice.learns or round(shift, 2) == 1:
        return ""
    return (
        f"longer runs want lower rates: those for {plan.run:,} steps are {shift:.2g} times those "
        f"for {plan.fine:,}"
    )


def _table(config: Config, choice: Choice | None, candidates: Sequence[Candidate]) -> Section:
    rows, emphasis = zip(*lines(config, choice, candidates), strict=True)
    judge = "R squared" if _of_values(config) else "accuracy %"
    headings = [each.format(judge) for each in HEADINGS]
    return Section("", [table_of(headings, rows, emphasis=emphasis)])


def _of_values(config: Config) -> bool:
    return isinstance(config.data.task, Regression)


def headline(choice: Choice) -> str:
    """Say the best value and the interval around it, or why there is none."""
    if not choice.learns:
        tried = f"{choice.candidates[0].rate:.2g} to {choice.candidates[-1].rate:.2g}"
        steps = choice.candidates[0].steps
        return f"at no learning rate from {tried} does this network learn anything in {steps} steps"
    text = f"learning_rate {choice.best:g}; {choice.low:g} to {choice.high:g} are about as good"
    if choice.edge:
        text += f"; it is the {choice.edge} that was tried, so the best may be beyond it"
    return text


def where_it_stands(config: Config, choice: Choice) -> str:
    """Say how the config's rate stands to the best."""
    rate = config.learning_rate
    if not choice.learns:
        return f"the config's is {rate:g}"
    if choice.low <= rate <= choice.high:
        return f"the config's {rate:g} is within the interval"
    times = rate / choice.best
    off, way = (times, "large") if times > 1 else (1 / times, "small")
    return f"the config's {rate:g} is {two_digits(off):,g} times too {way}"


def lines(
    config: Config, choice: Choice | None, candidates: Sequence[Candidate]
) -> Iterator[tuple[Sequence[str], Emphasis]]:
    """Yield the table's lines by rate: candidates, and the best and the config's among them.

    Without a choice candidates alone.
    """
    own, blank = config.learning_rate, ("", "", "")
    write = number if _of_values(config) else percent
    marked: list[tuple[float, Sequence[str], Emphasis]] = [
        (candidate.rate, _cells(candidate, write), "error" if candidate.diverged else "")
        for candidate in candidates
    ]
    if choice:
        marked.append((own, ("config", f"{own:g}", *blank), "own"))
    if choice and choice.learns:
        marked.append((choice.best, ("best", f"{choice.best:g}", *blank), "best"))
    for _, cells, emphasis in sorted(marked, key=lambda each: each[0]):
        yield cells, emphasis


def _cells(candidate: Candidate, write: Callable[[float], str]) -> tuple[str, ...]:
    seeds = len(candidate.scores)
    diverged = f"{candidate.diverged} of {seeds}" if candidate.diverged else ""
    value = write(candidate.value) if candidate.diverged < seeds else "-"
    error = write(candidate.error) if candidate.error is not None and not candidate.diverged else ""
    return "", f"{candidate.rate:.2g}", value, error, diverged


def about_curvature(choice: Choice, curvature: Curvature) -> str:
    """Say how sharpness stands to the choice."""
    low, high = min(curvature.sharpness), max(curvature.sharpness)
    measured = f"sharpness before step 1: {low:.3g} to {high:.3g} over two seeds and two samples"
    if not curvature.guides:
        scale = curvature.logit_scale
        why = f"logit scale {scale:.3g}, limit {SATURATED:g}" if scale > SATURATED else ""
        if not math.isfinite(low + high):
            why = "the curvature is not finite"
        why = why or f"they differ by more than {AGREE:g} times, or nothing curves upward"
        return f"{measured}: it is no guide here ({why})"
    least, most = min(curvature.limits), max(curvature.limits)
    text = f"{measured}: stable at the start up to a learning rate of {least:.2g} to {most:.2g}"
    return f"{text}; the best is {choice.best / least:.2g} times that" if choice.learns else text


def rate_json(config: Config, result: RateResult) -> dict[str, Any]:
    """Return what was found for JSON; a number that is none is null there."""
    choice, curvature = result.choice, result.curvature
    best = {key: getattr(choice, key) for key in ("best", "low", "high")}
    score = "r2" if _of_values(config) else "accuracy"
    tried = [*(choice.coarse if choice.learns else ()), *choice.candidates]
    return {
        "config": config.resolved(),
        **(best if choice.learns else dict.fromkeys(best)),
        "edge": choice.edge or None,
        "learns": choice.learns,
        "config_to_best": config.learning_rate / choice.best if choice.learns else None,
        "candidates": [
            {"rate": candidate.rate, score: candidate.value, "error": candidate.error,
             "diverged": candidate.diverged, "seeds": len(candidate.scores),
             "steps": candidate.steps}
            for candidate in tried
        ],
        "validation_examples": result.scored,
        "shift": result.plan.shift(result.drift),
        "sharpness": {**asdict(curvature), "guides": curvature.guides} if curvature else None,
        "seconds": result.seconds,
        "run_seconds": result.run_seconds,
    }  # fmt: skip


def head_of_copy(path: Path, result: RateResult) -> list[str]:
    """Return the lines with which a copy of a config begins: what is its own, and what is not."""
    choice, name = result.choice, shown(path.name)
    return [
        f"{name} with the learning_rate that mlpcli lr measured over {result.plan.fine} steps: "
        f"{choice.low:g} to {choice.high:g} are about as good.",
        f"The other comments are those of {name}, written for its own values.",
    ]


def print_cost(result: RateResult) -> None:
    """Say what the search took, beside what a run takes."""
    run = duration(result.run_seconds)
    text = f"this took {duration(result.seconds)}; the training of a run takes about {run}"
    print_line(stderr_console(), text, style="dim")


def print_next_command(
    path: Path, overrides: Sequence[str], copy: Path | None, best: float, full: bool
) -> None:
    """Say what to type next, and how to see all that was found."""
    if copy:
        print_line(stderr_console(), f"wrote {shown(copy, 200)}")
        print_next(f"mlpcli train {shell_word(copy)}", more=not full)
        return
    kept = [each for each in overrides if not each.startswith("learning_rate=")]
    options = [*kept, f"learning_rate={best:g}"]
    words = " ".join(f"-s {shell_word(each)}" for each in options)
    print_next(f"mlpcli train {shell_word(path)} {words}", more=not full)
