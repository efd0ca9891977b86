"""What can be said of settings, in words: of each in the table, and of all in a sentence."""

from mlpcli.compare.cells import is_share
from mlpcli.compare.ranking import Code, Ranked, Ranking
from mlpcli.compare.settings import Setting
from mlpcli.errors import shown
from mlpcli.stats import MAX_SEEDS, MIN_SEEDS, Standing
from mlpcli.terminal import count

NAME = 70  # characters of a setting's name
OTHERS = {
    Code.NO_RESULT: "no result",
    Code.OTHER_DATA: "other data: not comparable",
    Code.OTHER_STEP: "other step: not comparable",
}


def verdict_text(ranking: Ranking, ranked: Ranked) -> str:
    """Return the verdict on a setting in words."""
    match ranked.code:
        case Code.BASELINE | Code.ALONE as code:
            return {Code.BASELINE: "baseline", Code.ALONE: "alone"}[code]
        case Code.BEST:
            return f"{_best_of(ranking)}, beyond chance"
        case Code.TIED:
            return f"{_best_of(ranking)}, tied with {ranking.tied:,}"
        case Code.UNPROVEN if ranking.leads:
            return f"{_best_of(ranking)}, maybe by luck"
        case Code.UNPROVEN:
            return f"alone with {MIN_SEEDS} {ranking.unit}s or more"
    if ranked.standing is None:
        return OTHERS[ranked.code]
    return _beside(ranked.code, ranked.standing, ranked.setting)


def _beside(code: Code, standing: Standing, setting: Setting) -> str:
    verdict, key = standing.verdict, setting.score_key
    if code is Code.TOO_FEW_SEEDS:
        return f"too few {setting.unit}s: {verdict.seeds} at least"
    if code is not Code.NO_EVIDENCE:
        return str(verdict.answer)
    if standing.difference.mean == standing.difference.sd == 0:
        return "no evidence: the same results"
    if verdict.detects is None:  # of folds none are planned
        return "no evidence"
    if verdict.seeds is None:
        return f"no evidence; more than {MAX_SEEDS:,} seeds to tell"
    more = verdict.seeds - standing.difference.n
    if more > 0:
        return f"no evidence; {count(more, 'more seed')} would tell"
    if not is_share(key):
        return f"no evidence; {verdict.detects:.3f} would have shown"
    return f"no evidence; {100 * verdict.detects:.1f} points would have shown"


def _compared(ranking: Ranking) -> int:
    """Return of how many settings the reference is the best: of those that were compared."""
    compared = ranking.best_of - ranking.too_few
    return ranking.best_of if compared == 1 else compared  # 1: nothing is known of it


def _best_of(ranking: Ranking) -> str:
    return f"best of {_compared(ranking):,}"


def conclusion(ranking: Ranking) -> str:
    """Say in a sentence what the verdicts come to; nothing where there is nothing to compare."""
    if ranking.reference is None or ranking.best_of == 1:
        return ""
    name, compared = shown(ranking.reference.label, NAME), _compared(ranking)
    if ranking.baseline:
        unit = "in points of " if is_share(ranking.score_key) else "of "
        return f"Verdicts and differences, {unit}{ranking.score_key}, are beside {name}."
    if compared == ranking.best_of and ranking.too_few == ranking.best_of - 1:
        takes = f"a verdict takes {MIN_SEEDS} {ranking.unit}s of each."
        if ranking.leads:
            return f"{name} has the best mean of {compared:,}, which may be luck: {takes}"
        return f"{name} alone has {MIN_SEEDS} {ranking.unit}s, and another a better mean: {takes}"
    few = f" ({count(ranking.too_few, 'setting')} of fewer not compared)" if ranking.too_few else ""
    among = f"of {compared:,}"
    if few:
        among = f"of the {compared:,} with {MIN_SEEDS} {ranking.unit}s or more{few}"
    points = "Differences are to it, in points."
    if not is_share(ranking.score_key):
        points = f"Differences of {ranking.score_key} are to it."
    if ranking.tied:
        others = "another differs" if ranking.tied == 1 else f"{ranking.tied:,} others differ"
        return f"{name} has the best mean {among}; no evidence that {others} from it. {points}"
    return f"{name} is the best {among}, beyond chance. {points}"
