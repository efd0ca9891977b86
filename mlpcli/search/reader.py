"""What a sweep file says of its keys, read strictly: each problem with its line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from mlpcli.config import (
    Config,
    Entry,
    allowed_by,
    entry,
    fits,
    json_schema,
    pairs,
    problem_of_value,
)
from mlpcli.errors import Place, Problem, nearest, shown
from mlpcli.search.domain import Choices, Domain, Range, Value
from mlpcli.search.file_keys import (
    CHOICE_KEYS,
    MEASURED,
    MEASURED_KEY,
    MOST_VALUES,
    NOT_SEARCHED,
    RANGE,
    RANGE_KEYS,
)
from mlpcli.search.space import Key


@dataclass
class Reader:
    """Reads nodes of a file, and gathers what is wrong with them."""

    source: str
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, place: Place, key: str, text: str) -> None:
        """Note what is wrong."""
        self.problems.append(Problem(place, shown(key), text))

    def mapping(self, node: yaml.Node, place: Place, key: str) -> dict[str, tuple[Place, Any]]:
        """Return what a nested mapping has; nothing of what is none, which is noted."""
        if not isinstance(node, yaml.MappingNode) or node.tag:
            self.refuse(place, key, node.tag or "not a mapping, allowed {key: value}")
            return {}
        return {name: (at, value) for name, at, value in pairs(node, self.source, self.problems)}

    def known(self, key: str, found: Mapping[str, Any], allowed: Collection[str]) -> None:
        """Note each key that is not allowed, with the nearest that is."""
        for name, (place, _) in found.items():
            if name not in allowed:
                near = nearest(name, allowed)
                meant = f"did you mean {near[0]}?" if near else f"allowed {', '.join(allowed)}"
                self.refuse(place, f"{key}: {name}" if key else name, f"unknown key, {meant}")

    def scalar(self, key: str, node: yaml.Node, place: Place, schema: Mapping[str, Any]) -> Any:
        """Return a single value; None of one that its schema does not allow, which is noted."""
        read = entry(node, place)
        if read.problem:
            self.refuse(place, key, read.problem)
        elif isinstance(read.value, list) or not fits(read.value, schema):
            allowed = allowed_by(schema)
            self.refuse(place, key, f"not allowed, got {read.written}, allowed {allowed}")
        else:
            return read.value
        return None

    def key(self, name: str, place: Place, node: yaml.Node) -> Key | None:
        """Return a key of `over`; None of what is none, which is noted."""
        if name in NOT_SEARCHED:
            self.refuse(place, name, f"is not searched: {NOT_SEARCHED[name]}")
            return None
        if name not in Config.model_fields:
            self.refuse(place, name, problem_of_value(name, Entry(place, 1, "1")))
            return None
        if isinstance(node, yaml.MappingNode) and not node.tag:
            return self._spread_key(name, place, node)
        domain = self._choices(name, place, node)
        return Key(name, domain) if domain else None

    def _spread_key(self, name: str, place: Place, node: yaml.Node) -> Key | None:
        """Return a key that is a range, or has values only when others have some."""
        found = self.mapping(node, place, name)
        before = len(self.problems)
        self.known(name, found, CHOICE_KEYS if "values" in found else RANGE_KEYS)
        when = self._when(name, *found["when"]) if "when" in found else ()
        domain: Domain | None
        if "values" in found:
            domain = self._choices(name, *found["values"])
        else:
            domain = self._range(name, place, found)
        return Key(name, domain, when) if domain and len(self.problems) == before else None

    def _choices(self, name: str, place: Place, node: yaml.Node) -> Choices | None:
        """Return a list's values, each of which the key allows and none of which comes twice."""
        if not isinstance(node, yaml.SequenceNode) or node.tag:
            read = entry(node, place)
            text = node.tag or f"not a list of values nor a range, got {read.written}"
            self.refuse(place, name, f"{text}, allowed [value, value] or {{from: 1, to: 10}}")
            return None
        return self.values(name, [entry(each, _at(each, place)) for each in node.value], place)

    def values(self, name: str, entries: Sequence[Entry], place: Place) -> Choices | None:
        """Return the values of entries as choices; None where one is wrong, which is noted."""
        before = len(self.problems)
        values: list[Value] = []
        if not 1 <= len(entries) <= MOST_VALUES:
            text = "no value" if not entries else f"{len(entries):,} values"
            self.refuse(place, name, f"{text}, allowed 1 to {MOST_VALUES:,}")
        for each in entries[:MOST_VALUES]:
            value = tuple(each.value) if isinstance(each.value, list) else each.value
            if problem := problem_of_value(name, each):
                self.refuse(each.place, name, problem)
            elif any(_same(value, other) for other in values):
                self.refuse(each.place, name, f"{each.written} is given twice")
            else:
                values.append(value)
        return Choices(tuple(values)) if len(self.problems) == before else None

    def _range(self, name: str, place: Place, found: Mapping[str, Any]) -> Range | None:
        """Return a range between two values that the key allows."""
        if not is_number(name):
            self.refuse(place, name, "is no number, and has no range, allowed [value, value]")
            return None
        if missing := [each for each in ("from", "to") if each not in found]:
            self.refuse(place, name, f"no {missing[0]}, allowed {{from: 1, to: 10, log: true}}")
            return None
        ends = [self._end(name, *found[each]) for each in ("from", "to")]
        log, measured = bool(self._said(name, found, "log")), self._measured(name, found)
        step = self._said(name, found, "step")
        low, high = ends
        if low is None or high is None:
            return None
        if low >= high:
            self.refuse(place, name, f"from {low:g} to {high:g}: to has to be the larger")
            return None
        if log and (low <= 0 or step is not None):
            why = "log: true with a step" if low > 0 else f"log: true from {low:g}"
            self.refuse(place, name, f"{why}: of a logarithmic range from is above 0, without step")
            return None
        if step is not None and step > high - low:
            self.refuse(place, name, f"step {step:g} leads beyond the range")
            return None
        if is_whole(name) and step is not None and step != int(step):
            self.refuse(place, name, f"step {step:g}, allowed a whole number")
            return None
        step = None if step is None else float(step)
        return Range(float(low), float(high), log, step, is_whole(name), measured)

    def _end(self, name: str, place: Place, node: yaml.Node) -> float | None:
        read = entry(node, place)
        if problem := problem_of_value(name, read):
            self.refuse(place, name, problem)
        elif type(read.value) not in (int, float):
            self.refuse(place, name, f"not a number, got {read.written}")
        else:
            return read.value  # type: ignore[return-value]
        return None

    def _said(self, name: str, found: Mapping[str, Any], key: str) -> Any:
        """Return what a range says beside its ends; None where it says nothing."""
        if key not in found:
            return None
        place, node = found[key]
        return self.scalar(f"{name}: {key}", node, place, RANGE[key])

    def _measured(self, name: str, found: Mapping[str, Any]) -> bool:
        if "of" in found and name != MEASURED_KEY:
            self.refuse(found["of"][0], name, f"of: {MEASURED} is for {MEASURED_KEY} alone")
        return bool(self._said(name, found, "of"))

    def _when(
        self, name: str, place: Place, node: yaml.Node
    ) -> tuple[tuple[str, tuple[Value, ...]], ...]:
        """Return of which other keys' values a key depends."""
        conditions = []
        for other, (at, value) in self.mapping(node, place, f"{name}: when").items():
            listed = isinstance(value, yaml.SequenceNode)
            nodes: list[yaml.Node] = value.value if listed else [value]
            if other not in Config.model_fields:
                self.refuse(at, f"{name}: when", problem_of_value(other, Entry(at, 1, "1")))
            elif choices := self.values(other, [entry(each, at) for each in nodes], at):
                conditions.append((other, choices.values))
        return tuple(conditions)


def is_whole(name: str) -> bool:
    """Say whether a key takes whole numbers alone."""
    return "integer" in _kinds(name)


def is_number(name: str) -> bool:
    """Say whether a key takes numbers."""
    return bool({"integer", "number"} & _kinds(name))


def _kinds(name: str) -> set[str]:
    schema = json_schema()["properties"][name]
    return {str(each.get("type")) for each in schema.get("anyOf", [schema])}


def _at(node: yaml.Node, place: Place) -> Place:
    return Place(place.source, node.start_mark.line + 1) if place.line else place


def _same(one: Value, other: Value) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)
