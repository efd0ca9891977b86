"""What `tune` says: how deep, how wide, at which rate, and what more would give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlpcli.search import settings
from mlpcli.stats import Answer, Forecast
from mlpcli.sweep import Outcome, best_first, outcome_sections, score_text
from mlpcli.terminal import Section, Text, count, duration, percent, points, table_of
from mlpcli.tune.questions import Answers, OneMore
from mlpcli.tune.tuned import Reached, reached_text

WORDS = {
    Answer.BETTER: "worth it",
    Answer.WORSE: "worse",
    Answer.EQUIVALENT: "equivalent",
    Answer.UNDECIDED: "no evidence that it is worth it",
    Answer.TOO_FEW_SEEDS: "too few seeds to say",
}


@dataclass(frozen=True)
class TuneResult:
    """All that `tune` found."""

    found: Outcome
    reached: Reached | None
    answers: Answers | None
    written: Path | None


def tune_sections(result: TuneResult, full: bool = False) -> Iterator[Section]:
    """Yield the search, the answers in words, and last what to take."""
    found = result.found
    if full:
        yield from outcome_sections(found, full)
    else:
        yield _depths(found)
    if result.answers:
        yield Section("", [Text(each) for each in _texts(result)])
    if result.reached:
        yield Section("", [Text(_answer(result.reached, found), "strong")])
    else:
        yield Section("", [Text("no trial came to its end: give it more time", "warning")])


def _depths(found: Outcome) -> Section:
    """Return how good each depth was in the search, and with which width and rate."""
    metric = found.spec.metric
    stopped = [each for each in found.trials if each.status == "stopped"]
    stopped.sort(key=lambda each: (-each.step, -(each.score or 0.0)))
    ranked = [*best_first(list(found.trials)), *stopped]
    rows = []
    for layers in sorted({each.config.layers for each in ranked}):
        best = next(each for each in ranked if each.config.layers == layers)
        widths = best.config.hidden_widths
        trials = sum(each.config.layers == layers for each in found.trials)
        end = f"stopped at step {best.step:,}" if best.status == "stopped" else ""
        rows.append((str(layers), f"{trials:,}", str(widths[0]) if widths else "-",
                     f"{best.config.learning_rate:.3g}", score_text(best.score, metric),
                     end))  # fmt: skip
    head = (
        f"{count(len(found.trials), 'trial')} in {duration(found.seconds)}; the best of each depth"
    )
    columns = ("layers", "trials", "width", "learning_rate", metric, "")
    return Section(head, [table_of(columns, rows, texts=0)])


def _texts(result: TuneResult) -> Iterator[str]:
    answers, found = result.answers, result.found
    assert answers
    for key in ("layers", "width"):
        if text := _tied(found, key):
            yield text
    for edge in found.edges:
        yield f"{edge.key}: the best stands at an end of what was searched"
    yield from _layer_texts(answers, found)
    yield from _curve_texts(answers, found)


def _tied(found: Outcome, key: str) -> str:
    """Say which values of a key tie with the best."""
    values = [each.finalist.trial.shown.get(key) for each in found.tied]
    known = sorted({value for value in values if isinstance(value, int)})
    if len(known) < 2:
        return ""
    return f"{key}: {', '.join(map(str, known))} tie; no test tells them apart"


def _layer_texts(answers: Answers, found: Outcome) -> Iterator[str]:
    trained = [each for each in answers.one_more if each.standing]
    if trained:
        said = "; ".join(_one_more(each, found.spec.metric) for each in trained)
        yield f"one more layer: {said}"
    elif answers.seconds_left_out:
        takes = duration(answers.seconds_left_out)
        yield f"one more layer: not tried, for it takes about {takes}, and less is left"


def _one_more(each: OneMore, metric: str) -> str:
    assert each.standing
    mean = each.standing.difference.mean
    apart = f"{points(mean)} points" if metric.endswith("_accuracy") else f"{mean:+.4g}"
    if metric == "val_loss":
        apart = f"{-mean:+.4g} loss"
    return f"at {each.at} {apart}, {WORDS[each.standing.verdict.answer]}"


def _curve_texts(answers: Answers, found: Outcome) -> Iterator[str]:
    curve, less = answers.curve, answers.less
    if not curve or not less:
        yield "more time: what it gives cannot be said of these runs"
        return
    more = curve.forecast
    checked = {True: ", where the longest run lies as the shorter ones say", None: "",
               False: ", but the longest run does not lie where the shorter ones say"}  # fmt: skip
    yield (
        f"a tenth of the steps gives {_forecast(less, found)}, ten times as many "
        f"{_forecast(more, found)}{checked[curve.is_foreseen]}"
    )


def _forecast(of: Forecast, found: Outcome) -> str:
    """Write an error that is foreseen as the score that it leaves."""
    metric = found.spec.metric

    def text(error: float) -> str:
        if metric == "val_loss":
            return f"{max(0.0, error):.4g}"
        share = max(0.0, min(1.0, 1 - error))
        return percent(share) if metric == "val_accuracy" else f"{1 - error:.3f}"

    unit = " %" if metric == "val_accuracy" else ""
    if of.low is None or of.high is None:
        return f"{metric} {text(of.value)}{unit}"
    ends = sorted((text(of.low), text(of.high)), key=float)
    return f"{metric} {text(of.value)} ({ends[0]} to {ends[1]}){unit}"


def _answer(best: Reached, found: Outcome) -> str:
    trial = best.finalist.trial
    return f"take {settings(trial.shown)}: {reached_text(best, found.spec.metric)}"
