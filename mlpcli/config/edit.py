"""A copy of a config file with some values changed, its comments and layout kept."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from mlpcli.config.load import parse_config
from mlpcli.config.schema import Config
from mlpcli.config.yamltext import spelled
from mlpcli.errors import ConfigError, MlpcliError, shown
from mlpcli.system import reason, remove, require_writable, system_error

MODELINE = "yaml-language-server:"  # where an editor finds the schema
BY_HAND = "leave out --write, and change the config by hand"


class CopyError(MlpcliError):
    """A copy that would take the place of something, or has no place."""

    exit_code = 2


def copy_path(path: Path) -> Path:
    """Return where the copy of a config goes: deep3.lr.yaml for deep3.yaml.

    Raises CopyError where something is there, or nothing can be.
    """
    copy = path.with_name(f"{path.stem}.lr{path.suffix}")
    if copy.exists() or copy.is_symlink():
        raise CopyError(f"{shown(copy, 200)}: is there already", "move it away, or remove it")
    try:
        require_writable(copy.parent)
    except OSError as error:
        raise CopyError(
            f"{shown(copy, 200)}: cannot be written: {reason(error)}", BY_HAND
        ) from error
    return copy


def text_of(
    config: Config, text: str, path: Path, given: Iterable[str], head: Iterable[str] = ()
) -> str:
    """Return the text of a config that differs from a file's in the learning rate and `given` keys.

    With lines of a `head`, these are its first comment, for those before the first key say what
    came of the file's own values. A comment behind a value that is changed is left out.
    Raises CopyError where the file's layout leaves no place for a value.
    """
    values = {key: getattr(config, key) for key in (*given, "learning_rate")}
    try:
        copied = _with_head(_with_values(text, values), list(head))
        if parse_config(copied, path)[0] == config:
            return copied
    except (ConfigError, yaml.YAMLError):
        pass
    raise CopyError(f"{shown(path, 200)}: no value can be written into its layout", BY_HAND)


def _with_values(text: str, values: Mapping[str, Any]) -> str:
    """Return a config's text with other values; a key that is not there is added behind the last.

    The text has been read as a config before. Without a key in it, it is returned as it is.
    """
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    if not root or not root.value:
        return text
    spans = {key.value: _span(value) for key, value in root.value}
    _, stop = spans[root.value[-1][0].value]
    added = {key: spelled(value) for key, value in values.items() if key not in spans}
    if root.flow_style:
        text = text[:stop] + "".join(f", {k}: {v}" for k, v in added.items()) + text[stop:]
    else:
        end = text.find("\n", stop)
        end = len(text) if end < 0 else end
        line_end = "\r\n" if "\r\n" in text else "\n"
        end -= text[:end].endswith("\r")
        indent = " " * root.start_mark.column
        lines = (f"{line_end}{indent}{key}: {value}" for key, value in added.items())
        text = text[:end] + "".join(lines) + text[end:]
    for key, (begin, stop) in reversed(spans.items()):
        if key in values:
            space = "" if text[begin - 1].isspace() else " "
            text = text[:begin] + space + spelled(values[key]) + text[_end_of_comment(text, stop) :]
    return text


def _end_of_comment(text: str, stop: int) -> int:
    """Return where a comment on the rest of a line ends; `stop` where there is none."""
    comment = re.match(r"[ \t]+#[^\r\n]*", text[stop:])
    return stop + comment.end() if comment else stop


def _with_head(text: str, head: Sequence[str]) -> str:
    """Return a config's text with these lines as a comment in place of those before its keys.

    What editors and YAML read there stays.
    """
    if not head:
        return text
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    begin = root.start_mark.index
    line_end = "\r\n" if "\r\n" in text else "\n"
    begin = text.rfind("\n", 0, begin) + 1
    lines = text[:begin].splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("#") or MODELINE in line]
    at = 1 if kept and MODELINE in kept[0] else 0
    comment = [f"# {line}{line_end}" for line in head]
    return "".join([*kept[:at], *comment, *kept[at:]]) + text[begin:]


def _span(value: yaml.Node) -> tuple[int, int]:
    """Return where a value begins and ends in the text."""
    last = value
    if isinstance(value, yaml.SequenceNode) and not value.flow_style:
        last = value.value[-1]  # a list of dashes has its end mark where the next key begins
    return value.start_mark.index, last.end_mark.index


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises CopyError, or RunError where it cannot be."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            try:
                file.write(text)
                file.flush()
            except OSError:
                remove(path)
                raise
    except FileExistsError as error:
        raise CopyError(f"{shown(path, 200)}: is there already", "move it away") from error
    except OSError as error:
        error.filename = str(path)  # errors of writing do not name the file
        raise system_error(error) from error
