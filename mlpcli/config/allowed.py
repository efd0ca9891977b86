"""What a key allows, by the config's JSON Schema, and how another value is refused."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pydantic_core import ErrorDetails

from mlpcli.config.bounds import is_fine
from mlpcli.config.described import json_schema
from mlpcli.config.other_words import other_word
from mlpcli.config.schema import Config
from mlpcli.config.spelling import number_meant, written_right
from mlpcli.config.yamlfile import Entry, is_plain
from mlpcli.errors import nearest

FLOAT32_RANGE = 1.2e-38, 3.4e38  # the least and the largest that is not rounded away
BELOW_ONE = 0.9999999  # from 1 - 2**-25 on float32 has 1

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


def in_float32(value: float | Decimal) -> bool:
    """Say whether a number that is not negative can be held: 0 can, and what is in the range."""
    return value == 0 or FLOAT32_RANGE[0] <= value <= FLOAT32_RANGE[1]


def beyond_float32(key: str, number: float | Decimal, written: str) -> str:
    """Say that a number of at least 0 is none that training could hold, or return "".

    It would become 0, or no number, or the 1 that a key has to stay below.
    """
    schema = json_schema()["properties"][key]
    low, high = FLOAT32_RANGE
    if "exclusiveMaximum" in schema:
        high = BELOW_ONE
        fits = number == 0 or low <= number < 1 - 2**-25 or number >= 1  # which is too large
    else:
        fits = in_float32(number)
    none = "0, or " if schema.get("minimum") == 0 else ""
    return "" if fits else f"beyond float32, got {written}, allowed {none}{low} to {high}"


def meant_by(key: str, missing: Iterable[str]) -> tuple[str, str]:
    """Return the key that an unknown one was meant to be, or "", and what is to be said of it.

    Another tool's word is looked for first, then what is spelled alike, of keys that are missing
    before others. Where nothing is known, both are "".
    """
    known, said = other_word(key, Config.model_fields)
    if said:
        return known, said
    near = nearest(key, missing) or nearest(key, Config.model_fields)
    return (near[0], f"did you mean {near[0]}?") if near else ("", "")


def unknown_key(said: str, listed: bool = False) -> str:
    """Say that there is no such key, with what is to be said of it, or with all but once."""
    if not said and listed:
        return "unknown key"
    every = ", ".join(Config.model_fields)
    return f"unknown key, {said or f'allowed {every}'}"


def explain(key: str, error: ErrorDetails, entry: Entry) -> str:
    """Say what is wrong with a value by pydantic's error, and what is allowed instead."""
    schema = json_schema()["properties"][key]
    number = _number(entry) if schema.get("type") == "number" else None
    if number and number > 0 and (beyond := beyond_float32(key, number, entry.written)):
        return beyond
    reason, advice = _reason(error, entry, schema), _advice(key, entry, schema)
    text = f"{reason}, got {entry.written}, allowed {allowed(key)}"
    return f"{text}; {advice}" if advice else text


def _reason(error: ErrorDetails, entry: Entry, schema: Mapping[str, Any]) -> str:
    number = _number(entry)
    if isinstance(entry.value, str) and number is not None and not is_fine(number, schema):
        kind = schema.get("type")
        if is_plain(entry.value) if kind == "number" else kind == "integer" and _is_whole(number):
            return "too large" if number > 0 else "too small"
    if _is_list(entry) and not _takes_list(schema):
        return "not one value"
    return _REASONS.get(error["type"], "not allowed")


def _advice(key: str, entry: Entry, schema: Mapping[str, Any]) -> str:
    """Say how to write what was meant, where that can be known."""
    if near := nearest(str(entry.value), schema.get("enum", [])):
        return f"did you mean {near[0]}?"
    if "pattern" in schema and isinstance(entry.value, int | float):
        return f'write "{entry.written}"'
    single = isinstance(entry.value, list) and len(entry.value) == 1
    value = entry.value[0] if isinstance(entry.value, list) and single else entry.value
    if right := written_right(value, schema.get("anyOf", [schema])[0]):
        return f"write {right}"
    if not _is_list(entry):
        return ""
    if _takes_list(schema):
        return "" if isinstance(entry.value, list) else f"write [{entry.value}]"
    if key == "seed":
        return "a run has one; several: train --seeds 0,1,2"
    return "a run has one; train it once with each"


def _number(entry: Entry) -> Decimal | None:
    """Return the number that was written, whether a float can hold it or not."""
    bare = isinstance(entry.value, str | int | float) and not entry.written.startswith('"')
    return number_meant(entry.written) if bare else None


def _is_whole(number: Decimal) -> bool:
    return number == number.to_integral_value()


def _is_list(entry: Entry) -> bool:
    """Say whether several values were written: in brackets, or numbers with commas between."""
    if isinstance(entry.value, list):
        return len(entry.value) > 1
    parts = str(entry.value).split(",")
    return len(parts) > 1 and all(number_meant(part.strip()) is not None for part in parts)


def _takes_list(schema: Mapping[str, Any]) -> bool:
    return any("items" in branch for branch in schema.get("anyOf", [schema]))


def allowed(key: str) -> str:
    """Say what a key allows, from the schema.

    >>> allowed("layers")
    'a whole number from 1 to 100'
    """
    return allowed_by(json_schema()["properties"][key])


def allowed_by(schema: Mapping[str, Any]) -> str:
    """Say what a value's JSON Schema allows; of a pattern as its description begins."""
    if "pattern" in schema:
        return str(schema["description"]).partition(";")[0]
    if schema.get("type") == "array":
        of_numbers = any(each.get("type") == "integer" for each in schema["items"].get("anyOf", ()))
        return "a list of names" + (", or of numbers for arrays" if of_numbers else "")
    return _range(schema)


def _range(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        branches = [branch for branch in schema["anyOf"] if branch.get("type") != "null"]
        return " or ".join(dict.fromkeys(_range(branch) for branch in branches))
    if "items" in schema:
        return "a list of them"
    if schema.get("type") == "string" and "enum" not in schema:
        return "text"
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
        end = f" and below {below:g}" if below else f" to {high:,.12g}" if high else ""
        return f"{kind} above {above:g}{end}"
    if high is not None:
        return f"{kind} from {low} to {high:,}"
    return f"{kind} from {low:g} to below {below:,.12g}" if below else f"{kind} of at least {low:g}"
