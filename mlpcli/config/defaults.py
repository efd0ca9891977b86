"""What a key is where a config leaves it out, for what has no time to import the schema.

Pydantic takes 60 ms, which `compare` does without. The defaults are read from the schema's source,
so that they stand there alone; those that follow from other keys are functions here, which the
schema calls.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

SCHEMA, RECORD = "mlpcli.config.key_table", "Keys"


def tenth(steps: int) -> int:
    """Return a tenth of the steps, rounded up: how far validations lie apart by default."""
    return math.ceil(steps / 10)


FOLLOWING: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "eval_every": lambda values: tenth(values["steps"]),
    "checkpoint_every": lambda values: values["eval_every"],
}


OF_ROWS = ("task", "categorical", "numeric")  # the rows say them, which are not here


def is_inferred(config: Mapping[str, Any], key: str) -> bool:
    """Say whether a run's config has a key as it is inferred from the data, or may be.

    What a config leaves out of its data is in a run's, so that a rerun infers nothing. Which kind
    of task it is, and of columns, the rows alone can tell: here they are taken for inferred.
    """
    from mlpcli.data import TEST, VALIDATION

    if key in OF_ROWS:
        return True
    split = "random" if config.get("task") == "regression" else "stratified"
    usual = {"validation": VALIDATION, "test": TEST, "split": split, "scaling": "standard"}
    return key in usual and bool(config.get(key) == usual[key])


def is_default(config: Mapping[str, Any], key: str) -> bool:
    """Say whether a config, read from anywhere, has a key as if it had been left out."""
    value = config.get(key)
    if key in FOLLOWING:
        try:
            return type(value) is int and bool(value == FOLLOWING[key](config))
        except (KeyError, TypeError, ValueError, OverflowError):
            return False
    constants = _constants()
    return key in constants and type(value) is type(constants[key]) and value == constants[key]


def schema_keys() -> tuple[str, ...]:
    """Return the keys of a config, in the schema's order."""
    return tuple(_fields())


@cache
def _constants() -> dict[str, Any]:
    """Return the default of each key that has one which follows from no other."""
    return {key: ast.literal_eval(call.args[0]) for key, call in _fields().items() if call.args}


@cache
def _fields() -> dict[str, ast.Call]:
    """Return the `Field(...)` of each key, from the schema's source: 4 ms."""
    spec = find_spec(SCHEMA)
    source = spec.loader.get_source(SCHEMA)  # type: ignore[union-attr]
    (record,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == RECORD
    )
    return {
        node.target.id: node.value
        for node in record.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(node.value, ast.Call)
    }
