"""The config that a run was started with: run.json has it, and config.yaml says the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from types import NoneType
from typing import Any

from mlpcli.config import spelled_once, yaml_line
from mlpcli.errors import ConfigError, Problem, RunError, shown
from mlpcli.files import read_small, reason
from mlpcli.runs.layout import CONFIG, INFO

PLAIN = {int, str, bool, float, NoneType}
MOST_KEYS = 200  # a config has about 25
LONGEST_KEY = 64  # characters
LONGEST_TEXT = 1_000  # characters of a value
LONGEST_LIST = 1_000  # values; a hundred layers have 99 widths
MOST_LINES = 10_000  # kept; a sweep of 2,000 settings has about 4,000
SHOWN = 3  # keys at most in a message


def stated_config(path: Path, info: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return a run's config, and how its config.yaml differs from what run.json says, or nothing.

    The config is that of run.json; of a run.json that says none, config.yaml's. Raises RunError for
    what cannot be a config, ConfigError where config.yaml is needed and cannot be read.
    """
    config = info.get("config")
    if config is None:
        config = _parsed(path)
        require_sound(config, CONFIG)
        return spelled_once(config), ""
    if not isinstance(config, dict):
        raise RunError(f"{INFO} is damaged: its config is not an object")
    text = _known_text(config)
    if not text:
        require_sound(config, INFO)
        text = _text(config)
    if read_small(f"{path}/{CONFIG}") == text.encode(errors="surrogatepass"):
        return spelled_once(config), ""  # YAML would take a hundred times as long
    return spelled_once(config), _difference(path, config)


# Lines of config.yaml by what they say, of sound keys and values alone: most of many runs' are the
# same. 1, 1.0 and true, which are equal, are three lines.
_lines: dict[tuple[str, Any, type], str] = {}


def _known_text(config: Mapping[str, Any]) -> str:
    """Return a config as config.yaml has it, nothing where a line has not been seen before.

    In 2 us, where to check it takes 4, and to spell it 20.
    """
    if len(config) > MOST_KEYS:
        return ""
    try:
        return "".join([_lines[key, value, type(value)] for key, value in config.items()])
    except (KeyError, TypeError):  # a list of widths has no hash
        return ""


def _text(config: Mapping[str, Any]) -> str:
    """Return a sound config as config.yaml has it."""
    if len(_lines) > MOST_LINES:
        _lines.clear()
    return "".join([_line(key, value) for key, value in config.items()])


def _line(key: str, value: Any) -> str:
    if type(value) is list:
        return yaml_line(key, value)
    known = key, value, type(value)
    if known not in _lines:
        _lines[known] = yaml_line(key, value)
    return _lines[known]


def require_sound(config: Mapping[str, Any], name: str) -> None:
    """Raise RunError for more than a config has, or values that no config may hold."""
    if problem := _problem(config):
        raise RunError(f"{name} is damaged: {problem}")


def _problem(config: Mapping[str, Any]) -> str:
    if len(config) > MOST_KEYS:
        return f"a config of {len(config):,} keys, allowed {MOST_KEYS}"
    if max(map(len, config), default=0) > LONGEST_KEY:
        return f"a key of its config has more than {LONGEST_KEY} characters"
    values = config.values()
    if not {*map(type, values)} <= PLAIN:  # a call for each value would take four times as long
        lists = [value for value in values if type(value) is list]
        if max(map(len, lists), default=0) > LONGEST_LIST:
            return f"a list of its config has more than {LONGEST_LIST:,} values"
        flat = [each for value in values for each in (value if type(value) is list else [value])]
        if not {*map(type, flat)} <= PLAIN:
            return "its config is not plain values, or lists of them"
        return _odd_value(flat)
    return _odd_value(values)


def _odd_value(values: Any) -> str:
    if not all(map(math.isfinite, [each for each in values if type(each) is float])):
        return "a number of its config is not finite"
    if max(map(len, [each for each in values if type(each) is str]), default=0) > LONGEST_TEXT:
        return f"a text of its config has more than {LONGEST_TEXT:,} characters"
    return ""


def _parsed(path: Path) -> dict[str, Any]:
    """Return what config.yaml says. Raises ConfigError, or RunError for what is no YAML of ours."""
    from mlpcli.config import parse_mapping, read_text

    entries, problems = parse_mapping(read_text(path / CONFIG, follow=False), CONFIG)
    problems += [Problem(e.place, k, e.problem) for k, e in entries.items() if e.problem]
    if problems:
        raise RunError(f"{CONFIG} is damaged: {problems[0].text}")
    return {key: entry.value for key, entry in entries.items()}


def _difference(path: Path, started: Mapping[str, Any]) -> str:
    """Say how config.yaml differs from the config that the run was started with."""
    try:
        found = spelled_once(_parsed(path))
    except ConfigError as error:
        return f"{CONFIG} cannot be read: {error.problems[0].text}"
    except OSError as error:
        return f"{CONFIG} cannot be read: {reason(error)}"
    except RunError as error:
        return str(error)
    then = spelled_once(started)
    keys = [key for key in {**then, **found} if not _same(found.get(key), then.get(key))]
    texts = [
        f"{shown(key)} is {_shown(found, key)} in {CONFIG}, was {_shown(then, key)} when the run "
        "was started"
        for key in keys[:SHOWN]
    ]
    more = [f"and {len(keys) - SHOWN:,} more keys differ"] if len(keys) > SHOWN else []
    return "; ".join([*texts, *more])


def _shown(config: Mapping[str, Any], key: str) -> str:
    return shown(config[key]) if key in config else "left out"


def _same(a: object, b: object) -> bool:
    """Say whether two values are equal; 1 and 1.0 are, 1 and true are not."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)
