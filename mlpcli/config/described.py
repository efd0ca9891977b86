"""What the schema says of its keys, for others: the JSON Schema, and what `tune` tries."""

from functools import cache
from typing import Any

from mlpcli.config.dialect import with_dialect
from mlpcli.config.schema import Config
from mlpcli.config.tuned import Tuned


def tuned_keys() -> dict[str, Tuned]:
    """Return what `tune` tries of each key that declares it, in the keys' order."""
    found = {
        key: [each for each in field.metadata if isinstance(each, Tuned)]
        for key, field in Config.model_fields.items()
    }
    return {key: declared[0] for key, declared in found.items() if declared}


@cache  # 4 ms, and asked for each number of each config
def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a config file, for editors: the same object each time."""
    schema = Config.model_json_schema()
    schema["required"].remove("name")  # its default depends on the file's name
    schema["required"].remove("steps")
    schema["oneOf"] = [{"required": ["steps"]}, {"required": ["epochs"]}]
    del schema["properties"]["width"]["default"]  # left out is not the same as an empty list
    return with_dialect(schema)
