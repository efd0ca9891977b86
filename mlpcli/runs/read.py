"""What run directories tell, read without trust: a stranger may have written them."""

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import NoneType
from typing import Any

from mlpcli.errors import ConfigError, Problem, RunError, shown
from mlpcli.files import read_bounded, reason
from mlpcli.runs.directory import CONFIG, INFO, METRICS, SUMMARY
from mlpcli.runs.lock import is_held
from mlpcli.runs.metrics import last_row, rows
from mlpcli.runs.records import MetricsRow

OF_A_RUN_ALONE = ("seed", "name")  # keys in which the runs of a setting may differ
MAX_JSON = 1 << 20  # bytes: a thousand times what run.json and summary.json take
MAX_BRACKETS = 300  # where those have ten; so many can be nested and written back


@dataclass(frozen=True)
class Run:
    """What a run directory tells, read without a lock and without trust."""

    path: Path
    status: str  # running, completed, diverged, failed or interrupted
    config: Mapping[str, Any]
    info: Mapping[str, Any]
    summary: Mapping[str, Any] = field(default_factory=dict)  # empty unless completed
    last: Mapping[str, Any] = field(default_factory=dict)  # the last metrics row, if any

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.path.name


def is_run(path: Path | str) -> bool:
    """Say whether a directory looks like a run."""
    return any(os.path.lexists(f"{path}/{name}") for name in (INFO, CONFIG, METRICS))


def load_run(path: Path) -> Run:
    """Read a run directory. Raises RunError if what every run has is missing or damaged."""
    try:
        info = _read_json(path, INFO)
        try:
            summary = _read_json(path, SUMMARY)
        except FileNotFoundError:
            summary = None
        return Run(
            path=path,
            status="completed" if summary is not None else _unfinished_status(path, info),
            config=_config(path, info),
            info=info,
            summary=summary or {},
            last=last_row(path / METRICS) if summary is None else {},
        )
    except ConfigError as error:
        raise RunError(f"{CONFIG} cannot be read: {error.problems[0].text}") from error
    except OSError as error:
        name = Path(error.filename or path).name
        raise RunError(f"{shown(name)} cannot be read: {reason(error)}") from error


def _config(path: Path, info: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config as it was started, from run.json; YAML takes a hundred times as long.

    A run.json that does not say it leaves config.yaml.
    """
    config = info.get("config")
    if isinstance(config, dict) and all(map(_is_plain, config.values())):
        return config
    from mlpcli.config import parse_mapping, read_text

    entries, problems = parse_mapping(read_text(path / CONFIG, follow=False), CONFIG)
    problems += [Problem(e.place, k, e.problem) for k, e in entries.items() if e.problem]
    if problems:
        raise RunError(f"{CONFIG} is damaged: {problems[0].text}")
    return {key: entry.value for key, entry in entries.items()}


def _is_plain(value: Any) -> bool:
    """Say whether a value is one that a config may hold, and JSON too."""
    kind = type(value)
    if kind in (int, str, bool, NoneType):
        return True
    if kind is float:
        return math.isfinite(value)
    return kind is list and all(type(each) is not list and _is_plain(each) for each in value)


def _unfinished_status(path: Path, info: Mapping[str, Any]) -> str:
    status = info.get("status")
    if status in ("diverged", "failed", "interrupted"):
        return str(status)
    return "running" if is_held(path / METRICS) else "interrupted"


def data_digest(info: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the data that a run was trained on, empty if run.json has none."""
    data = info.get("data")
    digest = data.get("sha256") if isinstance(data, dict) else None
    return digest if isinstance(digest, str) else ""


def setting_digest(run: Run) -> str:
    """Return the SHA-256 of what the runs of a setting share: the data, and most of the config."""
    shared = alike(run.config, *OF_A_RUN_ALONE) + data_digest(run.info)
    return hashlib.sha256(shared.encode(errors="surrogatepass")).hexdigest()


def alike(config: Mapping[str, Any], *but: str) -> str:
    """Return a text that is the same for configs that differ in nothing `but` in those keys."""
    return json.dumps({k: v for k, v in config.items() if k not in but}, sort_keys=True)


def read_info(path: Path) -> dict[str, Any]:
    """Return what run.json says. Raises RunError if it cannot be read."""
    try:
        return _read_json(path, INFO)
    except OSError as error:
        raise RunError(f"{shown(path, 200)}: {INFO} cannot be read: {reason(error)}") from error
    except RunError as error:
        raise RunError(f"{shown(path, 200)}: {error}") from error


def _read_json(path: Path, name: str) -> dict[str, Any]:
    content = read_bounded(f"{path}/{name}", MAX_JSON)
    if content.count(b"{") + content.count(b"[") > MAX_BRACKETS:
        raise RunError(f"{name} is damaged: more than {MAX_BRACKETS} lists and objects")
    try:
        value = _parsed(content)
    except (ValueError, RecursionError) as error:
        raise RunError(f"{name} is damaged: not JSON") from error
    if not isinstance(value, dict):
        raise RunError(f"{name} is damaged: not an object")
    return value


def _parsed(content: bytes) -> Any:
    """Parse JSON, as json.loads does, in a third of its time."""
    from pydantic_core import from_json

    try:
        return from_json(content, cache_strings="keys")
    except ValueError:  # it takes no lone surrogate, which a command line may hold
        return json.loads(content)


def read_rows(path: Path, most: int = 1_000_000) -> Iterator[MetricsRow]:
    """Yield a run's rows up to the first line that is none or follows from none, and to `most`.

    Raises RunError if they cannot be read.
    """
    last = 0
    try:
        for row in islice(rows(path / METRICS), most):
            if row.step <= last:
                return
            last = row.step
            yield row
    except OSError as error:
        raise RunError(f"{METRICS} cannot be read: {reason(error)}") from error
