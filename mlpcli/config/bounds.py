"""Whether a value is one that a JSON Schema allows: a number in its bounds, a word, or text."""

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_KINDS = {"integer": (int,), "number": (int, float), "boolean": (bool,), "string": (str,)}


def is_fine(value: float | Decimal, schema: Mapping[str, Any]) -> bool:
    """Say whether a number is within the bounds that a key's JSON Schema has."""
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    fits = low <= value <= high and (above is None or value > above)
    return bool(fits and (below is None or value < below))


def fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Say whether a value is allowed by the JSON Schema of a single one, and no list.

    >>> whole = {"type": "integer", "minimum": 1}
    >>> fits(1, whole), fits(0, whole), fits(1.0, whole), fits(True, whole)
    (True, False, False, False)
    """
    if "enum" in schema:
        return value in schema["enum"]
    if type(value) not in _KINDS[schema["type"]]:
        return False
    if isinstance(value, str):
        return "pattern" not in schema or bool(re.fullmatch(schema["pattern"], value))
    return isinstance(value, bool) or is_fine(value, schema)
