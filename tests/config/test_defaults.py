"""The defaults that are had without the schema are the schema's."""

import pytest
from pydantic_core import PydanticUndefined

from mlpcli.config.defaults import FOLLOWING, is_default, schema_keys
from mlpcli.config.schema import Config

REQUIRED = {"name": "a", "layers": 2, "width": 8, "learning_rate": 0.1, "batch_size": 5}


def test_the_keys_are_the_schemas_in_its_order() -> None:
    assert schema_keys() == tuple(Config.model_fields)


@pytest.mark.parametrize("steps", [1, 10, 11, 5000])
def test_what_is_left_out_is_the_default_and_what_is_given_is_not(steps: int) -> None:
    config = Config(**REQUIRED, steps=steps).resolved()
    assert {key for key in config if is_default(config, key)} == {*config} - {*REQUIRED, "steps"}


@pytest.mark.parametrize("key", sorted({*Config.model_fields} - {*REQUIRED, "steps"}))
def test_another_value_is_no_default(key: str) -> None:
    field = Config.model_fields[key]
    assert (field.default is PydanticUndefined) is (key in FOLLOWING)
    others = {"dataset": "mine", "width": 9, "nesterov": True}
    config = Config(**REQUIRED, steps=10).resolved()
    assert not is_default(config | {key: others.get(key, 3)}, key)


@pytest.mark.parametrize("steps", [None, "ten", True, float("inf"), 10**400, [1]])
def test_whatever_a_config_holds_is_a_default_or_not(steps: object) -> None:
    config = {"steps": steps, "eval_every": 1, "momentum": False, "odd": 0}
    assert is_default(config, "eval_every") is (steps is True)  # a tenth of it
    assert not any(is_default(config, key) for key in ("momentum", "odd", "missing"))
