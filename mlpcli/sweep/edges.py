"""Whether the searched box was too small: keys whose best values stand at its edge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlpcli.config import Entry, problem_of_value
from mlpcli.errors import Place
from mlpcli.search import Choices, Key, Range, Space, Value, Values, is_whole

NEAR = 0.05  # of a range, from its end
FURTHER = 3.0  # times, that a logarithmic range is widened
ROUND = (1.0, 2.0, 3.0, 5.0)  # what a widened end begins with


@dataclass(frozen=True)
class Edge:
    """A key whose best values stand at an end of the box, and to what it could be widened."""

    key: str
    value: Value
    is_high: bool
    widen_to: Value
    measured: bool = False  # both are multiples of a measured rate


def edges(space: Space, good: Sequence[Values], tried: Sequence[Values]) -> list[Edge]:
    """Return the keys that stand at one end of the box in all settings that tie with the best.

    Where one of these stands elsewhere, or does without the key, the box was wide enough. An end
    beyond which nothing is allowed, as a momentum of 0, is no edge; nor is one where nothing else
    was tried.
    """
    found = []
    for key in space.keys:
        if len({each.get(key.name) for each in tried}) < 2:
            continue
        values = [each[key.name] for each in good if key.name in each]
        for is_high in (False, True):
            if len(values) == len(good) > 0 and all(
                _is_at(key, value, is_high) for value in values
            ):
                wider = _wider(key, is_high)
                if wider is not None:
                    measured = isinstance(key.domain, Range) and key.domain.measured
                    found.append(Edge(key.name, values[0], is_high, wider, measured))
    return found


def _is_at(key: Key, value: Value, is_high: bool) -> bool:
    domain = key.domain
    if isinstance(domain, Range):
        unit = domain.unit(value)
        return unit >= 1 - NEAR if is_high else unit <= NEAR
    if not domain.is_ordered or domain.count < 2:
        return False
    return bool(value == domain.values[-1 if is_high else 0])


def _wider(key: Key, is_high: bool) -> Value | None:
    """Return the value to widen to: as far again as the last two values, or a factor of 3."""
    domain = key.domain
    end = _beyond_choices(domain, is_high) if isinstance(domain, Choices) else _beyond(
        domain, is_high)  # fmt: skip
    if is_whole(key.name):
        end = round(end)
    return end if not problem_of_value(key.name, Entry(Place(""), end, str(end))) else None


def _beyond_choices(domain: Choices, is_high: bool) -> float:
    values = domain.values
    last, before = (values[-1], values[-2]) if is_high else (values[0], values[1])
    if last > 0 and before > 0 and not 0.5 < last / before < 2:
        return float(f"{last * last / before:.6g}")
    return float(f"{last + (last - before):.12g}")


def _beyond(domain: Range, is_high: bool) -> float:
    if domain.log:
        return _rounded(domain.high * FURTHER if is_high else domain.low / FURTHER)
    half = (domain.high - domain.low) / 2
    return float(f"{domain.high + half if is_high else domain.low - half:.6g}")


def _rounded(value: float) -> float:
    """Return a number near one that is easy to type.

    >>> _rounded(0.91), _rounded(1953.0)
    (1.0, 2000.0)
    """
    power = 10.0 ** math.floor(math.log10(value))
    lead = min((*ROUND, 10.0), key=lambda each: abs(math.log(value / power / each)))
    return float(f"{lead * power:.3g}")
