"""The JSON Schema of a sweep file, by which editors complete its keys and mark mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlpcli.config import json_schema, with_dialect
from mlpcli.data import DATA_KEYS
from mlpcli.search.file_keys import (
    CHOICE_KEYS,
    FILE,
    MEASURED_KEY,
    MOST_VALUES,
    NOT_SEARCHED,
    RANGE,
    RANGE_KEYS,
    REQUIRED,
)
from mlpcli.search.reader import is_number, is_whole

Schema = dict[str, Any]
SETTING, VALUES, WHEN = "setting", "values", "when"  # what others refer to: each has all keys
OF_CONFIGS_ALONE = ("default", "title")  # what is left out of a config's, it says nothing here


def sweep_file_schema() -> Schema:
    """Return the JSON Schema of a sweep file.

    It says all that can be said of a key by itself: that a range rises, that keys which others wait
    for vary, or that the base allows all of it, is for the reader.
    """
    values = {
        name: {key: said for key, said in schema.items() if key not in OF_CONFIGS_ALONE}
        for name, schema in json_schema()["properties"].items()
        if name not in NOT_SEARCHED
    }
    over = {name: _varied(name, schema) for name, schema in values.items()}
    top = {
        **FILE,
        "over": {**FILE["over"], **_mapping(over)},
        "first": {**FILE["first"], "items": _ref(SETTING)},
    }
    parts = {
        SETTING: {**_mapping(values), "minProperties": 1},
        VALUES: _mapping({name: _several(name) for name in values}),
        WHEN: _mapping({name: _asked_for(name, schema) for name, schema in values.items()}),
    }
    what = "A sweep: many runs with other values of some keys of a config."
    return with_dialect({"description": what, **_mapping(top, REQUIRED), "$defs": parts})


def _ref(part: str, name: str | None = None) -> Schema:
    """Refer to a part of this schema, or to a key in it."""
    return {"$ref": f"#/$defs/{part}" + (f"/properties/{name}" if name else "")}


def _mapping(properties: Mapping[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a mapping that has no other keys."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [*required],
        "additionalProperties": False,
    }


def _varied(name: str, schema: Schema) -> Schema:
    """Return what stands behind a key of `over`: values, values of some trials, or a range."""
    said = {"values": _ref(VALUES, name), "when": _ref(WHEN)}
    ways = [_ref(VALUES, name), _mapping({key: said[key] for key in CHOICE_KEYS}, ("values",))]
    if is_number(name) and name not in DATA_KEYS:
        ways.append(_range(name, schema))
    return {"description": schema["description"], "anyOf": ways}


def _several(name: str) -> Schema:
    """Return the schema of a list of a key's values, of which none comes twice."""
    bounds = {"minItems": 1, "maxItems": MOST_VALUES, "uniqueItems": True}
    return {"type": "array", "items": _ref(SETTING, name), **bounds}


def _range(name: str, schema: Schema) -> Schema:
    """Return the schema of a range: of a logarithmic one from is above 0, and there is no step."""
    (end,) = (each for each in _ways(schema) if each.get("type") in ("integer", "number"))
    bounds = {key: said for key, said in end.items() if key != "description"}
    step = {**RANGE["step"], "type": "integer"} if is_whole(name) else RANGE["step"]
    said = {"from": bounds, "to": bounds, **RANGE, "step": step, "when": _ref(WHEN)}
    keys = [key for key in RANGE_KEYS if key != "of" or name == MEASURED_KEY]
    return {
        **_mapping({key: said[key] for key in keys}, ("from", "to")),
        "if": {"properties": {"log": {"const": True}}, "required": ["log"]},
        "then": {"properties": {"from": {"exclusiveMinimum": 0}, "step": False}},
    }


def _asked_for(name: str, schema: Schema) -> Schema:
    """Return what `when` has behind a key: one value that is no list, or several."""
    single = [each for each in _ways(schema) if each.get("type") != "array"]
    return {"anyOf": [_ref(VALUES, name), *single]}


def _ways(schema: Schema) -> list[Schema]:
    """Return the kinds of values that a key takes."""
    ways: list[Schema] = schema.get("anyOf", [schema])
    return ways
