"""A ranking of settings as flat records, for JSON and CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlpcli.compare.ranking import Ranking
from mlpcli.compare.settings import MEANS, Setting
from mlpcli.compare.verdict_texts import verdict_texts
from mlpcli.config import OF_A_RUN_ALONE
from mlpcli.stats import Answer, Interval, Standing

STANDING = (
    "difference", "difference_low", "difference_high", "paired", "p_better", "p_adjusted",
    "seeds_needed", "detects",
)  # fmt: skip


def ranking_json(ranking: Ranking) -> dict[str, Any]:
    """Return a ranking for JSON."""
    records = _records(ranking)
    runs = ([row.path for row in each.rows] for each in ranking.settings)
    reference = ranking.reference.label if ranking.reference else None
    baseline = reference if ranking.baseline else None
    return {
        "query": {**ranking.query.options(), "baseline": baseline},
        "shared": ranking.shared,
        "differing": ranking.differing,
        "reference": reference,
        "best_of": ranking.best_of,
        "tied": ranking.tied,
        "too_few": ranking.too_few,
        "settings": [{**each, "runs": paths} for each, paths in zip(records, runs, strict=True)],
    }


def ranking_csv(ranking: Ranking) -> tuple[Sequence[str], list[list[Any]]]:
    """Return the headings and rows of a ranking."""
    records = _records(ranking)
    return list(records[0]), [list(record.values()) for record in records]


def _records(ranking: Ranking) -> list[dict[str, Any]]:
    """Return a flat record of each setting: config, results, and how it stands.

    All of them have the same keys, for a table to have as columns.
    """
    configs = [each.config for each in ranking.settings]
    keys = dict.fromkeys(k for config in configs for k in config if k not in OF_A_RUN_ALONE)
    return [
        {
            "setting": setting.label,
            **{key: setting.config.get(key) for key in keys},
            **_results(setting),
            **_standing(standing),
            "data": setting.data,
            "answer": ranking.code(setting, standing),
            "verdict": text,
        }
        for setting, standing, text in zip(
            ranking.settings, ranking.standings, verdict_texts(ranking), strict=True
        )
    ]


def _results(setting: Setting) -> dict[str, Any]:
    record: dict[str, Any] = {
        "seeds": len(setting.seeds),
        "diverged": setting.diverged,
        "unfinished": setting.unfinished,
    }
    for key in MEANS:
        each: Interval | None = setting.means.get(key)
        record |= {
            key: each.mean if each else None,
            f"{key}_low": each.low if each else None,
            f"{key}_high": each.high if each else None,
        }
    return record


def _standing(standing: Standing | None) -> dict[str, Any]:
    """Return how far a setting lies from the reference; p is null where nothing was tested."""
    if standing is None:
        return dict.fromkeys(STANDING)
    apart, verdict = standing.difference, standing.verdict
    tested = verdict.answer is not Answer.TOO_FEW_SEEDS
    values = (
        *(apart.mean, apart.low, apart.high, apart.n if apart.paired else None, apart.p_better),
        *(standing.p_adjusted if tested else None, verdict.seeds, verdict.detects),
    )
    return dict(zip(STANDING, values, strict=True))
