"""What run directories tell, read without trust: a stranger may have written them."""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from mlpcli.errors import ConfigError, Problem, RunError, shown
from mlpcli.files import open_regular, read_bounded, reason
from mlpcli.metrics import last_row, rows
from mlpcli.rundir import CONFIG, INFO, METRICS, SUMMARY
from mlpcli.yamlfile import parse_mapping, read_text

MAX_JSON = 1 << 20  # bytes: a thousand times what run.json and summary.json take


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


def is_run(path: Path) -> bool:
    """Say whether a directory looks like a run."""
    return any(os.path.lexists(path / name) for name in (CONFIG, INFO, METRICS))


def load_run(path: Path) -> Run:
    """Read a run directory. Raises RunError if what every run has is missing or damaged."""
    try:
        entries, problems = parse_mapping(read_text(path / CONFIG, follow=False), CONFIG)
        problems += [Problem(e.place, k, e.problem) for k, e in entries.items() if e.problem]
        if problems:
            raise RunError(f"{CONFIG} is damaged: {problems[0].text}")
        info = _read_json(path / INFO)
        summary = _read_json(path / SUMMARY) if os.path.lexists(path / SUMMARY) else None
        return Run(
            path=path,
            status=_status(path, info, summary),
            config={key: entry.value for key, entry in entries.items()},
            info=info,
            summary=summary or {},
            last=last_row(path / METRICS),
        )
    except ConfigError as error:
        raise RunError(f"{CONFIG} cannot be read: {error.problems[0].text}") from error
    except OSError as error:
        name = Path(error.filename or path).name
        raise RunError(f"{shown(name)} cannot be read: {reason(error)}") from error


def _status(path: Path, info: Mapping[str, Any], summary: Mapping[str, Any] | None) -> str:
    if summary is not None:
        return "completed"
    status = info.get("status")
    if status in ("diverged", "failed", "interrupted"):
        return str(status)
    return "running" if _is_locked(path / METRICS) else "interrupted"


def _is_locked(metrics: Path) -> bool:
    with os.fdopen(open_regular(metrics), "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def read_info(path: Path) -> dict[str, Any]:
    """Return what run.json says. Raises RunError if it cannot be read."""
    try:
        return _read_json(path / INFO)
    except OSError as error:
        raise RunError(f"{shown(path, 200)}: {INFO} cannot be read: {reason(error)}") from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_bounded(path, MAX_JSON))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path.name} is damaged: not JSON") from error
    if not isinstance(value, dict):
        raise RunError(f"{path.name} is damaged: not an object")
    return value


def read_rows(path: Path, most: int = 1_000_000) -> list[dict[str, Any]]:
    """Return a run's whole metrics rows, up to the first line that is none, and to `most`.

    Raises RunError if they cannot be read.
    """
    try:
        return list(islice(rows(path / METRICS), most))
    except OSError as error:
        raise RunError(f"{shown(path, 200)}: {METRICS} cannot be read: {reason(error)}") from error
