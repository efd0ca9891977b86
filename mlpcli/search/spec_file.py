"""A sweep from its file, or from a config and words: every problem with it, in line order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from mlpcli.config import parse_pairs, read_text
from mlpcli.errors import ConfigError, Place, shown
from mlpcli.search.checks import HINT, checked
from mlpcli.search.file_keys import FILE, MINUTES, MOST_KEYS
from mlpcli.search.first import read_first
from mlpcli.search.reader import Reader
from mlpcli.search.space import Key, Space
from mlpcli.search.spec import TRIALS, Base, Search, Spec
from mlpcli.search.words import enter_words

NESTED = ("base", "over", "budget", "first")  # read on their own, and all others are one value
Found = Mapping[str, tuple[Place, Any]]


@dataclass(frozen=True)
class Asked:
    """What options ask of a sweep, each None where it is left to the file."""

    search: str | None = None
    trials: int | None = None
    seeds: int | None = None
    halving: int | None = None
    metric: str | None = None
    minutes: float | None = None
    seed: int | None = None
    stack: int | None = None
    needed: bool | None = None


def is_sweep_file(path: Path) -> bool:
    """Say whether a file is that of a sweep, and not a config. Raises ConfigError."""
    found, _ = parse_pairs(read_text(path), shown(path, 200))
    return _is_sweep(key for key, _, _ in found)


def _is_sweep(keys: Iterable[str]) -> bool:
    return any(key in ("over", "base") for key in keys)


def load_sweep(path: Path, words: Sequence[str] = (), asked: Asked | None = None) -> Spec:
    """Read a sweep file, or make a sweep of a config file and words; options go before the file.

    A word is KEY=VALUE, for the base, or KEY=VALUE,VALUE, for the space. Raises ConfigError.
    """
    source = shown(path, 200)
    reader = Reader(source)
    parsed, problems = parse_pairs(read_text(path), source)
    reader.problems += problems
    found: Found = {key: (place, node) for key, place, node in parsed}
    if not found:  # neither a sweep nor a config
        _raise(reader)
    if _is_sweep(found):
        reader.known("", found, FILE)
        base = _base_path(reader, found, path)
    else:
        base, found, reader.problems = path, {}, []  # the config's own reader tells its mistakes
    keys, overrides = _over(reader, found, words)
    values = _settings(reader, found)
    values |= {k: v for k, v in vars(asked or Asked()).items() if v is not None}
    _raise(reader)
    assert base
    read = Base.read(base, tuple(overrides))
    name = values.pop("name", None) or read.config.name[:56]
    places = {key.name: _place(reader, found, key.name) for key in keys}
    space = _ordered(reader, keys, places)
    values["first"] = () if reader.problems else read_first(reader, found, space)
    spec = _spec(name, read, space, values)
    _raise(reader)
    if "metric" in found and not (asked and asked.metric):
        places["metric"] = found["metric"][0]
    return checked(spec, places)


def _raise(reader: Reader) -> None:
    if reader.problems:
        raise ConfigError(sorted(reader.problems, key=lambda p: p.place.line or 10**9), HINT)


def _base_path(reader: Reader, found: Found, path: Path) -> Path | None:
    """Return the config that a sweep file names, which is beside it."""
    if "base" not in found:
        reader.refuse(Place(reader.source, 1), "base", "missing, allowed a config file")
        return None
    place, node = found["base"]
    fine = reader.scalar("base", node, place, FILE["base"])
    if fine is None:
        return None
    base: Path = path.parent / os.path.expanduser(str(fine))  # noqa: PTH111  # pathlib raises for no user
    if not os.path.isfile(base):  # noqa: PTH113  # pathlib raises for a name too long
        reader.refuse(place, "base", f"no such file: {shown(base, 200)}")
        return None
    return base


def _over(reader: Reader, found: Found, words: Sequence[str]) -> tuple[list[Key], list[str]]:
    """Return the keys that vary, of the file and of words, and the words that override the base."""
    keys: dict[str, Key] = {}
    if "over" in found:
        place, node = found["over"]
        for name, (at, value) in reader.mapping(node, place, "over").items():
            if key := reader.key(name, at, value):
                keys[name] = key
    overrides = enter_words(reader, keys, words)
    if not keys and not reader.problems:
        place = found["over"][0] if "over" in found else Place(reader.source)
        reader.refuse(place, "over", "no key to vary, allowed for example learning_rate=0.01,0.1")
    if len(keys) > MOST_KEYS:
        reader.refuse(found["over"][0], "over", f"{len(keys)} keys, allowed {MOST_KEYS}")
    return [*keys.values()], overrides


def _settings(reader: Reader, found: Found) -> dict[str, Any]:
    """Return what a sweep file says of the search, without what it leaves out."""
    values = {}
    for key, schema in FILE.items():
        if key in found and key not in NESTED:
            place, node = found[key]
            values[key] = reader.scalar(key, node, place, schema)
    if "budget" in found:
        values["minutes"] = _minutes(reader, *found["budget"])
    return values


def _minutes(reader: Reader, place: Place, node: yaml.Node) -> float | None:
    found = reader.mapping(node, place, "budget")
    reader.known("budget", found, FILE["budget"]["properties"])
    if "minutes" not in found:
        if not reader.problems:
            reader.refuse(place, "budget", "empty, allowed {minutes: 10}")
        return None
    at, value = found["minutes"]
    return reader.scalar("budget: minutes", value, at, MINUTES)  # type: ignore[no-any-return]


def _ordered(reader: Reader, keys: Sequence[Key], places: Mapping[str, Place]) -> Space:
    """Return the keys, each behind those that it depends on; note where that cannot be."""
    left, done = list(keys), list[Key]()
    names = {key.name for key in keys}
    for key in keys:
        for other, values in key.when:
            where, place = f"{key.name}: when", places[key.name]
            if other not in names:
                reader.refuse(place, where, f"{other} does not vary, and cannot be asked for")
            elif never := [v for v in values if v not in _domain_of(keys, other)]:
                reader.refuse(place, where, f"{other} is never {never[0]}")
    while left and not reader.problems:
        ready = [k for k in left if {name for name, _ in k.when} <= {d.name for d in done}]
        if not ready:
            name = left[0].name
            reader.refuse(places[name], f"{name}: when", "keys wait for each other")
            break
        done.append(ready[0])
        left.remove(ready[0])
    return Space(tuple(done))


def _domain_of(keys: Sequence[Key], name: str) -> Any:
    return next(key.domain for key in keys if key.name == name)


def _spec(name: str, base: Base, space: Space, values: dict[str, Any]) -> Spec:
    """Return the sweep, with what is left out in its place."""
    kind = base.config.data.task.kind
    searches = "trials" in values or not space.is_finite
    search = values.get("search") or ("tpe" if searches else "grid")
    trials, minutes = values.get("trials"), values.get("minutes")
    if trials is None and minutes is None and search != "grid":
        trials = TRIALS
    filled: dict[str, Any] = {key: schema.get("default") for key, schema in FILE.items()} | values
    return Spec(
        name=name,
        base=base,
        space=space,
        search=cast(Search, search),
        trials=trials,
        seeds=filled["seeds"],
        halving=filled["halving"],
        metric=filled["metric"] or ("val_accuracy" if kind == "classification" else "val_r2"),
        minutes=minutes,
        seed=filled["seed"],
        validations=filled["validations"],
        fit_init=filled["fit_init"],
        stack=filled["stack"],
        needed=filled["needed"],
        first=filled["first"] or (),
        largest_run=filled["largest_run"],
    )


def _place(reader: Reader, found: Found, name: str) -> Place:
    """Return where a key of the space stands, as well as that is known."""
    if "over" not in found:
        return Place(reader.source)
    node = found["over"][1]
    for key, _ in node.value:
        if key.value == name:
            return Place(reader.source, key.start_mark.line + 1)
    return Place(name)
