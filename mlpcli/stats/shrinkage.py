"""The best of several settings, without the luck that made it look best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mlpcli.stats.intervals import standard_deviation

LEAST_SETTINGS = 3  # of two the spread between settings is a guess


@dataclass(frozen=True)
class Shrunken:
    """The winner's mean, what is left of it without luck, and the mean of all."""

    raw: float
    estimate: float
    grand: float
    settings: int


def shrunken_winner(settings: Sequence[Sequence[float]]) -> Shrunken | None:
    """Return the empirical Bayes estimate of the best mean; None of fewer than three settings.

    The winner of K looks better than it is by about sd_noise E[max of K normals] where all are
    equally good. With m_k the mean of setting k over its n_k seeds, v the variance within settings
    (pooled), and m the mean of the m_k:

        between = max(0, Var(m_k) - mean(v / n_k))
        estimate = m + between / (between + v / n_w) (m_w - m)

    for the winner w (Efron and Morris 1975). Settings of one seed count among the m_k alone. None
    too where no setting has two seeds.
    """
    several = [each for each in settings if len(each) > 1]
    if len(settings) < LEAST_SETTINGS or not several:
        return None
    freedom = sum(len(each) - 1 for each in several)
    squares = math.fsum((len(each) - 1) * standard_deviation(tuple(each)) ** 2 for each in several)
    within = squares / freedom
    means = [math.fsum(each) / len(each) for each in settings]
    winner = max(range(len(means)), key=means.__getitem__)
    grand = math.fsum(means) / len(means)
    noise = math.fsum(within / len(each) for each in settings) / len(settings)
    between = max(0.0, standard_deviation(tuple(means)) ** 2 - noise)
    own = within / len(settings[winner])
    kept = between / (between + own) if between + own else 1.0
    return Shrunken(means[winner], grand + kept * (means[winner] - grand), grand, len(means))
