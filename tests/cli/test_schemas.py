"""Every JSON Schema that `schema` prints is one, and is told of."""

import re
from importlib import import_module

import jsonschema
import pytest

from mlpcli.cli import commands
from mlpcli.cli.set_up import SCHEMAS
from mlpcli.guide.pages import read_page


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_one_by_its_own_rules(name: str) -> None:
    package, function = SCHEMAS[name]
    schema = getattr(import_module(package), function)()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_help_and_guide_name_every_schema(name: str) -> None:
    words = str(commands.commands["schema"].help).partition("Example:")[0]
    assert name in re.findall(r"[\w-]+", words)
    section = read_page("commands").text.partition("\n## schema\n")[2].partition("\n## ")[0]
    assert f"`{name}`" in section
