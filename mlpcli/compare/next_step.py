"""Which command is useful after a comparison."""

from __future__ import annotations

from pathlib import Path

from mlpcli.compare.comparison import Comparison
from mlpcli.compare.ranking import Code, Ranking
from mlpcli.compare.rows import Row
from mlpcli.compare.settings import Setting
from mlpcli.config import pairing_key
from mlpcli.errors import shell_word
from mlpcli.runs import CONFIG
from mlpcli.stats import MIN_SEEDS

SEEDS = 5  # of each setting, where there is one yet
MOST_SEEDS = 100  # that are advised to be trained; more are for those who know why


def next_step(comparison: Comparison) -> str:
    """Return the command, and why where that is not plain; nothing where there is none."""
    if comparison.of_settings:
        return _of_settings(comparison.ranking)
    rows = comparison.ordered
    if all(row.status == "diverged" or row.learned is False for row in rows):
        return f"mlpcli explain {shell_word(rows[0].path)}"
    rows = tuple(row for row in rows if row.scored_on == rows[0].scored_on)  # as the best one
    if len(rows) == 1:
        return f"mlpcli show {shell_word(rows[0].path)}"
    if len(rows) == 2:
        return "mlpcli diff " + " ".join(shell_word(row.path) for row in rows)
    best = _one_of_each_setting(rows)
    if len(best) < 2:
        return f"mlpcli show {shell_word(rows[0].path)}"
    return f"{_train(best[:2], f'--seeds {SEEDS}')} (one seed of each proves nothing)"


def _of_settings(ranking: Ranking) -> str:
    """Return how to train the seeds that would settle which of two settings is better."""
    if ranking.reference is None:
        return ""
    for each in ranking.ranked:
        if each.code not in (Code.UNDECIDED, Code.TOO_FEW_SEEDS) or each.standing is None:
            continue
        verdict, pair = each.standing.verdict, [ranking.reference, each.setting]
        high = verdict.seeds_high
        seeds = high if high and high <= MOST_SEEDS else verdict.seeds_low
        if folds := ranking.reference.folds:
            if min(len(one.seeds) for one in pair) < folds:
                return f"{_train(pair, f'--folds {folds}')} --needed"
            continue
        if seeds and MIN_SEEDS <= seeds <= MOST_SEEDS and _lack(pair, seeds):
            return f"{_train(pair, f'--seeds {seeds}')} --needed"
    return f"mlpcli show {shell_word(_newest(ranking.reference).path)}"


def _lack(settings: list[Setting], seeds: int) -> bool:
    """Say whether so many seeds are more than were trained, whatever point they had reached."""
    ran = [
        {pairing_key(row.config) for row in each.rows if row.status == "completed"}
        for each in settings
    ]
    return min(map(len, ran)) < seeds


def _one_of_each_setting(rows: tuple[Row, ...]) -> list[Row]:
    """Return the first run of each setting, of those that count."""
    firsts: dict[str, Row] = {}
    for row in rows:
        if row.counts:
            firsts.setdefault(row.setting, row)
    return list(firsts.values())


def _train(items: list[Row] | list[Setting] | list[Row | Setting], asked: str) -> str:
    paths = [each.path if isinstance(each, Row) else _newest(each).path for each in items]
    configs = " ".join(shell_word(Path(path, CONFIG)) for path in paths)
    folder = Path(paths[0]).parent
    place = "" if str(folder) == "runs" else f" --runs-dir {shell_word(folder)}"
    return f"mlpcli train {configs} {asked}{place}"


def _newest(setting: Setting) -> Row:
    return max(setting.rows, key=lambda row: (row.counts, row.started, row.run))
