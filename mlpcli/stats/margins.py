"""How small a difference a test set can show at all: the default of what is worth knowing."""

from __future__ import annotations

import math
from functools import cache

from mlpcli.stats.intervals import Z95
from mlpcli.stats.mcnemar import mcnemar_p

DISCORDANT = 1 / 200  # of the test examples, that two alike networks part on at least
LEAST_DISCORDANT = 6  # examples: of fewer not even all on one side are beyond chance
LEVEL = 0.05
APART = 0.1  # sqrt(1 - r^2) of the errors of two alike networks that correlate at r = 0.995


@cache
def accuracy_margin(examples: int) -> float:
    """Return the smallest difference of accuracies that n test examples can show, as a share.

    The smallest k for which McNemar's exact test tells apart two networks that differ in D examples
    of n, k more on one side than on the other, is below 0.05; k / n, with D = n / 200, 6 at least.
    Two seeds of one config part on three times as many: what is smaller cannot be seen with any
    two networks.

    >>> accuracy_margin(10_000), round(accuracy_margin(114), 4)
    (0.0016, 0.0526)
    """
    discordant = max(LEAST_DISCORDANT, round(DISCORDANT * examples))
    fewer = range(discordant // 2, -1, -1)
    least = next(b for b in fewer if mcnemar_p(b, discordant - b) < LEVEL)
    return min(1.0, (discordant - 2 * least) / max(1, examples))


def r_squared_margin(examples: int, r_squared: float) -> float:
    """Return the smallest difference of R squared that n test examples can show.

    1.96 standard errors of the difference of two networks whose errors e are normal, with variance
    1 - R^2, and correlate at r = 0.995: Var(e_1^2 - e_2^2) = 4 (1 - R^2)^2 (1 - r^2), so

        1.96 * 2 (1 - R^2) sqrt(1 - r^2) / sqrt(n)

    >>> round(r_squared_margin(100, 0.5), 4)
    0.0196
    """
    missing = 1 - max(0.0, min(1.0, r_squared))
    return Z95 * 2 * missing * APART / math.sqrt(max(1, examples))
