"""A comparison made into the record that JSON and Python get: records.py has its shape."""

from __future__ import annotations

from typing import Any

import msgspec

from mlpcli.compare.columns import MEANS, standing_values, step_key
from mlpcli.compare.comparison import Comparison
from mlpcli.compare.curve_records import curve_records
from mlpcli.compare.noise_view import noise_records
from mlpcli.compare.ranking import Code, Ranked, Ranking
from mlpcli.compare.records import (
    AtRecord,
    Compared,
    CountRecord,
    MeanRecord,
    QueryRecord,
    ResultRecord,
    RunRecord,
    SettingRecord,
)
from mlpcli.compare.rows import Row
from mlpcli.compare.target_view import target_records
from mlpcli.compare.verdict_texts import verdict_text
from mlpcli.config import OF_A_RUN_ALONE


def compared(comparison: Comparison) -> Compared:
    """Return a comparison as a record."""
    ranking, point = comparison.ranking, comparison.point
    differing, shared = comparison.differing
    labels = _labels(comparison)
    sort = comparison.query.sort or comparison.score_key
    options = {**comparison.query.options(), "by": _by(comparison), "sort": sort}
    statuses = [row.status for row in comparison.rows]
    done, diverged = statuses.count("completed"), statuses.count("diverged")
    return Compared(
        query=QueryRecord(**{key: options[key] for key in QueryRecord.__struct_fields__}),
        at=AtRecord(point.at.unit, point.at.value, point.common, point.reached) if point else None,
        count=CountRecord(
            comparison.found, len(statuses), ranking.total, len(statuses) - done - diverged,
            diverged,
        ),
        shared=shared,
        differing=list(differing),
        runs=[_run(row, labels[row.setting]) for row in comparison.top],
        settings=[_setting(ranking, each) for each in ranking.ranked],
        reference=ranking.reference.label if ranking.reference else None,
        best_of=ranking.best_of,
        tied=ranking.tied,
        equivalent=ranking.equivalent,
        too_few=ranking.too_few,
        margin=ranking.margin,
        winner=ranking.winner,
        warnings=list(comparison.warnings),
        curves=curve_records(comparison),
        noise=noise_records(comparison),
        times=target_records(comparison),
    )  # fmt: skip


def compared_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison for JSON."""
    record: dict[str, Any] = msgspec.to_builtins(compared(comparison))
    return record


def _by(comparison: Comparison) -> str:
    return "setting" if comparison.of_settings else "run"


def _labels(comparison: Comparison) -> dict[str, str]:
    """Return the label of each setting by the digest that its runs have."""
    return {each.rows[0].setting: each.label for each in comparison.ranking.every}


def _run(row: Row, label: str) -> RunRecord:
    results = {}
    for name in MEANS:
        key, stem = step_key(name), name.removesuffix("accuracy")
        value, step = row.results[name], _step(row, key)
        bounded = f"{stem}low" in row.results and value is not None
        results[name] = ResultRecord(
            value=value,
            step=None if step is None or value is None else int(step),
            low=row.results[f"{stem}low"] if bounded else None,
            high=row.results[f"{stem}high"] if bounded else None,
        )
    return RunRecord(
        run=row.run,
        path=row.path,
        status=row.status,
        learned=row.learned,
        started=row.started,
        data=row.data,
        setting=label,
        reached=row.reached,
        config=dict(row.config),
        results=results,
    )


def _step(row: Row, key: str | None) -> Any:
    """Return the step under a key; a run that is not completed has kept no weights yet."""
    step = row.get(key) if key else None
    return row.get("steps_taken") if step is None and key == "kept_step" else step


def _setting(ranking: Ranking, ranked: Ranked) -> SettingRecord:
    setting = ranked.setting
    return SettingRecord(
        setting=setting.label,
        config={k: v for k, v in setting.config.items() if k not in OF_A_RUN_ALONE},
        data=setting.data,
        runs=[row.path for row in setting.rows],
        seeds=len(setting.seeds),
        folds=setting.folds,
        diverged=setting.diverged,
        unfinished=setting.unfinished,
        results={name: _mean(ranked, name) for name in MEANS},
        **standing_values(ranked.standing),
        answer=str(Code(ranked.code)),
        verdict=verdict_text(ranking, ranked),
    )


def _mean(ranked: Ranked, name: str) -> MeanRecord:
    mean, key = ranked.setting.mean(name), step_key(name)
    if mean is None:
        return MeanRecord(None, None, None, None, 0, None)
    steps = ranked.setting.steps(key) if key else None
    if steps is None and key == "kept_step":
        steps = ranked.setting.steps("steps_taken")
    return MeanRecord(mean.mean, mean.sd, mean.low, mean.high, mean.n, steps)
