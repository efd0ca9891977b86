"""What measurements of tunings come to: a table for each data set, and which tool is above."""

import math
from collections.abc import Mapping, Sequence
from statistics import mean, stdev

import numpy as np
from numpy.typing import NDArray
from rounds import print_table
from tune_results import OVERRUN, Measurement

from mlpcli.stats import r_squared, wilson_interval

RESAMPLES = 2_000
ERRORS = 2  # standard errors over repeats, within which a difference is a tie

ByRepeat = Mapping[int, Measurement]


def report(found: Sequence[Measurement], ours: str, minutes: float) -> None:
    """Print a table of each data set."""
    print(
        f"Tunings of {minutes:g} minutes: test score, accuracy or of diabetes R squared, by the "
        "network that validation rows chose\n"
        f"better by: mean difference of {ours} and it on the same split, ± its standard error over "
        "repeats\n"
        f"a tie: within {ERRORS} of these, or within what test rows leave open (rows; 95 %)\n"
    )
    for data in dict.fromkeys(each.key.data for each in found):
        by: dict[str, dict[int, Measurement]] = {}
        for each in found:
            if each.key.data == data:
                by.setdefault(each.key.contender, {})[each.key.repeat] = each
        head = (data, "test score", "least", "most", "better by", "rows", "verdict", "trials",
                "seconds", "CPU")  # fmt: skip
        print_table(head, [_row(name, each, by.get(ours, {}), ours) for name, each in by.items()])
    late = [each for each in found if each.overran > OVERRUN]
    for each in late:
        key = each.key
        print(f"{key.data}, {key.contender}, repeat {key.repeat}: {each.overran:.2f} of its time")


def _row(name: str, own: ByRepeat, ours: ByRepeat, reference: str) -> tuple[str, ...]:
    scores = [each.score for each in own.values()]
    spread = f" ±{stdev(scores):.4f}" if len(scores) > 1 else ""
    compared: tuple[str, ...] = ("", "", "")
    both = sorted(set(own) & set(ours))
    if name != reference and both:
        compared = _compared([(ours[each], own[each]) for each in both])
    return (
        name,
        f"{mean(scores):.4f}{spread}",
        f"{min(scores):.4f}",
        f"{max(scores):.4f}",
        *compared,
        f"{mean(each.trials for each in own.values()):.0f}",
        f"{mean(each.seconds for each in own.values()):.0f}",
        f"{mean(each.cpu_seconds for each in own.values()):.0f}",
    )


def _compared(pairs: Sequence[tuple[Measurement, Measurement]]) -> tuple[str, str, str]:
    """Return the mean difference, what the test rows leave open, and the verdict."""
    gains = [a.score - b.score for a, b in pairs]
    gain, open_ = mean(gains), mean(open_by_rows(a, b) for a, b in pairs)
    error = stdev(gains) / math.sqrt(len(gains)) if len(gains) > 1 else 0.0
    written = f" ±{error:.4f}" if len(gains) > 1 else ""
    return f"{gain:+.4f}{written}", f"±{open_:.4f}", verdict(gain, error, open_)


def verdict(gain: float, error: float, open_: float) -> str:
    """Return whether the first of two is above, tied or below.

    >>> verdict(0.02, 0.005, 0.01), verdict(0.02, 0.01, 0.01), verdict(-0.02, 0.0, 0.01)
    ('above', 'tied', 'below')
    """
    if abs(gain) <= max(ERRORS * error, open_):
        return "tied"
    return "above" if gain > 0 else "below"


def open_by_rows(a: Measurement, b: Measurement) -> float:
    """Return half the width of the interval that the test rows leave, 95 %.

    Of classes it is Wilson's, of the mean score of both; of values that of the difference of R
    squared, by a bootstrap of the rows, the same for both.
    """
    if not a.truth:
        low, high = wilson_interval(round((a.score + b.score) / 2 * a.rows), a.rows)
        return (high - low) / 2
    rows = np.random.default_rng(0).integers(a.rows, size=(RESAMPLES, a.rows))
    gains = [_r_squared(a, each) - _r_squared(b, each) for each in rows]
    low, high = np.quantile(gains, (0.025, 0.975))
    return float(high - low) / 2


def _r_squared(of: Measurement, rows: NDArray[np.int64]) -> float:
    truth = np.array(of.truth)[rows, None]
    return mean(r_squared(np.array(each)[rows, None], truth) for each in of.said)
