"""A ranking of settings: what they share, and a table of means, differences and verdicts."""

from mlpcli.compare.ranking import Ranking
from mlpcli.compare.settings import Setting
from mlpcli.compare.verdict_texts import verdict_texts
from mlpcli.errors import shown
from mlpcli.stats import Answer, Interval, Standing
from mlpcli.terminal import (
    Column,
    Emphasis,
    Section,
    Table,
    Text,
    count,
    number,
    p_text,
    percent,
    points,
    value_text,
)

# the parts of a table that does not fit, after what is asked first: how good, how far from the
# best, and whether that is so
CONFIG_PART, LAST_PART = 1, 2


def ranking_sections(ranking: Ranking) -> list[Section]:
    """Return the sections of a ranking, with settings without a result faint."""
    name, *results = _results(ranking)
    columns = [name, *_config(ranking), *results, *_verdicts(ranking)]
    emphasis: list[Emphasis] = ["" if each.seeds else "faint" for each in ranking.settings]
    return [Section("", [Text(_title(ranking), "faint"), Table(columns, emphasis, gap=1)])]


def _title(ranking: Ranking) -> str:
    shared = ", ".join(f"{shown(k)} {value_text(v, 60)}" for k, v in ranking.shared.items())
    settings = count(len(ranking.settings), "setting")
    several = len(ranking.settings) > 1
    return f"{settings}; all with {shared}" if shared and several else f"{settings}: {shared}"


def _config(ranking: Ranking) -> list[Column]:
    return [
        Column(
            shown(key),
            [value_text(each.get(key), 60) for each in ranking.settings],
            part=CONFIG_PART,
        )
        for key in ranking.differing
    ]


def _results(ranking: Ranking) -> list[Column]:
    """Return each setting's name, runs, and means with their intervals."""
    settings = ranking.settings
    val, test = (
        [_share(each.means.get(key)) for each in settings]
        for key in ("val_accuracy", "test_accuracy")
    )
    losses = [_mean(each, "test_loss") for each in settings]
    return [
        Column("setting", [shown(each.label, 70) for each in settings]),
        Column("seeds", [_seeds(each) for each in settings]),
        Column("val %", val, number=True),
        Column("test %", test, number=True, part=LAST_PART),
        Column("test loss", losses, number=True, part=LAST_PART),
        Column("seconds", [_seconds(each) for each in settings], number=True, part=LAST_PART),
    ]


def _verdicts(ranking: Ranking) -> list[Column]:
    """Return how far each setting lies from the reference, in points, and the verdict."""
    apart = [
        _difference(ranking, setting, standing)
        for setting, standing in zip(ranking.settings, ranking.standings, strict=True)
    ]
    chances = [_better(standing) for standing in ranking.standings]
    p_values = [_p(standing) for standing in ranking.standings]
    beside = "baseline" if ranking.baseline else "best"
    return [
        Column(f"to {beside}, points", apart, number=True),
        Column("P(better)", chances, number=True, part=LAST_PART),
        Column("p, Holm", p_values, number=True, part=LAST_PART),
        Column("verdict", verdict_texts(ranking)),
    ]


def _seeds(setting: Setting) -> str:
    """Say how many seeds came to a result, and what became of the others."""
    words = [f"{len(setting.seeds)}"]
    if setting.unfinished:
        words = [f"{len(setting.seeds)} of {len(setting.rows)} finished"]
    if setting.diverged:
        words.append(f"{setting.diverged} diverged")
    return ", ".join(words)


def _share(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    if interval.low is None or interval.high is None:
        return percent(interval.mean)
    return f"{percent(interval.mean)} {percent(interval.low)}-{percent(interval.high)}"


def _mean(setting: Setting, key: str) -> str:
    interval = setting.means.get(key)
    return number(interval.mean if interval else None)


def _seconds(setting: Setting) -> str:
    interval = setting.means.get("seconds")
    return f"{interval.mean:.1f}" if interval else "-"


def _difference(ranking: Ranking, setting: Setting, standing: Standing | None) -> str:
    """Write a difference in points, its interval, and which seeds it is of, if not of all."""
    if standing is None or ranking.reference is None:
        return ""
    apart = standing.difference
    text = points(apart.mean)
    if apart.low is not None and apart.high is not None:
        text += f" {points(apart.low)} to {points(apart.high)}"
    if not apart.paired:
        return f"{text}, unpaired"
    if apart.n < max(len(setting.seeds), len(ranking.reference.seeds)):
        return f"{text}, {count(apart.n, 'shared seed')}"
    return text


def _better(standing: Standing | None) -> str:
    """Say of how many pairs the setting had the better one, ties counted half."""
    if standing is None:
        return ""
    apart = standing.difference
    return f"{apart.n * apart.p_better:g} of {apart.n}" if apart.paired else f"{apart.p_better:.2f}"


def _p(standing: Standing | None) -> str:
    tested = standing is not None and standing.verdict.answer is not Answer.TOO_FEW_SEEDS
    return p_text(standing.p_adjusted) if standing and tested else ""
