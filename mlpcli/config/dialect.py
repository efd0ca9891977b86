"""Which JSON Schema it is that the schemas of configs and of commands' JSON are written in."""

from collections.abc import Mapping
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def with_dialect(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON Schema that says at its top which one it is."""
    return {"$schema": DIALECT, **schema}
