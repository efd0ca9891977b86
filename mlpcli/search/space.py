"""The box that a sweep searches: keys of a config, each with its values, some only sometimes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from mlpcli.config import spelled
from mlpcli.search.domain import Choices, Domain, Value

Values = Mapping[str, Value]  # of the keys that a trial has


@dataclass(frozen=True)
class Key:
    """A key that varies, with what it can be, and of which other keys' values it depends."""

    name: str
    domain: Domain
    when: tuple[tuple[str, tuple[Value, ...]], ...] = ()

    def is_active(self, values: Values) -> bool:
        """Say whether the key is set, by the values of keys before it."""
        return all(values.get(other) in allowed for other, allowed in self.when)


@dataclass(frozen=True)
class Space:
    """Keys in an order in which each stands behind those that it depends on."""

    keys: tuple[Key, ...]

    def __getitem__(self, name: str) -> Key:
        return next(key for key in self.keys if key.name == name)

    @property
    def is_conditional(self) -> bool:
        """Whether a key is set only sometimes."""
        return any(key.when for key in self.keys)

    @property
    def is_finite(self) -> bool:
        """Whether there are only so many combinations."""
        return all(key.domain.count is not None for key in self.keys)

    def most(self) -> float:
        """Return how many combinations there are at most; inf where a range is continuous."""
        return math.prod(key.domain.count or math.inf for key in self.keys)

    def combinations(self) -> Iterator[Values]:
        """Yield every combination of a finite space, in the keys' order, the last one fastest."""
        yield from self._below({}, self.keys)

    def _below(self, values: Values, keys: Sequence[Key]) -> Iterator[Values]:
        if not keys:
            yield values
            return
        key, *rest = keys
        if not key.is_active(values):
            yield from self._below(values, rest)
            return
        for value in _all_values(key.domain):
            yield from self._below({**values, key.name: value}, rest)

    def at(self, units: Sequence[float]) -> Values:
        """Return the values at a point of the unit cube, one number of 0 to below 1 a key."""
        values: dict[str, Value] = {}
        for key, unit in zip(self.keys, units, strict=True):
            if key.is_active(values):
                values[key.name] = key.domain.at(unit)
        return values

    def values_of(self, given: Mapping[str, object]) -> Values | None:
        """Return values that somebody says, as JSON has them; None where they are none of it."""
        values: dict[str, Value] = {}
        for key in self.keys:
            if key.is_active(values):
                value = given.get(key.name)
                values[key.name] = tuple(value) if isinstance(value, list) else value
                if values[key.name] not in key.domain:
                    return None
        return values

    def corners(self, most: int) -> Iterator[Values]:
        """Yield at most so many combinations of choices and ends of ranges, each once.

        Every value of a key beside every one of another, all others at their last: values that do
        not go together are two, and the last ones are the largest.
        """
        ends = {key.name: _ends(key.domain).values for key in self.keys}
        pairs = combinations(ends, 2) if len(ends) > 1 else [(name,) for name in ends]
        seen: set[tuple[tuple[str, Value], ...]] = set()
        for names in pairs:
            for chosen in product(*(ends[name] for name in names)):
                given = dict(zip(names, chosen, strict=True))
                values = self._active({name: given.get(name, ends[name][-1]) for name in ends})
                if len(seen) < most and (identity := tuple(values.items())) not in seen:
                    seen.add(identity)
                    yield values

    def _active(self, given: Values) -> Values:
        """Return those of values whose keys are set by the others."""
        values: dict[str, Value] = {}
        for key in self.keys:
            if key.is_active(values):
                values[key.name] = given[key.name]
        return values


def _all_values(domain: Domain) -> Iterable[Value]:
    return domain.values if isinstance(domain, Choices) else domain.values()


def _ends(domain: Domain) -> Choices:
    if isinstance(domain, Choices):
        return domain
    return Choices(tuple(dict.fromkeys((domain.rounded(domain.low), domain.rounded(domain.high)))))


def settings(values: Values) -> str:
    """Return a trial's values in a line.

    >>> settings({"width": (300, 100), "learning_rate": 0.1})
    'width=[300,100] learning_rate=0.1'
    """
    return " ".join(f"{key}={_word(value)}" for key, value in values.items())


def _word(value: Value) -> str:
    """Write a value as YAML and the command line have it: null, true, [300,100]."""
    if isinstance(value, tuple):
        return f"[{','.join(map(str, value))}]"
    return spelled(value) if value is None or isinstance(value, bool) else str(value)
