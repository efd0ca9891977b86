"""The nodes of a YAML text: PyYAML's composer, bounded, and neither tags nor aliases resolved."""

from collections.abc import Iterator
from typing import Any

import yaml

from mlpcli.errors import shown

MAX_DEPTH = 20  # the parser's time grows with the square of it


class RefusedError(Exception):
    """YAML that is valid and not allowed here."""

    def __init__(self, text: str, at: Any) -> None:
        super().__init__(text)
        self.line = at.start_mark.line + 1


def roots(text: str) -> Iterator[yaml.Node]:
    """Yield the root node of each document, before what follows it is parsed.

    A node's tag is what is not allowed of it, or "". Raises RefusedError and yaml.YAMLError.
    """
    composer = _Composer(text)
    while composer.check_node():
        composer.get_event()  # type: ignore[no-untyped-call]  # the document's start
        yield composer.compose_node(None, None)
        composer.get_event()  # type: ignore[no-untyped-call]  # its end


class _Composer(yaml.SafeLoader):
    """PyYAML's composer, no deeper than MAX_DEPTH; a node's tag is what refuses it, or "".

    An alias is refused as a node, not followed: ten lines of them can be a tree of a billion.
    """

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> Any:
        """Return the node that begins with the next event."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        refusal, nests = _node_refusal(event), isinstance(event, yaml.CollectionStartEvent)
        if not nests:  # without PyYAML's guess at the kind of a scalar; an alias has no value
            self.get_event()  # type: ignore[no-untyped-call]
            value, style = getattr(event, "value", ""), getattr(event, "style", None)
            return yaml.ScalarNode(refusal, value, event.start_mark, event.end_mark, style)
        if self.depth == MAX_DEPTH:
            raise RefusedError(f"nested more than {MAX_DEPTH} deep, allowed lists alone", event)
        event.anchor = event.tag = None  # PyYAML refuses an anchor that it has met before
        self.depth += 1
        node: Any = super().compose_node(parent, index)
        self.depth -= 1
        node.tag = refusal
        return node


def _node_refusal(event: Any) -> str:
    """Say what a node's first event has that is not allowed: an alias, an anchor or a tag."""
    if isinstance(event, yaml.AliasEvent):
        return f"an alias, *{shown(event.anchor)}, is not allowed"
    if event.anchor:
        return f"an anchor, &{shown(event.anchor)}, is not allowed"
    if event.tag:
        return f"a tag, {shown(event.tag)}, is not allowed"
    return ""
