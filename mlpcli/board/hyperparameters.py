"""Configs and scores for TensorBoard's table of hyper-parameters: a row a run."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from mlpcli.board.events import Moment, about_session
from mlpcli.errors import shown
from mlpcli.runs import RESULTS, SUMMARY_METRICS, Run, Summary

Values = Mapping[str, bool | float | str]
OF_SUMMARY = "summary"  # before a score's name: rows have numbers of the same names
LONGEST = 1_000  # characters of a text


def keys_of(config: Mapping[str, Any]) -> dict[str, bool | float | str]:
    """Return a config as the table has it: numbers, texts, true and false; a list is a text.

    >>> keys_of({"width": [64, 32], "nesterov": False, "patience": None, "seed": 1})
    {'width': '64, 32', 'nesterov': False, 'seed': 1.0}
    """
    found: dict[str, bool | float | str] = {}
    for key, value in config.items():
        if isinstance(value, bool):
            found[shown(key)] = value
        elif isinstance(value, int | float) and abs(value) <= sys.float_info.max:
            found[shown(key)] = float(value)
        elif value is not None:
            text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            found[shown(key)] = shown(text, LONGEST)
    return found


def scores_of(summary: Summary) -> dict[str, float]:
    """Return the numbers of a summary by their tags."""
    values = {name: getattr(summary, name) for name in SUMMARY_METRICS}
    return {f"{OF_SUMMARY}/{key}": float(value) for key, value in values.items()
            if value is not None}  # fmt: skip


def columns_of(run: Run) -> tuple[str, ...]:
    """Return the tags of a run's scores; of one that is not completed, of those it may yet have.

    TensorBoard reads once which columns there are.
    """
    if run.summary:
        return tuple(scores_of(run.summary))
    kind = run.facts.task.kind if run.facts else None
    likely = [name for name, each in SUMMARY_METRICS.items() if each.task in (None, kind)]
    return tuple(f"{OF_SUMMARY}/{name}" for name in likely if name in RESULTS)


def session_start(at: Moment, keys: Values) -> bytes:
    """Return a run's config."""
    from tensorboard.plugins.hparams.metadata import SESSION_START_INFO_TAG
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionStartInfo

    info = SessionStartInfo(start_time_secs=at.time)
    for key, value in keys.items():
        _set(info.hparams[key], value)
    return about_session(at, SESSION_START_INFO_TAG, HParamsPluginData(session_start_info=info))


def session_end(at: Moment, run: Run) -> bytes:
    """Return how a run ended."""
    from tensorboard.plugins.hparams import api_pb2
    from tensorboard.plugins.hparams.metadata import SESSION_END_INFO_TAG
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo

    word = {"completed": "SUCCESS", "diverged": "FAILURE", "failed": "FAILURE"}.get(run.status)
    status = getattr(api_pb2, f"STATUS_{word or 'UNKNOWN'}")
    info = SessionEndInfo(status=status, end_time_secs=at.time)
    return about_session(at, SESSION_END_INFO_TAG, HParamsPluginData(session_end_info=info))


def experiment(configs: Iterable[Values], scores: Iterable[str]) -> bytes:
    """Return which columns the table has: all keys, with their values, and the scores."""
    from tensorboard.plugins.hparams import api_pb2
    from tensorboard.plugins.hparams.metadata import EXPERIMENT_TAG
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    values: dict[str, list[Any]] = {}
    for config in configs:
        for key, value in config.items():
            values.setdefault(key, []).append(value)
    columns = [_column(key, found) for key, found in values.items()]
    there, main = set(scores), {name: nth for nth, name in enumerate(RESULTS)}
    names = sorted(SUMMARY_METRICS, key=lambda name: main.get(name, len(main)))
    metrics = [
        api_pb2.MetricInfo(
            name=api_pb2.MetricName(tag=f"{OF_SUMMARY}/{name}"),
            display_name=SUMMARY_METRICS[name].heading,
        )
        for name in names
        if f"{OF_SUMMARY}/{name}" in there
    ]
    found = api_pb2.Experiment(hparam_infos=columns, metric_infos=metrics)
    return about_session(Moment(0, 0.0), EXPERIMENT_TAG, HParamsPluginData(experiment=found))


def _column(key: str, values: list[Any]) -> Any:
    """Return a key's column; of values of several types it is of text."""
    from tensorboard.plugins.hparams import api_pb2

    kinds, distinct = {*map(type, values)}, list(dict.fromkeys(values))
    found = api_pb2.HParamInfo(name=key, differs=len(distinct) > 1)
    if kinds == {float}:
        found.type = api_pb2.DATA_TYPE_FLOAT64
        found.domain_interval.min_value, found.domain_interval.max_value = min(values), max(values)
        return found
    of_truth = kinds == {bool}
    found.type = api_pb2.DATA_TYPE_BOOL if of_truth else api_pb2.DATA_TYPE_STRING
    for value in distinct:
        _set(found.domain_discrete.values.add(), value if of_truth else _text(value))
    return found


def _text(value: object) -> str:
    """Return a value as TensorBoard writes those of a column of text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _set(place: Any, value: bool | float | str) -> None:
    """Set a protocol buffer's value; true and false are no numbers."""
    if isinstance(value, bool):
        place.bool_value = value
    elif isinstance(value, str):
        place.string_value = value
    else:
        place.number_value = value
