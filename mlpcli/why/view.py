"""A difference split by key: a table, a sentence, and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mlpcli.compare import is_share
from mlpcli.errors import shell_word, shown
from mlpcli.stats import EXACT, Interval
from mlpcli.terminal import (
    Column,
    Section,
    Table,
    Text,
    count,
    duration,
    percent,
    value_text,
    with_bounds,
)
from mlpcli.why.players import Between
from mlpcli.why.split import Split

CELL = 24  # characters of a value


class Plan(NamedTuple):
    """What would be trained, and for how long."""

    between: Between
    networks: int
    structures: int
    seconds: float


def why_sections(found: Split) -> Iterator[Section]:
    """Yield the ends, what each key brings, and the answer."""
    a, b = found.between.a, found.between.b
    head = (
        f"{shown(a.name, CELL)} {_score(found, found.a)}, {shown(b.name, CELL)} "
        f"{_score(found, found.b)} {found.key}, over {count(len(found.seeds), 'seed')}"
    )
    keys = [" and ".join(_told(found, share.keys)) for share in found.shares]
    changes = [_change(found.between, _told(found, share.keys)) for share in found.shares]
    brings = [_apart(found, share.brings) for share in found.shares]
    unit = ", in points" if is_share(found.key) else ""
    table = Table(
        [
            Column("key", [*keys, "together"]),
            Column("from -> to", [*changes, ""]),
            Column(f"brings{unit}", [*brings, _apart(found, found.difference)], number=True),
        ]
    )
    yield Section("", [Text(head), table])
    yield Section("", [Text(each, "faint") for each in _notes(found)])
    yield Section("", [Text(_answer(found), "strong")])


def _told(found: Split, keys: tuple[str, ...]) -> list[str]:
    """Return those of a player's keys that differ."""
    a, b = (each.resolved() for each in (found.between.a, found.between.b))
    return [key for key in keys if a.get(key) != b.get(key)] or list(keys[:1])


def _change(between: Between, keys: list[str]) -> str:
    a, b = (each.resolved() for each in (between.a, between.b))
    sides = (", ".join(value_text(each.get(key), CELL) for key in keys) for each in (a, b))
    return " -> ".join(sides)


def _score(found: Split, score: Interval) -> str:
    if not is_share(found.key):
        return f"{score.mean:.4f}"
    return f"{percent(score.mean)} %"


def _apart(found: Split, apart: Interval) -> str:
    scale = 100 if is_share(found.key) else 1
    if apart.low is None or apart.high is None:
        return f"{scale * apart.mean:+.2f}" if scale > 1 else f"{apart.mean:+.4f}"
    low, high = scale * apart.low, scale * apart.high
    return with_bounds(scale * apart.mean, low, high, scale > 1, "+")


def _notes(found: Split) -> Iterator[str]:
    between = found.between
    some = f"{len(between.taken(0))} orders a seed, drawn in pairs"
    exact = "all orders" if len(between.players) <= EXACT else some
    yield (
        f"± and brackets: the 95 % interval over seeds. Each key brings the mean of what it adds "
        f"when it is changed after others, in {exact} (Shapley)."
    )
    if found.together:
        one, other, more = found.together
        yield (
            f"{' and '.join(_told(found, one))} with {' and '.join(_told(found, other))}: "
            f"{_apart(found, more)} together beyond what each brings."
        )


def _answer(found: Split) -> str:
    first = found.shares[0]
    unit = " points" if is_share(found.key) else ""
    name = " and ".join(_told(found, first.keys))
    return (
        f"{_apart(found, found.difference)}{unit} from {shown(found.between.a.name, CELL)} to "
        f"{shown(found.between.b.name, CELL)}, of which {name} brings "
        f"{_apart(found, first.brings)}."
    )


def next_command(place: Path) -> str:
    """Return how to see all that was trained."""
    return f"mlpcli compare {shell_word(place)}"


def why_json(found: Split) -> dict[str, Any]:
    """Return a split for JSON, in the unit of the score."""
    return {
        "score": found.key,
        "seeds": list(found.seeds),
        "a": _interval(found.a),
        "b": _interval(found.b),
        "difference": _interval(found.difference),
        "keys": [{"keys": list(each.keys), **_interval(each.brings)} for each in found.shares],
        "together": None
        if found.together is None
        else {"keys": [list(each) for each in found.together[:2]], **_interval(found.together[2])},
    }


def _interval(of: Interval) -> dict[str, Any]:
    return {"mean": of.mean, "low": of.low, "high": of.high}


def plan_sections(plan: Plan) -> Iterator[Section]:
    """Yield what would be trained."""
    apart, networks, structures, _ = plan
    seconds = duration(plan.seconds)
    names = ", ".join(" and ".join(each) for each in apart.players)
    yield Section("", [
        Text(f"{count(len(apart.players), 'key')} apart: {names}"),
        Text(f"{count(networks, 'network')} of {count(structures, 'structure')} would be trained: "
             f"about {seconds}, if none of them is there yet", "strong"),
    ])  # fmt: skip


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return a plan for JSON."""
    apart, networks, structures, seconds = plan
    players = [list(each) for each in apart.players]
    return {"keys": players, "networks": networks, "structures": structures, "seconds": seconds}
