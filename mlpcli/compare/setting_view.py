"""A comparison of settings: what they share, and a table of means, differences and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlpcli.compare.cells import cell, column, difference_cell, mean_cell
from mlpcli.compare.columns import MEANS, score_columns
from mlpcli.compare.comparison import Comparison
from mlpcli.compare.differing import CELL, columns_of, left_out
from mlpcli.compare.heading import heading, kept_note, shortened, times_note
from mlpcli.compare.noise import sharing_note
from mlpcli.compare.ranking import Code, Ranked
from mlpcli.compare.settings import Setting
from mlpcli.compare.verdict_texts import NAME, conclusion, margin_note, verdict_text
from mlpcli.config import pairing_key
from mlpcli.errors import shown
from mlpcli.runs import TEST_SCORES
from mlpcli.stats import Standing
from mlpcli.terminal import Block, Column, Emphasis, Section, Table, Text, count, value_text

# the parts of a table that does not fit, after what is asked first: how good, how far from the
# best, and whether that is so
OTHER_PART = 1
LATER = (*TEST_SCORES.values(), "seconds", "p_better", "p_adjusted")
SPREADS = {
    "interval": "± and brackets: the 95 % interval of the mean over {}.",
    "sd": "±: the standard deviation over {}.",
    "none": "",
}


def setting_sections(comparison: Comparison) -> list[Section]:
    """Return the sections of a comparison of settings; those without a result are faint."""
    ranking, names = comparison.ranking, _names(comparison)
    columns = [Column("setting", [shown(each.label, NAME) for each in ranking.settings])]
    columns += [_column(comparison, name) for name in names]
    emphasis: list[Emphasis] = ["" if each.seeds else "faint" for each in ranking.settings]
    notes = _notes(comparison, names)
    blocks: list[Block] = [heading(comparison, names), Table(columns, emphasis, gap=1)]
    return [Section("", [*blocks, *notes])]


def _names(comparison: Comparison) -> list[str]:
    """Return the names of the columns: those asked for, or what differs and what came out."""
    if comparison.query.columns:
        return [name for name in comparison.query.columns if name != "setting"]
    settings = comparison.ranking.settings
    keys = columns_of(comparison.differing[0], [each.config for each in settings])
    point = comparison.point
    step = ["val_step"] if point and point.own_steps else []
    scores = score_columns(each.score_key for each in settings)
    test = [] if point else [name for name in scores if name in TEST_SCORES.values()]
    scores = [name for name in scores if name not in TEST_SCORES.values()]
    return ["seeds", *keys, *scores, *step, *test, "seconds", "difference", "p_better",
            "p_adjusted", "verdict"]  # fmt: skip


def _column(comparison: Comparison, name: str) -> Column:
    """Return a column of all settings that are shown."""
    ranked, of_config = comparison.ranking.ranked, name in comparison.differing[0]
    if of_config:
        cells = [value_text(each.get(name), CELL) for each in ranked]
    else:
        cells = [_cell(comparison, each, name) for each in ranked]
    score = comparison.ranking.score_key
    best = _proven_best(ranked, score) if name in (score, "verdict") else None
    marks = [_emphasis(each, name, best, score) for each in ranked]
    later = not comparison.query.columns and (of_config or name in LATER)
    made = column(name, cells, OTHER_PART * later, marks if any(marks) else ())
    return replace(made, number=False) if of_config or name == "seeds" else made


def _cell(comparison: Comparison, ranked: Ranked, name: str) -> str:
    setting, standing = ranked.setting, ranked.standing
    if name in MEANS:
        return mean_cell(name, setting.mean(name), comparison.query.spread)
    if name == "seeds":
        return _seeds(setting, bool(comparison.point))
    if name == "val_step":
        steps = setting.val_steps
        return "-" if steps is None else "-".join(f"{each:,}" for each in dict.fromkeys(steps))
    if name == "verdict":
        return verdict_text(comparison.ranking, ranked)
    if name in ("difference", "p_better", "p_adjusted") and standing is None:
        return ""
    if name == "difference" and standing:
        return _difference(comparison, setting, standing)
    if name == "p_better" and standing:
        return _better(standing)
    return cell(name, ranked.get(name), comparison.ranking.score_key)


def _seeds(setting: Setting, at_point: bool) -> str:
    """Say how many seeds came to a result, and what became of the others."""
    words = [folds_text(setting) if setting.folds else f"{len(setting.seeds)}"]
    if setting.unfinished:
        end = "came so far" if at_point else "finished"
        came = sum(row.counts or row.status == "diverged" for row in setting.rows)
        words = [f"{came} of {len(setting.rows)} {end}"]
    if setting.diverged:
        words.append(f"{setting.diverged} diverged")
    return ", ".join(words)


def folds_text(setting: Setting) -> str:
    """Say how many of the folds came to a result, and of how many seeds each: 3 of 5 folds."""
    found, seeds = len(setting.seeds), len({pairing_key(row.config) for row in setting.rows})
    folds = f"{found} of {setting.folds} folds" if found != setting.folds else f"{found} folds"
    return f"{folds} x {seeds} seeds" if seeds > 1 else folds


def _difference(comparison: Comparison, setting: Setting, standing: Standing) -> str:
    """Write a difference, its interval, and which seeds it is of, if not of all."""
    apart, reference = standing.difference, comparison.ranking.reference
    bounds = (apart.low, apart.high) if comparison.query.spread == "interval" else (None, None)
    text = difference_cell(setting.score_key, apart.mean, *bounds)
    if not apart.paired:
        return f"{text}, unpaired"
    if reference and apart.n < max(len(setting.seeds), len(reference.seeds)):
        return f"{text}, {count(apart.n, f'shared {setting.unit}')}"
    return text


def _better(standing: Standing) -> str:
    """Say of how many pairs the setting had the better one, ties counted half."""
    apart = standing.difference
    return f"{apart.n * apart.p_better:g} of {apart.n}" if apart.paired else f"{apart.p_better:.2f}"


def _emphasis(ranked: Ranked, name: str, best: Setting | None, score: str) -> Emphasis:
    """Return the emphasis of a cell: what is proven better or worse, and what ended badly."""
    if name == "seeds":
        return "error" if ranked.setting.diverged else ""
    if name not in (score, "verdict"):
        return ""
    if ranked.setting is best:
        return "best"
    if name == score:
        return "better" if ranked.code is Code.BETTER else ""
    of_code: dict[Code, Emphasis] = {
        Code.BETTER: "better", Code.WORSE: "error", Code.TOO_FEW_SEEDS: "warning",
    }  # fmt: skip
    return of_code.get(ranked.code, "")


def _proven_best(ranked: Sequence[Ranked], score: str) -> Setting | None:
    """Return the best setting, if it is better than its reference or than all others."""
    proven = [each for each in ranked if each.code in (Code.BEST, Code.BETTER)]
    best = max(proven, key=lambda each: each.get(score), default=None)
    return best.setting if best else None


def _over(settings: Sequence[Setting]) -> str:
    """Say of how many seeds the settings are: 2 to 5 seeds."""
    texts = []
    for unit in ("seed", "fold"):
        seeds = sorted({len(each.seeds) for each in settings if each.unit == unit} - {0})
        if len(seeds) > 1:
            texts.append(f"{seeds[0]} to {count(seeds[-1], unit)}")
        elif seeds:
            texts.append(count(seeds[0], unit))
    return " or ".join(texts) or "seeds"


def _notes(comparison: Comparison, names: Sequence[str]) -> list[Text]:
    """Return what the signs mean, which keys are not shown, and what the verdicts come to."""
    notes = [SPREADS[comparison.query.spread].format(_over(comparison.ranking.settings))]
    if not {*names} & {*MEANS}:
        notes = []
    if not comparison.query.columns:
        configs = [each.config for each in comparison.ranking.settings]
        notes.append(left_out(comparison.differing[0], names, configs))
    notes[:1] = [" ".join(filter(None, (*notes[:1], margin_note(comparison.ranking))))]
    notes += [sharing_note(comparison.ranking.settings), kept_note(comparison)]
    notes += [times_note(comparison, names), shortened(comparison)]
    texts = [Text(note, "faint") for note in notes if note]
    said = conclusion(comparison.ranking)
    return [*texts, Text(said, "strong")] if said else texts
