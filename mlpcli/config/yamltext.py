"""How a config is spelled in YAML, without pydantic: where thousands of runs are read, too."""

import json
import re
from collections.abc import Mapping
from typing import Any

_QUOTED_WORDS = re.compile(r"[-+.0-9].*|~|null|true|false", re.IGNORECASE)


def spelled(value: Any) -> str:
    """Spell a value in YAML: floats to the last bit, text quoted where it would be a number."""
    if isinstance(value, str) and not _QUOTED_WORDS.fullmatch(value):
        return value
    return json.dumps(value)


def yaml_line(key: str, value: Any) -> str:
    """Return a key and its value as config.yaml has them."""
    return f"{key}: {spelled(value)}\n"


def yaml_text(config: Mapping[str, Any]) -> str:
    """Return a resolved config as config.yaml has it: a line a key."""
    return "".join([yaml_line(key, value) for key, value in config.items()])
