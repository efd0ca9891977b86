"""run.json and summary.json, read without trust."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from mlpcli.errors import RunError, shown
from mlpcli.runs.json_text import parse_object
from mlpcli.runs.layout import INFO, SUMMARY
from mlpcli.runs.records import Summary
from mlpcli.runs.version import check_version
from mlpcli.system import read_bounded, reason

MAX_JSON = 1 << 20  # bytes: a thousand times what run.json and summary.json take
_SUMMARY = msgspec.json.Decoder(Summary)
_FIELDS = msgspec.structs.fields(Summary)


def read_info(path: Path) -> dict[str, Any]:
    """Return what run.json says. Raises RunError, with the path, if it cannot be read."""
    try:
        return load_info(path)
    except OSError as error:
        raise RunError(f"{shown(path, 200)}: {INFO} cannot be read: {reason(error)}") from error
    except RunError as error:
        raise RunError(f"{shown(path, 200)}: {error}") from error


def load_info(path: Path | str) -> dict[str, Any]:
    """Return what run.json says. Raises RunError if it is damaged, OSError if it is not there."""
    info = parse_object(read_bounded(f"{path}/{INFO}", MAX_JSON), INFO)
    check_version(INFO, info)
    return info


def load_summary(path: Path | str) -> Summary | None:
    """Return what summary.json says, None where there is none.

    Raises RunError if it is damaged or without what every summary has, OSError if it cannot be
    read.
    """
    try:
        content = read_bounded(f"{path}/{SUMMARY}", MAX_JSON)
    except FileNotFoundError:
        return None
    try:
        if b"test_right" not in content:
            return _scored(
                _SUMMARY.decode(content)
            )  # a thirtieth of the time of the checks in Python
    except (ValueError, RecursionError):
        pass
    values = parse_object(content, SUMMARY)
    check_version(SUMMARY, values)
    if "test_right" in values:  # as version 1 has it
        values.setdefault("test_correct", values["test_right"])
    return _scored(_checked(values))


def _checked(values: dict[str, Any]) -> Summary:
    """Return a summary. Raises RunError for what cannot be true, or has to be there and is not."""
    sound = {}
    for field in _FIELDS:
        if not field.required and field.name not in values:
            continue
        try:
            sound[field.name] = msgspec.convert(values[field.name], field.type)
        except (KeyError, ValueError) as error:
            raise RunError(
                f"{SUMMARY} is damaged: {field.name} is not {_kind(field.type)}"
            ) from error
    return Summary(**sound)


def _scored(summary: Summary) -> Summary:
    """Return a summary that has scores. Raises RunError without: of classes, or of values."""
    has_r2 = summary.val_r2 is not None
    if (summary.val_accuracy is None) != has_r2 or (summary.test_r2 is None) == has_r2:
        key, kind = ("test_r2", "a number at most 1") if has_r2 else ("val_accuracy", "a share")
        raise RunError(f"{SUMMARY} is damaged: {key} is not {kind}")
    if (summary.test_accuracy is None) != has_r2:
        raise RunError(f"{SUMMARY} is damaged: test_accuracy is not a share")
    return summary


def _kind(declared: Any) -> str:
    """Say in words what a field has to be, which its innermost type declares."""
    notes = getattr(declared, "__metadata__", ())
    described = [str(note.description) for note in notes if isinstance(note, msgspec.Meta)]
    return described[0] if described else _kind(declared.__args__[0])
