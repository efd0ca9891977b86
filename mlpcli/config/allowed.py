"""What a key allows, by the config's JSON Schema, and how another value is refused."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from mlpcli.config.schema import Config, json_schema
from mlpcli.config.yamlfile import Entry
from mlpcli.errors import nearest

# by pydantic's error type
_REASONS = {
    "int_type": "not a whole number",
    "float_type": "not a number",
    "bool_type": "neither true nor false",
    "string_type": "not text",
    "greater_than": "too small",
    "greater_than_equal": "too small",
    "less_than": "too large",
    "less_than_equal": "too large",
    "literal_error": "not one of the choices",
    "string_pattern_mismatch": "not a name",
}


def explain(key: str, error: ErrorDetails, entry: Entry) -> str:
    """Say what is wrong with a value by pydantic's error, and what is allowed instead."""
    if error["type"] == "extra_forbidden":
        near = nearest(key, Config.model_fields)
        near_text = (
            f"did you mean {near[0]}?" if near else "allowed " + ", ".join(Config.model_fields)
        )
        return f"unknown key, {near_text}"
    reason = _REASONS.get(error["type"], "not allowed")
    text = f"{reason}, got {entry.written}, allowed {allowed(key)}"
    choices = json_schema()["properties"][key].get("enum", [])
    near = nearest(str(entry.value), choices)
    return f"{text}; did you mean {near[0]}?" if near else text


def allowed(key: str) -> str:
    """Say what a key allows, from the schema.

    >>> allowed("layers")
    'a whole number from 1 to 100'
    """
    schema = json_schema()["properties"][key]
    return schema["description"].partition(";")[0] if "pattern" in schema else _range(schema)


def _range(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_range(branch) for branch in schema["anyOf"])
    if "items" in schema:
        return "a list of them"
    if "const" in schema:  # a choice of one
        return str(schema["const"])
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if schema["type"] == "boolean":
        return "true or false"
    kind = "a whole number" if schema["type"] == "integer" else "a number"
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if above is not None:
        return f"{kind} above {above:g}"
    if high is not None:
        return f"{kind} from {low} to {high:,}"
    return f"{kind} from {low:g} to below {below:g}" if below else f"{kind} of at least {low:g}"
