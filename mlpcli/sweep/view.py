"""A sweep for people: the finalists, what mattered, and the answer last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlpcli.stats import Answer
from mlpcli.sweep.answer import answer, mean_text
from mlpcli.sweep.edges import Edge
from mlpcli.sweep.importance import LEAST_TRIALS, Importance
from mlpcli.sweep.outcome import Outcome, Standing
from mlpcli.sweep.records import counts
from mlpcli.sweep.trial import Trial, best_first, score_text
from mlpcli.terminal import (
    Column,
    Section,
    Table,
    Text,
    count,
    duration,
    p_text,
    value_text,
)

LISTED = 5  # trials or finalists shown
WORDS = {
    None: "best of the search",
    Answer.WORSE: "worse",
    Answer.BETTER: "better, beyond chance",
    Answer.EQUIVALENT: "equivalent",
    Answer.UNDECIDED: "tied",
    Answer.TOO_FEW_SEEDS: "too few seeds",
}


def outcome_sections(found: Outcome, full: bool = False) -> Iterator[Section]:
    """Yield the trials or finalists, what mattered, what is at the edge, and the answer."""
    yield Section("", [Text(_head(found)), *_table(found, full)])
    if found.importances:
        yield Section("", [_importance_table(found)])
    if remarks := [Text(each) for each in _remarks(found)]:
        yield Section("", remarks)
    yield Section("", [Text(each, "strong") for each in answer(found)])


def _head(found: Outcome) -> str:
    every = ", ".join(f"{number:,} {status}" for status, number in counts(found).items())
    spec = found.spec
    over = (
        f"; its time, {duration(60 * (spec.minutes or 0))}, was over" if found.out_of_time else ""
    )
    trials = f"{count(len(found.trials), 'trial')} by {spec.search}"
    text = f"{spec.name}: {trials}: {every}" if every else f"{spec.name}: {trials}"
    return f"{text}; {duration(found.seconds)}{over}"


def _table(found: Outcome, full: bool) -> Iterator[Table]:
    most = len(found.trials) if full else LISTED
    if found.standings:
        yield _finalist_table(found, found.standings if full else found.standings[:most])
    elif ranked := best_first(list(found.trials)):
        yield _trial_table(found, ranked[:most])


def _trial_table(found: Outcome, trials: Sequence[Trial]) -> Table:
    return Table([*_setting_columns(found, trials), _score_column(found, trials)])


def _finalist_table(found: Outcome, standings: Sequence[Standing]) -> Table:
    trials = [each.finalist.trial for each in standings]
    fresh = [mean_text(each.fresh, found.spec.metric) for each in standings]
    words = [
        WORDS[each.answer] if each.answer or each is found.winner else "-" for each in standings
    ]
    return Table(
        [
            *_setting_columns(found, trials),
            _score_column(found, trials, "in search"),
            Column("on fresh seeds", fresh, number=True),
            Column("verdict", words),
        ]
    )


def _setting_columns(found: Outcome, trials: Sequence[Trial]) -> list[Column]:
    columns = [Column("trial", [str(each.number) for each in trials], number=True)]
    for key in found.spec.space.keys:
        cells = [value_text(_listed(each.shown.get(key.name)), 24) for each in trials]
        columns.append(Column(key.name, cells, number=True))
    return columns


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _score_column(found: Outcome, trials: Sequence[Trial], title: str = "") -> Column:
    cells = [score_text(each.score, found.spec.metric) for each in trials]
    return Column(title or found.spec.metric, cells, number=True)


def _importance_table(found: Outcome) -> Table:
    every = found.importances
    at = "" if found.judged_at is None else f" at step {found.judged_at:,}"
    return Table(
        [
            Column("key", [each.key for each in every]),
            Column(f"part of the variance{at}, %", [_part(each) for each in every], number=True),
            Column("matters", [_matters(each) for each in every]),
        ]
    )


def _part(of: Importance) -> str:
    if of.part is None or of.low is None or of.high is None:
        return "not in all trials"
    return f"{100 * of.part:.0f} ({100 * of.low:.0f} to {100 * of.high:.0f})"


def _matters(of: Importance) -> str:
    return f"{'yes' if of.matters else 'not beyond chance'}, {p_text(of.p, 'p')}"


def _remarks(found: Outcome) -> Iterator[str]:
    if not found.importances and found.trials:
        few = f"fewer than {LEAST_TRIALS} trials cannot tell which keys matter"
        yield (
            few if len(found.trials) < LEAST_TRIALS else "the trials cannot tell which keys matter"
        )
    for edge in found.edges:
        yield _edge_text(edge)
    if found.more_finalists:
        yield (
            f"{count(found.more_finalists, 'more trial')} cannot be told apart from the best, and "
            "had no fresh seeds"
        )


def _edge_text(edge: Edge) -> str:
    end = "largest" if edge.is_high else "smallest"
    times = " times the measured rate" if edge.measured else ""
    return (
        f"the best {edge.key}, {value_text(edge.value)}{times}, is among the {end} searched: widen "
        f"it to {value_text(edge.widen_to)}"
    )
