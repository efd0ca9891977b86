"""What can be said of a setting, in words."""

from mlpcli.compare.ranking import Code, Ranking
from mlpcli.compare.settings import Setting
from mlpcli.stats import MAX_SEEDS, MIN_SEEDS, Standing

REFERENCE = {
    Code.BASELINE: "baseline",
    Code.ALONE: "alone",
    Code.BEST: "better: {0}",
    Code.TIED: "{0}, tied with {1:,}",
    Code.UNPROVEN: "{0}, maybe by luck",
}
OTHERS = {Code.NO_RESULT: "no result", Code.OTHER_DATA: "other data: not comparable"}


def verdict_texts(ranking: Ranking) -> list[str]:
    """Return the verdict on each setting in words."""
    lines = zip(ranking.settings, ranking.standings, strict=True)
    return [_verdict(ranking, *line) for line in lines]


def _verdict(ranking: Ranking, setting: Setting, standing: Standing | None) -> str:
    code = ranking.code(setting, standing)
    if code in REFERENCE:
        return REFERENCE[code].format(_best(ranking), ranking.tied)
    if standing is None:
        return OTHERS[code]
    verdict = standing.verdict
    if code is Code.TOO_FEW_SEEDS:
        return f"too few seeds: {verdict.seeds} at least"
    if code is not Code.NO_EVIDENCE:
        return str(verdict.answer)
    if verdict.detects is None:
        return "no evidence: the same results"
    if verdict.seeds is None:
        return f"no evidence: it would take more than {MAX_SEEDS:,} seeds"
    more = verdict.seeds - standing.difference.n
    if more > 0:
        return f"no evidence: {more} more seed{'s' if more > 1 else ''} would settle it"
    return f"no evidence: {100 * verdict.detects:.1f} points would probably have shown"


def _best(ranking: Ranking) -> str:
    """Say of how many settings the reference is the best: of those that were compared."""
    compared = ranking.best_of - ranking.too_few
    if compared in (1, ranking.best_of):  # 1: the reference alone, and nothing is known of it
        return f"best of {ranking.best_of:,}"
    return f"best of {compared:,} with {MIN_SEEDS} seeds or more"
