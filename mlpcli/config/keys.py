"""The keys of a config with what each may be, for a shell's completion, which has no time.

Pydantic takes 60 ms; the shipped JSON Schema, which is written from the schema, is read in one.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from mlpcli.config.suggest import SHIPPED

DEFAULT = "the default"


def described_keys() -> dict[str, str]:
    """Return the keys in the schema's order, each with its meaning."""
    return {key: str(said.get("description", "")) for key, said in _properties().items()}


def likely_values(key: str) -> dict[str, str]:
    """Return values of a key as they are typed, each with what is to be said of it.

    All there are where they can be counted, else its default; none for a key that has neither.
    """
    said = _properties().get(key, {})
    default = _spelled(said["default"]) if "default" in said else None
    if said.get("type") == "boolean":
        values = ["true", "false"]
    elif "const" in said:
        values = [_spelled(said["const"])]
    else:
        values = [_spelled(each) for each in said.get("enum", [])]
    if not values and default is not None:
        values = [default]
    return {each: DEFAULT if each == default else "" for each in values}


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@cache
def _properties() -> Mapping[str, Mapping[str, Any]]:
    schema = json.loads((SHIPPED / "schema.json").read_bytes())
    return dict(schema["properties"])
