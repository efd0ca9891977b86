"""What a sweep file says, as editors read it and hold it against a schema."""

from typing import Any

import yaml

from mlpcli.config import entry, parse_pairs
from mlpcli.errors import Place


def plain(node: yaml.Node) -> Any:
    """Return what a node is by the rules of config values, which are those of YAML 1.2."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(each) for each in node.value]
    return entry(node, Place("")).value


def values_in(text: str) -> dict[str, Any]:
    found, problems = parse_pairs(text, "")
    assert not problems
    return {key: plain(node) for key, _, node in found}
