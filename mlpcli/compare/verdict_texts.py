"""What can be said of settings, in words: of each in the table, and of all in a sentence."""

from mlpcli.compare.cells import cell, is_share, score_apart
from mlpcli.compare.ranking import Code, Ranked, Ranking
from mlpcli.compare.settings import Setting
from mlpcli.errors import shown
from mlpcli.stats import MAX_SEEDS, MIN_SEEDS, Standing, Verdict
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
        return f"too few {setting.unit}s: {verdict.seeds_low} at least"
    if code is Code.EQUIVALENT and standing.difference.mean == standing.difference.sd == 0:
        return "equivalent: the same results"
    if code is not Code.UNDECIDED or verdict.detects is None:  # of folds no seeds are planned
        return str(verdict.answer)
    return f"undecided; {_seeds(verdict, standing.difference.n, key)}"


def _seeds(verdict: Verdict, n: int, key: str) -> str:
    """Say how many more seeds would tell, or what so many would have shown."""
    low, high = verdict.seeds_low or MAX_SEEDS, verdict.seeds_high
    if high is not None and high <= n and verdict.detects is not None:
        shown = f"{100 * verdict.detects:.1f} points" if is_share(key) else f"{verdict.detects:.3f}"
        return f"{shown} would have shown"
    if low >= MAX_SEEDS:
        return f"more than {MAX_SEEDS:,} seeds to tell"
    least = max(1, low - n)
    if high is None:
        return f"{least:,} more seeds or far more"
    most = high - n
    return f"{count(most, 'more seed')}" if most == least else f"{least:,} to {most:,} more seeds"


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
        said = f"{name} has the best mean {among}; {_ties(ranking)}."
        return f"{said} {points}{_without_luck(ranking)}"
    return f"{name} is the best {among}, beyond chance. {points}{_without_luck(ranking)}"


def _ties(ranking: Ranking) -> str:
    """Say how many others are equivalent to the best, and of how many it is undecided."""
    alike, open_ = ranking.equivalent, ranking.tied - ranking.equivalent
    undecided = f"{open_:,} undecided" if alike else f"of {count(open_, 'other')} it is undecided"
    equivalent = f"{count(alike, 'other')} {'is' if alike == 1 else 'are'} equivalent"
    return ", ".join(([equivalent] if alike else []) + ([undecided] if open_ else []))


def _without_luck(ranking: Ranking) -> str:
    """Say what is left of the best mean without the luck that may have made it the best."""
    found, key = ranking.winner, ranking.score_key
    if found is None:
        return ""
    raw, shrunken = cell(key, found.raw), cell(key, found.estimate)
    if raw == shrunken:
        return ""
    return f" Its mean, {raw}, is the largest of {found.settings:,}: without that luck {shrunken}."


def margin_note(ranking: Ranking) -> str:
    """Say what counts as equivalent, where something was compared."""
    if ranking.reference is None or not any(each.standing for each in ranking.ranked):
        return ""
    unit = " points" if is_share(ranking.score_key) else ""
    margin = score_apart(ranking.score_key, ranking.margin).removeprefix("+")
    return f"Equivalent: less than {margin}{unit} apart."
