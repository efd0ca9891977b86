"""Strict flat YAML: a mapping from keys to single values or lists of them, and nothing else.

PyYAML's parser gives the events; the values are read here, since its own reading of scalars
surprises (`1e-4` text, `yes` true, `010` eight, `1:30` ninety) and its composer recurses.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from mlpcli.errors import ConfigError, Place, Problem, shown
from mlpcli.files import read_bounded, reason

MAX_BYTES = 16_384  # thirty times a full config; parsing takes half a second at worst
MAX_DEPTH = 20  # the parser's time grows with the square of it
MAX_DIGITS = 40  # beyond these a number is text, out of every range

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True)
class Entry:
    """A key's value, where it stands, how it was written (safe to show), and what is wrong."""

    place: Place
    value: Value = None
    written: str = "nothing"
    problem: str = ""


def read_text(path: Path, follow: bool = True) -> str:
    """Return the text of a small regular file. Raises ConfigError for anything else."""
    try:
        content = read_bounded(path, MAX_BYTES, follow)
    except OSError as error:
        raise _refusal(path, reason(error)) from error
    except ValueError as error:  # a NUL in the path
        raise _refusal(path, "not a path") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(path, f"byte {content[error.start]:#04x} is not UTF-8", line) from error


def _refusal(path: Path, text: str, line: int = 0) -> ConfigError:
    return ConfigError([Problem(Place(shown(path, 200), line), "", text)])


def parse_mapping(text: str, name: str) -> tuple[dict[str, Entry], list[Problem]]:
    """Parse a document that is one flat mapping, with all that is wrong with it.

    `name` stands before the line in places. A document that is no mapping has no entries.
    """
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    try:
        nodes = _nodes(text)
        root = next(nodes, None)
        if root:
            _require_mapping(root[0])
            for key, value in _pairs(root):
                place = Place(name, _line(key[0]))
                _take(entries, problems, key, value, place)
        for extra in nodes:
            raise _RefusedError("a second document, allowed one in a file", extra[0])
    except _RefusedError as refused:
        problems.append(Problem(Place(name, refused.line), "", str(refused)))
    except yaml.YAMLError as error:
        problems.append(_syntax(error, text, name))
    return entries, problems


def parse_entry(text: str, place: Place) -> Entry:
    """Read one value by the rules of a config's values."""
    try:
        nodes = list(_nodes(text))
    except (yaml.YAMLError, _RefusedError):
        return Entry(place, problem="not a value in YAML")
    if len(nodes) > 1:
        return Entry(place, problem="more than one value")
    return _entry(nodes[0], place) if nodes else Entry(place)


def is_text(value: str) -> bool:
    """Say whether a string is text: YAML's escapes can make half a character of UTF-16."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


class _RefusedError(Exception):
    """YAML that is valid and not allowed here."""

    def __init__(self, text: str, event: yaml.Event) -> None:
        super().__init__(text)
        self.line = _line(event)


Node = list[yaml.Event]  # the events of one node, from its start to its end


def _nodes(text: str) -> Iterator[Node]:
    """Yield the root node of each document."""
    events = iter(yaml.parse(text, Loader=yaml.SafeLoader))
    outside = (
        yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent,
    )  # fmt: skip
    for event in events:
        if not isinstance(event, outside):
            yield _rest(event, events)


def _rest(event: yaml.Event, events: Iterator[yaml.Event]) -> Node:
    """Return the node that begins with `event`, taken from the events without recursion."""
    node, depth = [event], 0
    while True:
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _RefusedError(f"nested more than {MAX_DEPTH} deep, allowed lists alone", event)
        if depth == 0:
            return node
        event = next(events)
        node.append(event)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _require_mapping(head: yaml.Event) -> None:
    if _odd(head):
        raise _RefusedError(_odd(head), head)
    if not isinstance(head, yaml.MappingStartEvent):
        raise _RefusedError("not a mapping, allowed lines of key: value", head)


def _pairs(mapping: Node) -> Iterator[tuple[Node, Node]]:
    inside = iter(mapping[1:-1])
    for event in inside:
        yield _rest(event, inside), _rest(next(inside), inside)


def _take(
    entries: dict[str, Entry], problems: list[Problem], key: Node, value: Node, place: Place
) -> None:
    """Add one pair to the entries, or what is wrong with its key to the problems."""
    if not isinstance(key[0], yaml.ScalarEvent) or _odd(key[0]) or not is_text(key[0].value):
        problems.append(Problem(place, "key", "not a plain name"))
        return
    name = key[0].value
    if name in entries:
        text = f"given twice, first on line {entries[name].place.line}"
        problems.append(Problem(place, shown(name), text))
        return
    entries[name] = _entry(value, place)


def _odd(event: yaml.Event) -> str:
    """Say what a node's head has that a config may not: an alias, an anchor or a tag."""
    if isinstance(event, yaml.AliasEvent):
        return f"an alias, *{shown(event.anchor)}, is not allowed"
    if not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
        return ""
    if event.anchor:
        return f"an anchor, &{shown(event.anchor)}, is not allowed"
    if event.tag:
        return f"a tag, {shown(event.tag)}, is not allowed"
    return ""


def _entry(node: Node, place: Place) -> Entry:
    """Read a scalar or a list of scalars; anything else is an entry with a problem."""
    for event in node:
        if _odd(event):
            return Entry(place, problem=_odd(event))
    head, inside = node[0], node[1:-1]
    if isinstance(head, yaml.ScalarEvent):
        return Entry(place, _scalar(head), _written(head))
    scalars = [event for event in inside if isinstance(event, yaml.ScalarEvent)]
    if isinstance(head, yaml.SequenceStartEvent) and len(scalars) == len(inside):
        written = ", ".join(_written(event) for event in scalars[:20])
        written += ", …" if len(scalars) > 20 else ""
        return Entry(place, [_scalar(event) for event in scalars], shown(f"[{written}]"))
    return Entry(place, problem="nested, allowed a single value or a list of single values")


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    text = event.value
    if event.style is not None:  # quoted or a block: always text
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if len(text) > MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


def _written(event: yaml.ScalarEvent) -> str:
    text = shown(event.value)
    if event.style is not None:
        return f'"{text}"'
    return text or "nothing"


def _syntax(error: yaml.YAMLError, text: str, name: str) -> Problem:
    """Tell a parser's error in a line, with its own line of the file."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        character = error.character if isinstance(error.character, str) else chr(error.character)
        return Problem(Place(name, line), "", f"not YAML: {character!a} is not allowed")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or "cannot be parsed"
    line = mark.line + 1 if mark else 1
    return Problem(Place(name, line), "", f"not YAML: {shown(reason, 100)}")
