"""How a config is spelled in YAML, without pydantic: where thousands of runs are read, too."""

import json
import re
from collections.abc import Mapping
from typing import Any

_WORDS = re.compile(r"~|null|true|false", re.IGNORECASE)
_PLAIN = re.compile(r"[^\W\d][\w./ -]*(?<! )|/[\w./ -]*(?<! )")  # what is text in YAML as it stands


def spelled(value: Any) -> str:
    """Spell a value in YAML: floats to the last bit, text quoted where it would be another value.

    >>> spelled("relu"), spelled("a: b"), spelled("true"), spelled([1, "x", "1"])
    ('relu', '"a: b"', '"true"', '[1, x, "1"]')
    """
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(spelled, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not _WORDS.fullmatch(value):
        return value
    # beyond 16 bits JSON escapes a character in halves, which YAML does not put together
    return json.dumps(value, ensure_ascii=not str(value).isprintable())


def yaml_line(key: str, value: Any) -> str:
    """Return a key and its value as config.yaml has them."""
    return f"{key}: {spelled(value)}\n"


def yaml_text(config: Mapping[str, Any]) -> str:
    """Return a resolved config as config.yaml has it: a line a key."""
    return "".join([yaml_line(key, value) for key, value in config.items()])
