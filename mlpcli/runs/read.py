"""What a run directory tells, read without trust: anyone may have written it."""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from types import NoneType
from typing import Any

from mlpcli.config import spelled_once
from mlpcli.data import DATASETS
from mlpcli.errors import ConfigError, Problem, RunError, shown
from mlpcli.files import reason
from mlpcli.runs.history import History, read_history, read_rows
from mlpcli.runs.json_records import load_info, load_summary
from mlpcli.runs.layout import CONFIG, INFO, METRICS_FILE
from mlpcli.runs.lock import is_held
from mlpcli.runs.metrics import last_row, rows_beyond
from mlpcli.runs.origin import data_of, environment_of, text
from mlpcli.runs.records import MetricsRow, Summary

PLAIN = {int, str, bool, float, NoneType}


@dataclass(frozen=True)
class Run:
    """What a run directory tells, read without a lock; each of its files once.

    `info` is run.json as it is; the properties have of it what can be shown. Only they, and what
    they come from, cost time where thousands of runs are read.
    """

    path: Path
    status: str  # running, completed, diverged, failed or interrupted
    config: Mapping[str, Any]
    info: Mapping[str, Any]
    summary: Summary | None = None  # None unless completed
    last: Mapping[str, Any] = field(default_factory=dict)  # the last metrics row, unless completed

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.path.name

    @property
    def learned(self) -> bool | None:
        """Whether a completed run's network does better than to guess the largest class.

        That is whether the 95 % interval of its validation accuracy lies above that class's share.
        None of a run that was not completed, or of a data set that is not known here.
        """
        if self.summary is None:
            return None
        return has_learned(self.data["name"], self.data["sha256"], self.summary.validation.low)

    @property
    def standing(self) -> str:
        """The status in words, and whether the network learned nothing."""
        return in_words(self.status, self.learned)

    @property
    def error(self) -> str | None:
        """What ended a run that was not completed."""
        unfinished = self.status not in ("completed", "running")
        return text(self.info.get("error")) if unfinished else None

    @property
    def started(self) -> str | None:
        """When it was started, as run.json has it."""
        return text(self.info.get("started"))

    @property
    def ended(self) -> str | None:
        """When it ended, as run.json has it."""
        return text(self.info.get("ended")) if self.status != "running" else None

    @property
    def command(self) -> str | None:
        """The command line that started it."""
        return text(self.info.get("command"))

    @cached_property
    def environment(self) -> Mapping[str, Any]:
        """Versions, git, host, cpu, threads and gpus."""
        return environment_of(self.info)

    @cached_property
    def data(self) -> Mapping[str, str | None]:
        """The name and the sha256 of the data that it was trained on."""
        return data_of(self.info, self.config)

    @cached_property
    def rows(self) -> tuple[MetricsRow, ...]:
        """The metrics rows. Raises RunError if they cannot be read."""
        return tuple(read_rows(self.path))

    @cached_property
    def history(self) -> History:
        """What the metrics rows come to. Raises RunError if they cannot be read."""
        return read_history(self.path, self.last_step)

    @property
    def last_step(self) -> object:
        """The step of the last metrics row: a completed run's row is that of its last step."""
        return self.summary.steps if self.summary else self.last.get("step")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What of the rows could not be read."""
        if not self.history.cut:
            return ()
        return (f"{shown(self.path, 200)}: {rows_beyond(self.history.rows_total)}",)


def has_learned(dataset: str | None, digest: str | None, val_low: float) -> bool | None:
    """Say whether a network does better than to guess the largest class; None where nobody knows.

    By the data set's name and SHA-256, if it is told, and the lower bound of the validation
    accuracy.
    """
    known = DATASETS.get(dataset or "")
    if known is None or digest not in (None, known.sha256):
        return None
    return val_low > known.largest_class


def in_words(status: str, learned: bool | None) -> str:
    """Return a run's status, and whether its network learned nothing."""
    return f"{status}, learned nothing" if learned is False else status


def is_run(path: Path | str) -> bool:
    """Say whether a directory looks like a run."""
    return any(os.path.lexists(f"{path}/{name}") for name in (INFO, CONFIG, METRICS_FILE))


def open_run(path: Path | str) -> Run:
    """Read a run directory, as `load_run` does, with its path in the errors."""
    try:
        return load_run(Path(path))
    except RunError as error:
        raise RunError(f"{shown(path, 200)}: {error}", error.hint) from error


def load_run(path: Path) -> Run:
    """Read a run directory. Raises RunError if what every run has is missing or damaged."""
    try:
        info = load_info(path)
        summary = load_summary(path)
        return Run(
            path=path,
            status="completed" if summary else _unfinished_status(path, info),
            config=_config(path, info),
            info=info,
            summary=summary,
            last=last_row(path / METRICS_FILE) if summary is None else {},
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
    if isinstance(config, dict) and _is_flat(config.values()):
        return spelled_once(config)
    from mlpcli.config import parse_mapping, read_text

    entries, problems = parse_mapping(read_text(path / CONFIG, follow=False), CONFIG)
    problems += [Problem(e.place, k, e.problem) for k, e in entries.items() if e.problem]
    if problems:
        raise RunError(f"{CONFIG} is damaged: {problems[0].text}")
    return spelled_once({key: entry.value for key, entry in entries.items()})


def _is_flat(values: Collection[Any]) -> bool:
    """Say whether these are values that a config may hold, and JSON too, or lists of them."""
    if not {*map(type, values)} <= PLAIN:  # a call for each value would take four times as long
        values = [each for value in values for each in (value if type(value) is list else [value])]
        if not {*map(type, values)} <= PLAIN:
            return False
    return all(map(math.isfinite, [value for value in values if type(value) is float]))


def _unfinished_status(path: Path, info: Mapping[str, Any]) -> str:
    status = info.get("status")
    if status in ("diverged", "failed", "interrupted"):
        return str(status)
    return "running" if is_held(path / METRICS_FILE) else "interrupted"


def run_json(run: Run) -> dict[str, Any]:
    """Return what is known of a run without its rows."""
    best = run.history.best
    return {
        "run": run.name,
        "path": str(run.path),
        "status": run.status,
        "learned": run.learned,
        "error": run.error,
        "started": run.started,
        "ended": run.ended,
        "command": run.command,
        **run.environment,
        "data": run.data,
        "config": run.config,
        "results": _results_json(run.summary) if run.summary else None,
        "best_validation": asdict(best) if best else None,
    }


def _results_json(summary: Summary) -> dict[str, Any]:
    alone = (
        "test_loss", "val_loss", "train_loss", "train_accuracy", "parameters", "steps", "seconds",
        "compile_seconds", "examples_per_second",
    )  # fmt: skip
    accuracies = {"test": asdict(summary.test), "validation": asdict(summary.validation)}
    return accuracies | {key: getattr(summary, key) for key in alone}
