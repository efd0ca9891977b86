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
    number,
    percent,
    print_line,
    print_next,
    stderr_console,
    table_of,
)
from mlpcli.theory import AGREE, SATURATED, advice_text, repair
from mlpcli.tune.rate_search import (
    NEAR,
    SEEDS,
    Candidate,
    Choice,
    Curvature,
    RateResult,
    two_digits,
)

AROUND = 6  # candidates around the best that are shown by default
HEADINGS = ("", "learning_rate", "{}", "error", "diverged")


def brief_sections(config: Config, result: RateResult) -> Iterator[Section]:
    """Yield what fits a screen: the best rate, and the rates around it."""
    choice = result.choice
    yield from _answer(config, result)
    near = sorted(choice.candidates, key=lambda each: abs(math.log(each.rate / choice.best)))
    yield _table(config, choice, near[:AROUND])
    note = (
        f"{_judge(config)}: in training, over steps {_judged(result)}; error: over {SEEDS} seeds, "
        "and without one a single seed's"
    )
    yield Section("", [Text(each) for each in (note, about_schedule(config)) if each])


def full_sections(config: Config, result: RateResult) -> Iterator[Section]:
    """Yield all that was found of a learning rate."""
    choice = result.choice
    yield from _answer(config, result)
    yield _table(config, choice, choice.candidates)
    near = f"{NEAR:g}" if _of_values(config) else f"{100 * NEAR:g} points"
    notes = (
        f"{_judge(config)}: over the training batches of steps {_judged(result)}; error: the "
        f"standard error over {SEEDS} seeds; without one it is a single seed's; about as good: at "
        f"most {near} below the best",
        about_curvature(choice, result.curvature),
        about_schedule(config),
    )
    yield Section("", [Text(note) for note in notes if note])


def _answer(config: Config, result: RateResult) -> Iterator[Section]:
    choice = result.choice
    yield Section("", [
        Text(headline(choice, result.steps), "strong" if choice.learns else "warning"),
        Text(where_it_stands(config, choice)),
    ])  # fmt: skip


def _judged(result: RateResult) -> str:
    return f"{result.steps // 2 + 1} to {result.steps}"


def _table(config: Config, choice: Choice, candidates: Sequence[Candidate]) -> Section:
    rows, emphasis = zip(*lines(config, choice, candidates), strict=True)
    judge = "R squared" if _of_values(config) else "accuracy %"
    headings = [each.format(judge) for each in HEADINGS]
    return Section("", [table_of(headings, rows, emphasis=emphasis)])


def _of_values(config: Config) -> bool:
    return isinstance(config.data.task, Regression)


def _judge(config: Config) -> str:
    return "R squared" if _of_values(config) else "accuracy"


def headline(choice: Choice, steps: int) -> str:
    """Say the best value and the interval around it, or why there is none."""
    if not choice.learns:
        tried = f"{choice.candidates[0].rate:.2g} to {choice.candidates[-1].rate:.2g}"
        return f"at no learning rate from {tried} does this network learn anything in {steps} steps"
    text = f"learning_rate {choice.best:g}; {choice.low:g} to {choice.high:g} are about as good"
    if choice.edge:
        text += f"; it is the {choice.edge} that was tried, so the best may be beyond it"
    return text


def where_it_stands(config: Config, choice: Choice) -> str:
    """Say how the config's rate stands to the best."""
    rate, times = config.learning_rate, config.learning_rate / choice.best
    if not choice.learns:
        return f"the config's is {rate:g}"
    if choice.low <= rate <= choice.high:
        return f"the config's {rate:g} is within the interval"
    off, way = (times, "large") if times > 1 else (1 / times, "small")
    return f"the config's {rate:g} is {two_digits(off):,g} times too {way}"


def lines(
    config: Config, choice: Choice, candidates: Sequence[Candidate]
) -> Iterator[tuple[Sequence[str], Emphasis]]:
    """Yield the table's lines by rate: candidates, and the best and the config's among them."""
    own, blank = config.learning_rate, ("", "", "")
    write = number if _of_values(config) else percent
    marked: list[tuple[float, Sequence[str], Emphasis]] = [
        (candidate.rate, _cells(candidate, write), "error" if candidate.diverged else "")
        for candidate in candidates
    ]
    marked.append((own, ("config", f"{own:g}", *blank), "own"))
    if choice.learns:
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


def about_schedule(config: Config) -> str:
    """Say for what the value is where the config does not train at a constant rate."""
    parts = []
    if config.decay != "constant":
        parts.append(f"decay: {config.decay}")
    if config.warmup_steps:
        parts.append(f"warmup_steps: {config.warmup_steps:,}")
    if not parts:
        return ""
    return (
        f"measured at a constant rate; with {' and '.join(parts)} take it as the highest rate of "
        "the schedule, which may be somewhat higher"
    )


def rate_json(config: Config, result: RateResult) -> dict[str, Any]:
    """Return what was found for JSON; a number that is none is null there."""
    choice, curvature = result.choice, result.curvature
    best = {key: getattr(choice, key) for key in ("best", "low", "high")}
    score = "r2" if _of_values(config) else "accuracy"
    return {
        "config": config.resolved(),
        **(best if choice.learns else dict.fromkeys(best)),
        "edge": choice.edge or None,
        "learns": choice.learns,
        "config_to_best": config.learning_rate / choice.best if choice.learns else None,
        "candidates": [
            {"rate": candidate.rate, score: candidate.value, "error": candidate.error,
             "diverged": candidate.diverged, "seeds": len(candidate.scores)}
            for candidate in choice.candidates
        ],
        "sharpness": {**asdict(curvature), "guides": curvature.guides},
        "schedule": about_schedule(config) or None,
        "steps": result.steps,
        "rounds": result.rounds,
        "seconds": result.seconds,
    }  # fmt: skip


def head_of_copy(path: Path, result: RateResult) -> list[str]:
    """Return the lines with which a copy of a config begins: what is its own, and what is not."""
    choice, name = result.choice, shown(path.name)
    return [
        f"{name} with the learning_rate that mlpcli lr measured over {result.steps} steps: "
        f"{choice.low:g} to {choice.high:g} are about as good.",
        f"The other comments are those of {name}, written for its own values.",
    ]


def nothing_found(
    path: Path, overrides: Sequence[str], config: Config, result: RateResult
) -> tuple[str, str]:
    """Return the error where no rate lets a network learn, and what to try."""
    rates = len(result.choice.candidates)
    words = " ".join([shell_word(path), *(f"-s {shell_word(each)}" for each in overrides)])
    keys = repair(config, result.curvature.logit_scale)
    advice = f"try {advice_text(keys)}; " if keys else ""
    return (
        f"no learning rate was found: nothing was learned at any of the {rates} that were tried",
        f"{advice}see what the network begins with: mlpcli check {words}",
    )


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
