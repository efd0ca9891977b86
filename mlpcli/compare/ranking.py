"""How settings compare over their seeds: their order, and what can be said of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean
from typing import Any

from mlpcli.compare.baseline import baseline_of
from mlpcli.compare.columns import LARGEST, STANDING, standing_values
from mlpcli.compare.differing import split
from mlpcli.compare.equivalence import margin_of, winner_of
from mlpcli.compare.grouping import group
from mlpcli.compare.query import Query
from mlpcli.compare.rows import Row, in_order, score_key_of
from mlpcli.compare.settings import Setting
from mlpcli.config import OF_A_RUN_ALONE
from mlpcli.runs import SCORES
from mlpcli.stats import Shrunken, Standing, standings


class Code(StrEnum):
    """A setting's verdict in a word: of the reference, of those beside it, of one alone.

    In the order of --sort verdict.
    """

    BEST = "best"  # better than all others that have enough seeds, beyond chance
    TIED = "tied"  # the best, and no test calls some others worse
    UNPROVEN = "unproven"  # none has enough seeds to be compared with it
    BASELINE = "baseline"
    ALONE = "alone"
    BETTER = "better"  # than the reference
    EQUIVALENT = "equivalent"
    UNDECIDED = "undecided"
    TOO_FEW_SEEDS = "too_few_seeds"
    WORSE = "worse"
    NO_RESULT = "no_result"
    OTHER_DATA = "other_data"  # than the reference's: not comparable
    OTHER_STEP = "other_step"  # the same, of a validation at another step


NOT_COMPARED = (Code.NO_RESULT, Code.OTHER_DATA, Code.OTHER_STEP)


@dataclass(frozen=True)
class Ranked:
    """A setting and how it stands beside the reference.

    `standing` is None for the reference, and for a setting that cannot be compared with it.
    """

    setting: Setting
    code: Code
    standing: Standing | None

    def get(self, key: str) -> Any:
        """Return what stands in the column `key`."""
        if key in STANDING:
            return standing_values(self.standing)[key]
        return str(self.code) if key in ("answer", "verdict") else self.setting.get(key)


@dataclass(frozen=True)
class Ranking:
    """Settings in order, beside their reference: the best, or a baseline.

    `ranked` has the first that are asked for, and after them the reference if it is not among
    them. The counts are of all settings.
    """

    ranked: tuple[Ranked, ...]
    best_of: int  # settings with a result that are comparable with the reference's
    tied: int  # as Standings has it
    equivalent: int
    too_few: int
    reference: Setting | None
    leads: bool  # whether no mean is above the reference's, also of those with too few seeds
    baseline: bool
    added: bool  # whether the reference is there though it is not among the first
    margin: float  # within which settings are equivalent, in the score's unit
    winner: Shrunken | None  # the best mean without its luck, where the best was chosen
    every: tuple[Setting, ...]  # also those that are not asked for

    @property
    def total(self) -> int:
        """How many settings there are."""
        return len(self.every)

    @property
    def score_key(self) -> str:
        """The score that differences are of: the reference's."""
        return self.reference.score_key if self.reference else SCORES["classification"]

    @property
    def unit(self) -> str:
        """What the verdicts are over: "seed" or "fold"."""
        return self.reference.unit if self.reference else "seed"

    @property
    def settings(self) -> list[Setting]:
        """The settings, in order."""
        return [each.setting for each in self.ranked]

    def differing(self) -> tuple[tuple[str, ...], dict[str, Any]]:
        """Return the keys in which the settings differ, and what they share."""
        configs = [{**each.config, "data": each.get("data")} for each in self.settings]
        differing, shared = split(configs)
        return (
            tuple(key for key in differing if key not in OF_A_RUN_ALONE),
            {k: v for k, v in shared.items() if k not in (*OF_A_RUN_ALONE, "data")},
        )


