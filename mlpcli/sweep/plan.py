"""What a sweep would train, side by side with what, for how long, and in how much memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mlpcli.check import estimate, measured, start_test
from mlpcli.config import Config, Structure, structure
from mlpcli.runs import estimate_footprint
from mlpcli.search import TOGETHER, Asker, Spec, Values, settings
from mlpcli.sweep.halving import no_rungs, rule_text, rungs
from mlpcli.terminal import Section, Text, count, duration, size, table_of
from mlpcli.training import Room

LISTED = 12  # trials on a screen
FINALISTS = 3  # that there are likely to be


@dataclass(frozen=True)
class Together:
    """Trials of one structure, and how many of them train at once."""

    parameters: int
    layers: int
    trials: int
    at_once: int


@dataclass(frozen=True)
class Plan:
    """The trials that are known beforehand, and what all of them take."""

    spec: Spec
    trials: tuple[tuple[Values, Config], ...]
    total: int  # trials in all
    together: tuple[Together, ...]  # by structure, of those known
    seconds: float
    memory: int  # bytes, of as many at once as train

    @property
    def text(self) -> str:
        """Say it in a line."""
        known = "" if len(self.trials) == self.total else f", the first {len(self.trials)} known"
        return f"{count(self.total, 'trial')} by {self.spec.search}{known}"


def plan(spec: Spec) -> Plan:
    """Return what a sweep would train. Nothing is written."""
    asker, total = Asker(spec), spec.most
    known = min(total, TOGETHER if spec.is_adaptive else total)
    asked = list(filter(None, (asker.ask({}) for _ in range(known))))
    trials = tuple((values, spec.config(values, n)) for n, values in enumerate(asked))
    if not spec.is_adaptive:
        total = len(trials)
    configs = [config for _, config in trials]
    room, together = Room(), list[Together]()
    by_structure = sorted(configs, key=lambda c: (c.parameters, repr(structure(c))))
    for _, alike in groupby(by_structure, key=structure):
        some = list(alike)
        first = some[0]
        together.append(Together(first.parameters, first.layers, len(some), room.of(first)))
    return Plan(
        spec=spec,
        trials=trials,
        total=total,
        together=tuple(together),
        seconds=_seconds(spec, configs, total),
        memory=max(_memory(config, room.of(config)) for config in configs),
    )


def _memory(config: Config, at_once: int) -> int:
    takes = estimate_footprint(config)
    return takes.memory + (at_once - 1) * (takes.weights_memory + takes.layers_memory)


def _seconds(spec: Spec, configs: Sequence[Config], total: int) -> float:
    """Return how long it takes: TensorFlow started once, each structure compiled once."""
    speed, room = measured(start_test()), Room()
    times = [estimate(config, [], speed) for config in configs]
    structures: dict[Structure, float] = {}
    for config, time in zip(configs, times, strict=True):
        structures[structure(config)] = time.start
    steps = [
        _share(config, spec.halving) * (time.seconds - time.start) / room.of(config)
        for config, time in zip(configs, times, strict=True)
    ]
    searching = sum(steps) * total / max(1, len(configs))
    finals = 0.0 if spec.seeds == 1 else FINALISTS * spec.seeds * searching / max(1, total)
    whole = sum(structures.values()) + searching + finals
    return whole if spec.minutes is None else min(whole, 60 * spec.minutes)


def _share(config: Config, eta: int) -> float:
    """Return the share of its steps that a trial takes in the mean, where 1 / eta go on."""
    steps, part, before = 0.0, 1.0, 0
    for step in (*rungs(config, eta), config.steps):
        steps += part * (step - before)
        part, before = part / eta, step
    return steps / config.steps


def plan_sections(found: Plan, full: bool = False) -> Iterator[Section]:
    """Yield the trials, what runs with what, and what all takes."""
    shown = found.trials if full else found.trials[:LISTED]
    lines = [f"{number}: {settings(values)}" for number, (values, _) in enumerate(shown)]
    if rest := len(found.trials) - len(shown):
        lines.append(f"and {rest:,} more")
    if found.total > len(found.trials):
        lines.append("the others follow from results")
    yield Section(found.text, [Text(line) for line in lines])
    rows = [
        (f"{each.layers} layers, {each.parameters:,} parameters", f"{each.trials:,}",
         f"{each.at_once}")
        for each in found.together
    ]  # fmt: skip
    yield Section("", [table_of(("structure", "trials", "at once"), rows[: None if full else 8])])
    yield Section("", [Text(each) for each in _rules(found)])
    total = f"about {duration(found.seconds)}, {size(found.memory)} of memory"
    yield Section("", [Text(total, "strong")])


def _rules(found: Plan) -> Iterator[str]:
    steps = {step for _, config in found.trials for step in rungs(config, found.spec.halving)}
    if steps:
        yield rule_text(found.spec.halving, sorted(steps))
    elif text := no_rungs((config for _, config in found.trials), found.spec.halving):
        yield text
    if found.spec.seeds > 1:
        yield f"finalists: those not told apart from the best, on {found.spec.seeds} fresh seeds"


def plan_json(found: Plan) -> dict[str, Any]:
    """Return a plan for JSON."""
    return {
        "trials": [
            {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
            for values, _ in found.trials
        ],
        "total": found.total,
        "together": [vars(each) for each in found.together],
        "seconds": found.seconds,
        "memory": found.memory,
    }
