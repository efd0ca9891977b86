"""What a run directory tells, read without trust: anyone may have written it.

Every command reads runs here, so that each file is checked once, and alike for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from mlpcli.errors import ConfigError, DataError, RunError, shown
from mlpcli.runs import contradictions
from mlpcli.runs.history import MAX_READ_ROWS
from mlpcli.runs.json_records import load_info, load_summary
from mlpcli.runs.layout import CONFIG, METRICS_FILE
from mlpcli.runs.lock import is_held
from mlpcli.runs.metrics import last_row
from mlpcli.runs.origin import data_digest, data_facts
from mlpcli.runs.predictions import held_against_answers
from mlpcli.runs.records import MetricsRow, Summary
from mlpcli.runs.run import Run
from mlpcli.runs.rung import STOPPED
from mlpcli.runs.stated_config import stated_config
from mlpcli.system import reason

TAKEN = "the run is taken to be what run.json says"


def open_run(path: Path | str) -> Run:
    """Read a run directory, with its path in the errors, to look at it closely.

    Its summary is held against all of its rows and its test predictions, too: what cannot all be
    true is in `contradictions`, where `load_run` refuses the run, and what is too damaged to hold
    it against in `unproven`. Predictions take 0.1 ms, which
    would double the time of reading thousands of runs, and once 0.2 s for numpy and the targets.
    """
    try:
        run = _read(Path(path))
    except RunError as error:
        raise RunError(f"{shown(path, 200)}: {error}", error.hint) from error
    if run.summary is None:
        return run
    found, missing = list(run.contradictions), list[str]()
    if run.history.cut:  # the errors of its history have its path
        all_that_are_read = run.history.rows_total >= MAX_READ_ROWS
        missing += [] if all_that_are_read else [run.rows_lost]
    elif not found:
        found += contradictions.of_history(run.summary, run.history, run.version, run.stopping)
    with suppress(DataError):  # without the test set they are not held against it
        otherwise, damage = held_against_answers(run)
        found += filter(None, [otherwise])
        missing += filter(None, [damage])
    return replace(run, contradictions=tuple(found), unproven=tuple(missing))


def open_sound(path: Path) -> Run:
    """Read a run as `open_run` does, to decide by it.

    Raises RunError, without the path, where its files contradict each other or cannot be read.
    """
    try:
        run = open_run(path)
    except RunError as error:
        raise RunError(str(error).removeprefix(f"{shown(path, 200)}: "), error.hint) from error
    for problem in (*run.contradictions, *run.unproven):
        raise RunError(problem)
    return run


def load_run(path: Path) -> Run:
    """Read a run directory. Raises RunError if what every run has is missing or damaged.

    Also where its summary says otherwise than its config or its last row: what contradicts itself
    is not to be compared. Takes 30 microseconds.
    """
    run = _read(path)
    if run.contradictions:
        raise RunError(run.contradictions[0])
    return run


def _read(path: Path) -> Run:
    place = str(path)  # 1 us less than the path's own text for each file
    try:
        info = load_info(place)
        summary = load_summary(place)
        config, change = stated_config(place, info)
        last, problem = _last_row(place, summary)
        return Run(
            path=path,
            status="completed" if summary else _unfinished_status(path, info),
            config=config,
            info=info,
            summary=summary,
            last=last,
            doubts=tuple(filter(None, (change and f"{change}; {TAKEN}", problem))),
            config_change=change,
            contradictions=tuple(_contradictions(summary, last, config, info)),
        )
    except ConfigError as error:
        raise RunError(f"{CONFIG} cannot be read: {error.problems[0].text}") from error
    except OSError as error:
        name = Path(error.filename or path).name
        raise RunError(f"{shown(name)} cannot be read: {reason(error)}") from error


def _last_row(path: str, summary: Summary | None) -> tuple[MetricsRow | None, str]:
    """Return the last row and what is wrong with it. Raises OSError of a run without a summary."""
    try:
        row, problem = last_row(f"{path}/{METRICS_FILE}")
        none = f"{METRICS_FILE} has no row" if summary and not row else ""
        return row, problem or none
    except OSError as error:
        if summary is None:
            raise
        return None, f"{METRICS_FILE} cannot be read: {reason(error)}"


def _contradictions(
    summary: Summary | None,
    last: MetricsRow | None,
    config: Mapping[str, Any],
    info: Mapping[str, Any],
) -> tuple[str, ...]:
    if summary:
        facts = data_facts(info, config) if data_digest(info) else None  # else a guess
        return tuple(contradictions.of_summary(summary, last, config, facts))
    return tuple(contradictions.of_row(last, config)) if last else ()


def _unfinished_status(path: Path, info: Mapping[str, Any]) -> str:
    status = info.get("status")
    if status in ("diverged", "failed", "interrupted", STOPPED):
        return str(status)
    return "running" if is_held(path) else "interrupted"