def rank_settings(rows: Sequence[Row], query: Query, mixed: bool = False) -> Ranking:
    """Group runs into settings, put these in order, and compare them over their seeds.

    The query's baseline is a setting's label; without one they are compared with the best by
    validation score among those on the data that most settings have: scores on other data, and so
    on other test examples, are not comparable. Nor are validations at other steps, where
    the rows are of a point and `mixed`.
    Raises BaselineError if no setting has that label.
    """
    by_standing = query.sort in (*STANDING, "answer", "verdict")
    settings = in_order(
        group(rows),
        score_key_of(rows) if by_standing or query.sort is None else query.sort,
        query.reverse and not by_standing,
        lambda setting: setting.counting > 0,
    )
    finished = [i for i, each in enumerate(settings) if each.seeds]
    bases = [_basis(each, mixed) for each in settings]
    chosen = None if query.baseline is None else baseline_of(settings, finished, query.baseline)
    common = Counter(bases[i] for i in finished).most_common(1)
    basis = common[0][0] if chosen is None and common else bases[chosen or 0] if bases else None
    tested = [i for i in finished if bases[i] == basis]
    standing: list[Standing | None] = [None] * len(settings)
    reference, tied, equivalent, too_few, margin = None, 0, 0, 0, 0.0
    if tested:
        top = None if by_standing else query.top
        first = sum(i < top for i in tested) if top else None
        named = None if chosen is None else tested.index(chosen)
        overlap = settings[tested[0]].overlap(settings[tested[0]].score_key)
        margin = margin_of(settings[chosen if chosen is not None else tested[0]], query)
        places = standings([settings[i].seeds for i in tested], named, first, overlap, margin)
        reference, tied, too_few = tested[places.reference], places.tied, places.too_few
        equivalent = places.equivalent
        for i, each in zip(tested, places.rows, strict=False):
            standing[i] = each
    means = {i: fmean(settings[i].seeds.values()) for i in tested}
    most = max(means.values(), default=0.0)
    of_reference = _code_of_reference(query, len(tested), tied, too_few)
    ranked = [
        Ranked(each, of_reference if i == reference else _code(each, standing[i], basis, bases[i]),
               standing[i])
        for i, each in enumerate(settings[: None if by_standing else query.top])
    ]  # fmt: skip
    if by_standing:
        ranked = _by_standing(ranked, query)[: query.top]
    stands = None if reference is None else settings[reference]
    added = stands is not None and all(each.setting is not stands for each in ranked)
    return Ranking(
        ranked=(*ranked, *([Ranked(stands, of_reference, None)] if added and stands else [])),
        every=tuple(settings),
        best_of=len(tested),
        tied=tied,
        equivalent=equivalent,
        too_few=too_few,
        reference=stands,
        leads=reference is not None and means[reference] == most,
        baseline=query.baseline is not None,
        added=added,
        margin=margin,
        winner=None if chosen is not None else winner_of([settings[i] for i in tested]),
    )


def _basis(setting: Setting, mixed: bool) -> tuple[str, Any]:
    """Return what settings share that are compared: the data, and the step where it may differ."""
    return setting.scored_on, setting.val_steps if mixed else None


def _code(setting: Setting, standing: Standing | None, basis: Any, own: tuple[str, Any]) -> Code:
    """Return the word for a setting that is not the reference."""
    if not setting.seeds or basis is None:
        return Code.NO_RESULT
    if own[0] != basis[0]:
        return Code.OTHER_DATA
    if own != basis:
        return Code.OTHER_STEP
    return Code[standing.verdict.answer.name] if standing else Code.NO_RESULT


def _code_of_reference(query: Query, best_of: int, tied: int, too_few: int) -> Code:
    if query.baseline is not None:
        return Code.BASELINE
    if best_of == 1:
        return Code.ALONE
    if too_few == best_of - 1:
        return Code.UNPROVEN
    return Code.TIED if tied else Code.BEST


def _by_standing(ranked: Sequence[Ranked], query: Query) -> list[Ranked]:
    """Return settings in the order of a number or of the verdict beside the reference.

    The reference, which has none, comes first, and what cannot be compared last.
    """

    def key(each: Ranked) -> tuple[bool, Any]:
        if query.sort in ("answer", "verdict"):
            return False, list(Code).index(each.code)
        value = each.get(query.sort or "")
        sign = -1 if (query.sort in LARGEST) != query.reverse else 1
        return value is None, sign * (value or 0)

    with_standing = [each for each in ranked if each.standing]
    others = [each for each in ranked if not each.standing]
    first = [each for each in others if each.code not in NOT_COMPARED]
    turned = query.reverse and query.sort in ("answer", "verdict")
    return [
        *first,
        *sorted(with_standing, key=key, reverse=turned),
        *(each for each in others if each.code in NOT_COMPARED),
    ]
