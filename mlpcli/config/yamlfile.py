"""Strict flat YAML: a mapping from keys to single values or lists of them, and nothing else.

Values are read here, since PyYAML's own reading of scalars surprises (`1e-4` text, `yes` true,
`010` eight, `1:30` ninety). `pairs` and `entry` read the nodes of a nested file too.
"""

import errno
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from mlpcli.config.nodes import RefusedError, roots
from mlpcli.config.suggest import folder_hint, missing_hint
from mlpcli.errors import ConfigError, Place, Problem, shown
from mlpcli.system import read_bounded, reason

MAX_BYTES = 16_384  # thirty times a full config; parsing takes half a second at worst
MAX_DIGITS = 40  # beyond these a number is text, out of every range

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_ZERO = re.compile(r"[-+]?[0.]*[1-9]")
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
        hints = {errno.ENOENT: missing_hint, errno.EISDIR: folder_hint}
        hint = hints[error.errno](path) if error.errno in hints else ""
        raise _refusal(path, reason(error), hint=hint) from error
    except ValueError as error:  # a NUL in the path
        raise _refusal(path, "not a path") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(path, f"byte {content[error.start]:#04x} is not UTF-8", line) from error


def _refusal(path: Path, text: str, line: int = 0, hint: str = "") -> ConfigError:
    return ConfigError([Problem(Place(shown(path, 200), line), "", text)], hint)


def parse_mapping(text: str, name: str) -> tuple[dict[str, Entry], list[Problem]]:
    """Parse a document that is one flat mapping, with all that is wrong with it.

    `name` stands before the line in places. A document that is no mapping has no entries.
    """
    found, problems = parse_pairs(text, name)
    return {key: entry(value, place) for key, place, value in found}, problems


def parse_pairs(text: str, name: str) -> tuple[list[tuple[str, Place, yaml.Node]], list[Problem]]:
    """Parse a document that is one mapping, whose values may be nested, as `parse_mapping` does."""
    found: list[tuple[str, Place, yaml.Node]] = []
    problems: list[Problem] = []
    try:
        documents = roots(text)
        root = next(documents, None)
        if root:
            found += pairs(_required_mapping(root), name, problems)
        for extra in documents:
            raise RefusedError("a second document, allowed one in a file", extra)
    except RefusedError as refused:
        problems.append(Problem(Place(name, refused.line), "", str(refused)))
    except yaml.YAMLError as error:
        problems.append(_syntax(error, text, name))
    return found, problems


def parse_node(text: str) -> yaml.Node | None:
    """Parse one value, which may be nested; None for what is no YAML, or several values."""
    try:
        nodes = list(roots(text))
    except (yaml.YAMLError, RefusedError):
        return None
    return nodes[0] if len(nodes) == 1 else None


def parse_entry(text: str, place: Place) -> Entry:
    """Read one value by the rules of a config's values."""
    try:
        nodes = list(roots(text))
    except (yaml.YAMLError, RefusedError):
        return Entry(place, problem="not a value in YAML")
    if len(nodes) > 1:
        return Entry(place, problem="more than one value")
    return entry(nodes[0], place) if nodes else Entry(place)


def is_text(value: str) -> bool:
    """Say whether a string is text: YAML's escapes can make half a character of UTF-16."""
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _required_mapping(root: yaml.Node) -> yaml.MappingNode:
    if isinstance(root, yaml.MappingNode) and not root.tag:
        return root
    raise RefusedError(root.tag or "not a mapping, allowed lines of key: value", root)


def pairs(
    mapping: yaml.MappingNode, name: str, problems: list[Problem]
) -> Iterator[tuple[str, Place, yaml.Node]]:
    """Yield each key of a mapping, where it stands, and the node of its value.

    What is wrong with a key is added to the problems, and its pair is left out.
    """
    lines: dict[str, int] = {}
    for key, value in mapping.value:
        place = Place(name, key.start_mark.line + 1)
        if not isinstance(key, yaml.ScalarNode) or key.tag or not is_text(key.value):
            problems.append(Problem(place, "key", "not a plain name"))
        elif key.value in lines:
            text = f"given twice, first on line {lines[key.value]}"
            problems.append(Problem(place, shown(key.value), text))
        else:
            lines[key.value] = place.line
            yield key.value, place, value


def entry(node: yaml.Node, place: Place) -> Entry:
    """Read a scalar or a list of scalars; anything else is an entry with a problem."""
    refusal = next((each.tag for each in _within(node) if each.tag), "")
    if refusal:
        return Entry(place, problem=refusal)
    if isinstance(node, yaml.ScalarNode):
        return Entry(place, _scalar(node), _written(node))
    scalars = [each for each in node.value if isinstance(each, yaml.ScalarNode)]
    if isinstance(node, yaml.SequenceNode) and len(scalars) == len(node.value):
        written = ", ".join(_written(each) for each in scalars[:20])
        written += ", …" if len(scalars) > 20 else ""
        return Entry(place, [_scalar(each) for each in scalars], shown(f"[{written}]"))
    return Entry(place, problem="nested, allowed a single value or a list of single values")


def _within(node: yaml.Node) -> Iterator[yaml.Node]:
    """Yield a node and all that is inside it, in the order of the text."""
    yield node
    if not isinstance(node, yaml.ScalarNode):
        for each in node.value:
            for inner in each if isinstance(each, tuple) else (each,):
                yield from _within(inner)


def _scalar(node: yaml.ScalarNode) -> Scalar:
    text: str = node.value
    if node.style is not None:  # quoted or a block: always text
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if len(text) > MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _FLOAT.fullmatch(text) else math.inf
    lost = number == 0 and _NOT_ZERO.match(text)  # 1e-400 is not 0, which would mean: without
    return number if math.isfinite(number) and not lost else text


def is_plain(text: str) -> bool:
    """Say whether a text is a number in YAML, which a float may be too small to hold."""
    return bool(_FLOAT.fullmatch(text) or _INTEGER.fullmatch(text))


def _written(node: yaml.ScalarNode) -> str:
    text = shown(node.value)
    if node.style is not None:
        return f'"{text}"'
    return text or "nothing"


def _syntax(error: yaml.YAMLError, text: str, name: str) -> Problem:
    """Say a parser's error in a line, with its own line of the file."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        character = error.character if isinstance(error.character, str) else chr(error.character)
        return Problem(Place(name, line), "", f"not YAML: {character!a} is not allowed")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or "cannot be parsed"
    line = mark.line + 1 if mark else 1
    return Problem(Place(name, line), "", f"not YAML: {shown(reason, 100)}")
