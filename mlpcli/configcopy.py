"""A copy of a config file with some values changed, its comments and layout kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mlpcli.errors import MlpcliError, RunError, shown
from mlpcli.files import reason


class CopyError(MlpcliError):
    """A copy that would take the place of something."""

    exit_code = 2


def copy_path(path: Path) -> Path:
    """Return where the copy of a config goes: deep3.lr.yaml for deep3.yaml.

    Raises CopyError where something is there.
    """
    copy = path.with_name(f"{path.stem}.lr{path.suffix}")
    if copy.exists() or copy.is_symlink():
        raise CopyError(f"{shown(copy, 200)}: is there already", "move it away, or remove it")
    return copy


def with_values(text: str, values: Mapping[str, str]) -> str:
    """Return a config's text with each key's value as it is written in `values`.

    A key that is not there is added below, or within the braces of a mapping that has them. The
    text has been read as a config before.
    """
    events: list[Any] = list(yaml.parse(text))
    spans = _spans(events)
    for key, (begin, stop) in reversed(spans.items()):
        if key in values:
            space = "" if text[begin - 1].isspace() else " "
            text = text[:begin] + space + values[key] + text[stop:]
    missing = {key: value for key, value in values.items() if key not in spans}
    if not missing:
        return text
    if events[2].flow_style:  # braces
        at = text.rindex("}")
        return text[:at] + "".join(f", {k}: {v}" for k, v in missing.items()) + text[at:]
    line_end = "" if text.endswith("\n") else "\n"
    return text + line_end + "".join(f"{key}: {value}\n" for key, value in missing.items())


def _spans(events: list[Any]) -> dict[str, tuple[int, int]]:
    """Return where each key's value stands in the text, in the order of the file."""
    spans = {}
    inside = iter(events[3:-3])  # of the stream, the document and the mapping
    for key in inside:
        first = last = next(inside)
        if isinstance(first, yaml.SequenceStartEvent):
            last = next(event for event in inside if isinstance(event, yaml.SequenceEndEvent))
        spans[key.value] = first.start_mark.index, last.end_mark.index
    return spans


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises CopyError, or RunError where it cannot be."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError as error:
        raise CopyError(f"{shown(path, 200)}: is there already", "move it away") from error
    except OSError as error:
        raise RunError(f"{shown(path, 200)}: {reason(error)}") from error
