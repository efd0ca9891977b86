"""The trials that a sweep begins with, where somebody knows good ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from mlpcli.config import entry
from mlpcli.errors import Place
from mlpcli.search.file_keys import MOST_FIRST
from mlpcli.search.reader import Reader
from mlpcli.search.space import Space, Value, Values, settings


def read_first(
    reader: Reader, found: Mapping[str, tuple[Place, Any]], space: Space
) -> tuple[Values, ...]:
    """Return the settings of `first`, each with every key that varies; note what is wrong."""
    if "first" not in found:
        return ()
    place, node = found["first"]
    if not isinstance(node, yaml.SequenceNode) or not 1 <= len(node.value) <= MOST_FIRST:
        reader.refuse(place, "first", f"not a list, allowed 1 to {MOST_FIRST} of {_example(space)}")
        return ()
    read = [_setting(reader, each, space) for each in node.value]
    return tuple(each for each in read if each is not None)


def _setting(reader: Reader, node: yaml.Node, space: Space) -> Values | None:
    """Return one setting; None of one that is none of the space, which is noted."""
    place = Place(reader.source, node.start_mark.line + 1)
    before = len(reader.problems)
    given: dict[str, Value] = {}
    names = [key.name for key in space.keys]
    pairs = reader.mapping(node, place, "first")
    reader.known("first", pairs, names)
    for name, (at, value) in pairs.items():
        if name in names and (read := reader.values(name, [entry(value, at)], at)):
            given[name] = read.values[0]
    values = space.values_of(given)
    if len(reader.problems) == before and (values is None or values.keys() != given.keys()):
        text = f"not of the space, got {settings(given)}, allowed as {_example(space)}"
        reader.refuse(place, "first", text)
    return values if len(reader.problems) == before else None


def _example(space: Space) -> str:
    middle = space.at([0.5] * len(space.keys))
    return "{" + ", ".join(f"{key}: {value}" for key, value in middle.items()) + "}"
