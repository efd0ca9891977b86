"""Within what settings are equivalent, and what the best of them is worth without its luck."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from mlpcli.compare.cells import in_score, is_share
from mlpcli.compare.query import Query
from mlpcli.compare.settings import Setting
from mlpcli.stats import (
    MIN_SEEDS,
    Shrunken,
    accuracy_margin,
    r_squared_margin,
    shrunken_winner,
)

UNKNOWN = 10_000  # test examples, where a run does not say how many


def margin_of(setting: Setting, query: Query) -> float:
    """Return what was asked for in the unit of the score, or else what the test set can show."""
    key, facts = setting.score_key, setting.rows[0].facts
    examples = facts.test_examples if facts else UNKNOWN
    if query.margin is not None:
        return in_score(key, query.margin)
    if is_share(key):
        return accuracy_margin(examples)
    return r_squared_margin(examples, fmean(setting.seeds.values()))


def winner_of(tested: Sequence[Setting]) -> Shrunken | None:
    """Return what is left of the best mean of those with enough seeds to be compared."""
    enough = [[*each.seeds.values()] for each in tested if len(each.seeds) >= MIN_SEEDS]
    return shrunken_winner(enough)
