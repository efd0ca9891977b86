"""A ranking of settings on stdout: a table that fits its terminal, JSON, CSV or Markdown."""

import json
from textwrap import fill

from mlpcli.compare.ranking import Code, Ranking
from mlpcli.compare.run_view import print_csv, print_markdown, show_tables, value_cell
from mlpcli.compare.setting_records import ranking_json, setting_records
from mlpcli.compare.settings import Setting
from mlpcli.errors import shown
from mlpcli.stats import MAX_SEEDS, MIN_SEEDS, Answer, Interval, Standing
from mlpcli.terminal import Column, number, p_text, percent, points

REFERENCE = {
    Code.BASELINE: "baseline",
    Code.ALONE: "alone",
    Code.BEST: "better: {0}",
    Code.TIED: "{0}, tied with {1:,}",
    Code.UNPROVEN: "{0}, maybe by luck",
}
OTHERS = {Code.NO_RESULT: "no result", Code.OTHER_DATA: "other data: not comparable"}
VERDICT_COLUMNS = 25  # columns of a verdict beside numbers of two lines
Line = tuple[Setting, Standing | None]


def show_ranking(ranking: Ranking, form: str) -> None:
    """Print the ranking."""
    {"json": _json, "csv": _csv, "md": _markdown, "table": _table}[form](ranking)


def _table(ranking: Ranking) -> None:
    config = _config(ranking)
    name, *results = _results(ranking, " ")
    whole = [name, *config, *results, *_verdicts(ranking, " ")]
    # what is asked first: how good, how far from the best, and whether that is so
    name, seeds, validation, *others = _results(ranking, "\n")
    apart, *chances, verdict = _verdicts(ranking, "\n")
    parts = [[name, seeds, validation, apart, verdict], config, [*others, *chances]]
    dim = [not setting.seeds for setting in ranking.settings]
    show_tables(_title(ranking), whole, parts, dim)


def _markdown(ranking: Ranking) -> None:
    name, *results = _results(ranking, " ")
    print_markdown(_title(ranking), [name, *_config(ranking), *results, *_verdicts(ranking, " ")])


def _title(ranking: Ranking) -> str:
    shared = ", ".join(f"{shown(k)} {value_cell(v)}" for k, v in ranking.shared.items())
    count = len(ranking.settings)
    settings = f"{count} settings" if count != 1 else "1 setting"
    return f"{settings}; all with {shared}" if shared and count > 1 else f"{settings}: {shared}"


def _config(ranking: Ranking) -> list[Column]:
    return [
        Column(shown(key), [value_cell(each.get(key)) for each in ranking.settings])
        for key in ranking.differing
    ]


def _results(ranking: Ranking, gap: str) -> list[Column]:
    """Return each setting's name, runs, and means with their intervals."""
    settings = ranking.settings
    accuracies = [
        Column(head, [_share(each.means.get(key), gap) for each in settings], right=True)
        for head, key in (("val %", "val_accuracy"), ("test %", "test_accuracy"))
    ]
    return [
        Column("setting", [shown(each.label, 70) for each in settings]),
        Column("seeds", [_seeds(each, gap) for each in settings]),
        *accuracies,
        Column("test loss", [_mean(each, "test_loss", 4) for each in settings], right=True),
        Column("seconds", [_seconds(each) for each in settings], right=True),
    ]


def _verdicts(ranking: Ranking, gap: str) -> list[Column]:
    """Return how far each setting lies from the reference, in points, and the verdict."""
    lines: list[Line] = list(zip(ranking.settings, ranking.standings, strict=True))
    apart = [_difference(ranking, *line, gap) for line in lines]
    said = _verdict_texts(ranking)
    beside = "baseline" if ranking.baseline else "best"
    return [
        Column(f"to {beside},{gap}points", apart, right=True),
        Column("P(better)", [_better(standing) for _, standing in lines], True),
        Column("p, Holm", [_p(s) for _, s in lines], right=True),
        Column("verdict", [fill(each, VERDICT_COLUMNS) for each in said] if gap == "\n" else said),
    ]


def _seeds(setting: Setting, gap: str) -> str:
    """Say how many seeds came to a result, and what became of the others."""
    words = [f"{len(setting.seeds)}"]
    if setting.unfinished:
        words = [f"{len(setting.seeds)} of {len(setting.rows)} finished"]
    if setting.diverged:
        words.append(f"{setting.diverged} diverged")
    return f",{gap}".join(words)


def _share(interval: Interval | None, gap: str) -> str:
    if interval is None:
        return "-"
    if interval.low is None or interval.high is None:
        return percent(interval.mean)
    return f"{percent(interval.mean)}{gap}{percent(interval.low)}-{percent(interval.high)}"


def _mean(setting: Setting, key: str, digits: int) -> str:
    interval = setting.means.get(key)
    return number(interval.mean if interval else None, digits)


def _seconds(setting: Setting) -> str:
    interval = setting.means.get("seconds")
    return f"{interval.mean:.1f}" if interval else "-"


def _difference(ranking: Ranking, setting: Setting, standing: Standing | None, gap: str) -> str:
    """Write a difference in points, its interval, and which seeds it is of, if not of all."""
    if standing is None or ranking.reference is None:
        return ""
    apart = standing.difference
    lines = [points(apart.mean)]
    if apart.low is not None and apart.high is not None:
        lines.append(f"{points(apart.low)} to {points(apart.high)}")
    if not apart.paired:
        lines.append("unpaired")
    elif apart.n < max(len(setting.seeds), len(ranking.reference.seeds)):
        lines.append(f"{apart.n} shared seed{'s' if apart.n > 1 else ''}")
    return gap.join(lines) if gap == "\n" else ", ".join([gap.join(lines[:2]), *lines[2:]])


def _better(standing: Standing | None) -> str:
    """Say of how many pairs the setting had the better one, ties counted half."""
    if standing is None:
        return ""
    apart = standing.difference
    return f"{apart.n * apart.p_better:g} of {apart.n}" if apart.paired else f"{apart.p_better:.2f}"


def _p(standing: Standing | None) -> str:
    tested = standing is not None and standing.verdict.answer is not Answer.TOO_FEW_SEEDS
    return p_text(standing.p_adjusted) if standing and tested else ""


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


def _verdict_texts(ranking: Ranking) -> list[str]:
    """Return the verdict on each setting in words."""
    lines = zip(ranking.settings, ranking.standings, strict=True)
    return [_verdict(ranking, *line) for line in lines]


def _json(ranking: Ranking) -> None:
    print(json.dumps(ranking_json(ranking, _verdict_texts(ranking)), indent=2))


def _csv(ranking: Ranking) -> None:
    records = setting_records(ranking, _verdict_texts(ranking))
    print_csv(list(records[0]), [list(record.values()) for record in records])
