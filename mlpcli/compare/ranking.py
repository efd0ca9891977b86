"""How settings compare over their seeds: their order, and what can be said of each."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mlpcli.compare.rows import Query, Row, in_order, split
from mlpcli.compare.settings import Setting, group
from mlpcli.config import OF_A_RUN_ALONE
from mlpcli.errors import MlpcliError, shown
from mlpcli.stats import Standing, standings

CHOICES = 20  # settings at most in a message


class BaselineError(MlpcliError):
    """A baseline that is no setting's name."""

    exit_code = 2


class Code(StrEnum):
    """A setting's verdict in a word: of the reference, of those beside it, of one alone."""

    BEST = "best"  # better than all others that have enough seeds, beyond chance
    TIED = "tied"  # the best, and of some there is no evidence that they differ from it
    UNPROVEN = "unproven"  # the best, and none has enough seeds to be compared with it
    BASELINE = "baseline"
    ALONE = "alone"
    BETTER = "better"  # than the reference
    WORSE = "worse"
    NO_EVIDENCE = "no_evidence"
    TOO_FEW_SEEDS = "too_few_seeds"
    NO_RESULT = "no_result"
    OTHER_DATA = "other_data"  # than the reference's: not comparable


@dataclass(frozen=True)
class Ranking:
    """Settings in order, and how each stands beside the reference: the best, or a baseline.

    `standings` has None for the reference, and for a setting without a result or on other data
    than the reference.
    """

    settings: tuple[Setting, ...]
    standings: tuple[Standing | None, ...]
    best_of: int  # settings with a result, on the reference's data
    tied: int  # as Standings has it
    too_few: int
    reference: Setting | None
    baseline: bool
    differing: tuple[str, ...]
    shared: Mapping[str, Any]
    query: Query

    def code(self, setting: Setting, standing: Standing | None) -> Code:
        """Return the word for how a setting stands."""
        if not setting.seeds or self.reference is None:
            return Code.NO_RESULT
        if setting.data != self.reference.data:
            return Code.OTHER_DATA
        if standing:
            return Code[standing.verdict.answer.name]
        if self.baseline:
            return Code.BASELINE
        if self.best_of == 1:
            return Code.ALONE
        if self.too_few == self.best_of - 1:
            return Code.UNPROVEN
        return Code.TIED if self.tied else Code.BEST


def rank_settings(rows: Sequence[Row], query: Query, baseline: str | None = None) -> Ranking:
    """Group runs into settings, put these in order, and compare them over their seeds.

    `baseline` is a setting's label; without one they are compared with the best by validation
    accuracy among those on the data that most settings have: accuracies on other data, and so on
    other test examples, are not comparable.
    Raises BaselineError if no setting has that label.
    """
    settings = in_order(group(rows), query, lambda setting: setting.completed > 0)
    finished = [i for i, each in enumerate(settings) if each.seeds]
    chosen = None if baseline is None else _labelled(settings, finished, baseline)
    common = Counter(settings[i].data for i in finished).most_common(1)
    data = common[0][0] if chosen is None and common else settings[chosen or 0].data
    tested = [i for i in finished if settings[i].data == data]
    named = None if chosen is None else tested.index(chosen)
    standing: list[Standing | None] = [None] * len(settings)
    reference, tied, too_few = None, 0, 0
    if tested:
        first = sum(i < query.top for i in tested) if query.top else None
        places = standings([settings[i].seeds for i in tested], named, first)
        reference, tied, too_few = tested[places.reference], places.tied, places.too_few
        for i, each in zip(tested, places.rows, strict=False):
            standing[i] = each
    compared = [{**each.config, "data": each.get("data")} for each in settings[: query.top]]
    differing, shared = split(compared)
    return Ranking(
        settings=tuple(settings[: query.top]),
        standings=tuple(standing[: query.top]),
        best_of=len(tested),
        tied=tied,
        too_few=too_few,
        reference=None if reference is None else settings[reference],
        baseline=baseline is not None,
        differing=tuple(key for key in differing if key not in OF_A_RUN_ALONE),
        shared={
            key: value for key, value in shared.items() if key not in (*OF_A_RUN_ALONE, "data")
        },
        query=query,
    )


def _labelled(settings: Sequence[Setting], tested: Sequence[int], label: str) -> int:
    """Return the place of the setting with that label, or with that mark."""
    for i in tested:
        if label in (settings[i].label, settings[i].mark):
            return i
    there = [settings[i] for i in tested]
    alike = [each for each in there if each.name == label]
    what = f"{len(alike)} settings have that name" if alike else "no such setting with a result"
    choices = ", ".join(_distinguished(each, there) for each in (alike or there)[:CHOICES])
    raise BaselineError(
        f"--baseline {shown(label) or repr(label)}: {what}", f"choose from {choices}"
    )


def _distinguished(setting: Setting, settings: Iterable[Setting]) -> str:
    """Return a setting's label, with the keys in which others of its name differ from it."""
    if setting.label != setting.mark:
        return shown(setting.label)
    alike = [{**each.config, "data": each.data} for each in settings if each.name == setting.name]
    keys = [key for key in split(alike)[0] if key not in OF_A_RUN_ALONE]
    values = (f"{shown(key)} {shown(setting.get(key))}" for key in keys)
    return f"{shown(setting.label, 80)} ({', '.join(values)})"
