"""The config that a run was started with: run.json has it, and config.yaml says the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import NoneType
from typing import Any, NamedTuple

import msgspec

from mlpcli.config import spelled_once, yaml_line
from mlpcli.errors import ConfigError, Problem, RunError, shown
from mlpcli.runs.layout import CONFIG, INFO
from mlpcli.runs.validate import LARGEST
from mlpcli.system import read_small, reason

PLAIN = {int, str, bool, float, NoneType}
MOST_KEYS = 200  # a config has about 25
LONGEST_KEY = 64  # characters
LONGEST_TEXT = 1_000  # characters of a value
LONGEST_LIST = 1_000  # values; a hundred layers have 99 widths
MOST_KEPT = 10_000  # lines, and configs; a sweep of 2,000 settings has about 4,000 lines
SHOWN = 3  # keys at most in a message


def stated_config(path: str, info: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return a run's config, and how its config.yaml differs from what run.json says, or nothing.

    The config is that of run.json; of a run.json that says none, config.yaml's. Raises RunError for
    what cannot be a config, ConfigError where config.yaml is needed and cannot be read.
    """
    config = info.get("config")
    if config is None:
        config = _parsed(Path(path))
        require_sound(config, CONFIG)
        return spelled_once(config), ""
    if not isinstance(config, dict):
        raise RunError(f"{INFO} is damaged: its config is not an object")
    text, spelled = _known(config) or _looked_at(config)
    if read_small(f"{path}/{CONFIG}") == text:
        return spelled, ""  # YAML would take a hundred times as long
    return spelled, _difference(Path(path), config)


class _Checked(NamedTuple):
    """A sound config, as config.yaml has it and with its widths as all have them; but the seed."""

    before: bytes  # the text up to the seed's line
    after: bytes
    spelled: dict[str, Any]


# Sound configs by what they say as JSON, in which 1, 1.0 and true differ, with seed 0: most of many
# runs are another seed of one that was seen before. And the lines of sound configs.
_configs: dict[bytes, _Checked] = {}
_lines: dict[tuple[str, Any, type], str] = {}
_encode = msgspec.json.Encoder().encode


def _known(config: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]] | None:
    """Return what `_looked_at` does of a config that was seen with another seed, in 1 us."""
    seed = config.get("seed")
    if type(seed) is not int or not 0 <= seed <= LARGEST or len(config) > MOST_KEYS:
        return None
    try:
        key = _encode({**config, "seed": 0})
    except ValueError:  # a lone surrogate
        return None
    if b"null" in key:  # so a number is written that is not finite
        return None
    if key not in _configs:
        if len(_configs) > MOST_KEPT:
            _configs.clear()
        lines, at = _lines_of(config), [*config].index("seed")
        before, after = "".join(lines[:at]).encode(), "".join(lines[at + 1 :]).encode()
        _configs[key] = _Checked(before, after, spelled_once(config))
    known = _configs[key]
    return b"%bseed: %d\n%b" % (known.before, seed, known.after), {**known.spelled, "seed": seed}


def _looked_at(config: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Return a config as config.yaml has it, and with its widths as all have them.

    Raises RunError for what no config may be.
    """
    return "".join(_lines_of(config)).encode(errors="surrogatepass"), spelled_once(config)


def _lines_of(config: Mapping[str, Any]) -> list[str]:
    """Return the lines of config.yaml. Raises RunError for what no config may be.

    In 2 us where all were seen before; to check a config takes 4, and to spell it 20.
    """
    if len(config) <= MOST_KEYS:
        with suppress(KeyError, TypeError):  # a list of widths has no hash
            return [_lines[key, value, type(value)] for key, value in config.items()]
    require_sound(config, INFO)
    if len(_lines) > MOST_KEPT:
        _lines.clear()
    return [_line(key, value) for key, value in config.items()]


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
