"""What is wrong with the keys of a config and their values, each and together."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mlpcli.config.allowed import allowed, explain, meant_by, unknown_key
from mlpcli.config.conflicts import conflicts
from mlpcli.config.schema import Config
from mlpcli.config.yamlfile import Entry
from mlpcli.errors import Place, Problem, shown


def values_of(entries: Mapping[str, Entry], name: str) -> dict[str, Any]:
    """Return the values that a config's entries say, and its name where they say none."""
    values: dict[str, Any] = {"name": name}
    for key, entry in entries.items():
        value = entry.value + 0.0 if isinstance(entry.value, float) else entry.value  # no -0.0
        values[key] = tuple(value) if isinstance(value, list) else value
    return values


def problems_of(entries: Mapping[str, Entry], name: str, end: Place) -> Iterator[Problem]:
    """Yield what is wrong with the keys and their values, each and together."""
    sound = {key: entry for key, entry in entries.items() if not entry.problem}
    for key, entry in entries.items():
        if entry.problem:
            yield Problem(entry.place, shown(key), entry.problem)
    values = values_of(sound, name)
    wrong: dict[str, ErrorDetails] = {}
    for error in errors_of(values):
        wrong.setdefault(str(error["loc"][0]), error)
    missing = {key for key, error in wrong.items() if error["type"] == "missing"} - set(entries)
    if values.get("epochs") is not None:
        missing.discard("steps")
    unknown = [key for key, error in wrong.items() if error["type"] == "extra_forbidden"]
    meant = {key: meant_by(key, {*missing, "width"} - set(entries)) for key in unknown}
    first = next((key for key, (_, said) in meant.items() if not said), "")
    known = {near for near, _ in meant.values()}
    for key, error in wrong.items():
        if key in meant:
            text = unknown_key(meant[key][1], listed=key != first)
            yield Problem(entries[key].place, shown(key), text)
        elif key in entries and not entries[key].problem:
            yield Problem(entries[key].place, shown(key), explain(key, error, entries[key]))
        elif key in missing - known:  # else the unknown key says it
            yield Problem(end, key, f"missing, allowed {allowed(key)}")
    fine = {key: value for key, value in values.items() if key not in wrong}
    for key, text in conflicts(fine, {*entries, *known}):
        yield Problem(entries[key].place if key in entries else end, key, text)


def problem_of_value(key: str, entry: Entry) -> str:
    """Say what is wrong with one value of a key by itself, or return ""."""
    if entry.problem:
        return entry.problem
    if key not in Config.model_fields:
        return unknown_key(meant_by(key, ())[1])
    value = tuple(entry.value) if isinstance(entry.value, list) else entry.value
    for error in errors_of({key: value}):
        if str(error["loc"][0]) == key:
            return explain(key, error, entry)
    return ""


def errors_of(values: Mapping[str, Any]) -> list[ErrorDetails]:
    """Return pydantic's errors; of a union's, those of the branch that fits the value's kind."""
    try:
        Config(**values)
    except ValidationError as error:
        return [
            e
            for e in error.errors(include_url=False, include_context=False)
            if len(e["loc"]) == 1  # an error between keys has none: `conflicts` places it
            or (len(e["loc"]) > 1 and isinstance(e["loc"][1], int))
            or (
                len(e["loc"]) > 1
                and isinstance(values[str(e["loc"][0])], tuple)
                == str(e["loc"][1]).startswith("tuple")
            )
        ]
    return []
