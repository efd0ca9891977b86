"""What was found of a learning rate, for people and as JSON."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlpcli.check.advice import AGREE, SATURATED
from mlpcli.config.schema import Config
from mlpcli.errors import shown
from mlpcli.runs.metrics import to_json
from mlpcli.terminal.console import Console, duration, percent, say, shell_word, talk_console
from mlpcli.terminal.sheet import sentence, table
from mlpcli.tune.ladder import NEAR, Choice, Curvature, Finding, Rung, two_digits

HEADS = ("", "learning_rate", "accuracy %", "error", "diverged")


def show_finding(config: Config, finding: Finding, form: str) -> None:
    """Print what was found on stdout."""
    if form == "json":
        print(to_json(finding_json(config, finding), indent=2))
        return
    console, choice = Console(), finding.choice
    say(console, headline(choice, finding.steps), "bold" if choice.learns else "bold yellow")
    sentence(console, where_it_stands(config, choice))
    console.print()
    table(console, HEADS, 1, lines(config, choice))
    console.print()
    first, steps = finding.steps // 2 + 1, finding.steps
    sentence(
        console,
        f"accuracy: over the training batches of steps {first} to {steps}; error: standard error "
        f"over seeds; about as good: at most {100 * NEAR:g} points below the best",
    )
    for line in (about_curvature(choice, finding.curvature), about_schedule(config)):
        if line:
            sentence(console, line)


def headline(choice: Choice, steps: int) -> str:
    """Say the best value and the interval around it, or why there is none."""
    if not choice.learns:
        tried = f"{choice.rungs[0].rate:.2g} to {choice.rungs[-1].rate:.2g}"
        return (
            f"at no learning rate from {tried} does this network learn anything in {steps} steps: "
            "try another init or activation, or fewer layers"
        )
    text = f"learning_rate {choice.best:g}; {choice.low:g} to {choice.high:g} are about as good"
    if choice.edge:
        text += f"; it is the {choice.edge} that was tried, so the best may be beyond it"
    return text


def where_it_stands(config: Config, choice: Choice) -> str:
    """Say how the config's rate stands to the best."""
    rate, times = config.learning_rate, config.learning_rate / choice.best
    if not choice.learns:
        return f"the config has {rate:g}"
    if choice.low <= rate <= choice.high:
        return f"the config's {rate:g} is within the interval"
    off, way = (times, "large") if times > 1 else (1 / times, "small")
    return f"the config's {rate:g} is {two_digits(off):,g} times too {way}"


def lines(config: Config, choice: Choice) -> Iterator[tuple[Sequence[str], str]]:
    """Yield the table's lines by rate: rungs, and the best and the config's among them."""
    own, blank = config.learning_rate, ("", "", "")
    marked = [(rung.rate, _cells(rung), "") for rung in choice.rungs]
    marked.append((own, ("config", f"{own:g}", *blank), "cyan"))
    if choice.learns:
        marked.append((choice.best, ("best", f"{choice.best:g}", *blank), "bold green"))
    for _, cells, style in sorted(marked, key=lambda each: each[0]):
        yield cells, style


def _cells(rung: Rung) -> tuple[str, ...]:
    seeds = len(rung.accuracies)
    diverged = f"{rung.diverged} of {seeds}" if rung.diverged else ""
    value = percent(rung.value) if rung.diverged < seeds else "-"
    error = percent(rung.error) if rung.error is not None and not rung.diverged else ""
    return "", f"{rung.rate:.2g}", value, error, diverged


def about_curvature(choice: Choice, curvature: Curvature) -> str:
    """Say how sharpness stands to the choice."""
    low, high = min(curvature.sharpness), max(curvature.sharpness)
    measured = f"sharpness {low:.3g} to {high:.3g} over two inits and two samples"
    if not curvature.guides:
        scale = curvature.logit_scale
        why = f"logit scale {scale:.3g}, limit {SATURATED:g}" if scale > SATURATED else ""
        if not math.isfinite(low + high):
            why = "the curvature is not finite"
        why = why or f"they differ by more than {AGREE:g} times, or nothing curves upward"
        return f"{measured}: sharpness is no guide here ({why})"
    least, most = min(curvature.limits), max(curvature.limits)
    text = f"{measured}: stable at the start up to {least:.2g} to {most:.2g}"
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
        f"measured at constant rates; with {' and '.join(parts)} it is for the highest rate of the "
        "schedule, which may then be somewhat higher"
    )


def finding_json(config: Config, finding: Finding) -> dict[str, Any]:
    """Return what was found for JSON; a number that is none is null there."""
    choice, curvature = finding.choice, finding.curvature
    best = {key: getattr(choice, key) for key in ("best", "low", "high")}
    return {
        "config": config.resolved(),
        **(best if choice.learns else dict.fromkeys(best)),
        "edge": choice.edge or None,
        "learns": choice.learns,
        "config_to_best": config.learning_rate / choice.best if choice.learns else None,
        "rungs": [
            {"rate": rung.rate, "accuracy": rung.value, "error": rung.error,
             "diverged": rung.diverged, "seeds": len(rung.accuracies)}
            for rung in choice.rungs
        ],
        "sharpness": {**asdict(curvature), "guides": curvature.guides},
        "schedule": about_schedule(config) or None,
        "steps": finding.steps,
        "rounds": finding.rounds,
        "seconds": finding.seconds,
    }  # fmt: skip


def say_next(path: Path, overrides: Sequence[str], copy: Path | None, finding: Finding) -> None:
    """Say how long it took and what to type next."""
    console = talk_console()
    say(console, f"{finding.rounds} rounds of {finding.steps} steps: {duration(finding.seconds)}")
    if copy:
        say(console, f"wrote {shown(copy, 200)}")
        say(console, f"next: mlpcli train {shell_word(copy)}")
    elif finding.choice.learns:
        kept = [each for each in overrides if not each.startswith("learning_rate=")]
        options = [*kept, f"learning_rate={finding.choice.best:g}"]
        words = " ".join(f"-s {shell_word(each)}" for each in options)
        say(console, f"next: mlpcli train {shell_word(path)} {words}")
