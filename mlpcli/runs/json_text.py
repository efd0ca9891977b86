"""JSON written without what is not JSON, and read with bounds on what anyone may have written."""

import json
import math
from collections.abc import Mapping
from typing import Any

import msgspec

from mlpcli.errors import RunError

MAX_BRACKETS = 300  # a row of a hundred layers has 101; so many can be nested and written back
_ANY = msgspec.json.Decoder()


def to_json(record: Mapping[str, Any], indent: int | None = None) -> str:
    """JSON without NaN and Infinity, which are not JSON: a number that is not finite is null."""
    try:
        return json.dumps(record, indent=indent, allow_nan=False)
    except (ValueError, TypeError):  # rare: copying 10,000 runs each time takes 0.2 s
        return json.dumps(_finite(record), indent=indent, allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value


def parse_object(content: bytes, name: str) -> dict[str, Any]:
    """Return a JSON object. Raises RunError, which calls it `name`, for anything else."""
    if content.count(b"{") + content.count(b"[") > MAX_BRACKETS:
        raise RunError(f"{name} is damaged: more than {MAX_BRACKETS} lists and objects")
    try:
        value = _parsed(content)
    except (ValueError, RecursionError) as error:
        raise RunError(f"{name} is damaged: not JSON") from error
    if not isinstance(value, dict):
        raise RunError(f"{name} is damaged: not an object")
    return value


def _parsed(content: bytes) -> Any:
    """Parse JSON, as json.loads does, in a third of its time."""
    try:
        return _ANY.decode(content)
    except ValueError:  # it takes no lone surrogate, which a command line may hold
        return json.loads(content)
