"""How numbers, times, values and paths are written for people."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from mlpcli.errors import shown
from mlpcli.runs import Metric
from mlpcli.stats import Accuracy, wilson_interval

DAY = 86_400.0  # seconds
YEAR = 365.25 * DAY
DIGITS = 2  # significant ones of an uncertainty


def number(value: float | None, digits: int = 4) -> str:
    """Write a number with that many significant digits, for people.

    >>> [number(x) for x in (3545.2, 0.021434, 1.0, 1e-7, None)]
    ['3,545', '0.02143', '1.000', '1.000e-07', '-']
    """
    if value is None:
        return "-"
    return f"{value:#,.{digits}g}".removesuffix(".")


_FORMS: Mapping[str, Callable[[Any], str]] = {
    "count": "{:,}".format,
    "number": lambda value: number(value),
    "percent": lambda value: percent(value),
    "seconds": "{:,.1f}".format,
    "rate": "{:,.0f}".format,
    "plain": "{:.4g}".format,
}


def metric_text(metric: Metric, value: float | None, nothing: str = "-") -> str:
    """Write a metric's value in its form, or `nothing` where there is none."""
    return nothing if value is None else _FORMS[metric.form](value)


def metric_word(key: str, value: float | None) -> str:
    """Write a score of validation or test in a sentence, with its unit.

    >>> metric_word("val_accuracy", 0.981), metric_word("val_loss", 0.0712)
    ('98.10 %', '0.07120')
    """
    if value is None:
        return "-"
    return f"{percent(value)} %" if key.endswith("_accuracy") else number(value)


def count(amount: int, what: str) -> str:
    """Write how many of something there are.

    >>> count(1, "row"), count(5_000, "row")
    ('1 row', '5,000 rows')
    """
    return f"{amount:,} {what}{'' if amount == 1 else 's'}"


def percent(share: float | None) -> str:
    """Write a share from 0 to 1 as a percentage, without its sign.

    >>> percent(0.98104)
    '98.10'
    """
    return "-" if share is None else f"{100 * share:.2f}"


def points(share: float) -> str:
    """Write a difference of shares in percentage points.

    >>> points(-0.0133)
    '-1.33'
    """
    return f"{100 * share:+.2f}"


def interval(correct: int, examples: int) -> str:
    """Write the 95 % Wilson interval of a proportion, in percent.

    >>> interval(9_800, 10_000)
    '97.71 to 98.26'
    """
    return " to ".join(percent(share) for share in wilson_interval(correct, examples))


def with_bounds(mean: float, low: float, high: float, percents: bool, sign: str = "") -> str:
    """Write a number and its bounds: ± where they are as far from it, else both of them.

    They are rounded to two significant digits of the uncertainty; percentages have one or two
    decimals, since a hundredth is an example of ten thousand.

    >>> with_bounds(0.2824, 0.2701, 0.2947, False), with_bounds(99.3, 96.5, 100.0, True)
    ('0.282 ±0.012', '99.3 (96.5 to 100.0)')
    """
    half = (high - low) / 2
    decimals = 4 if half <= 0 else max(0, DIGITS - 1 - math.floor(math.log10(half)))
    decimals = min(2, max(1, decimals)) if percents else min(9, decimals)
    middle = f"{mean:{sign},.{decimals}f}"
    if abs((high - mean) - (mean - low)) < 10**-decimals:
        return f"{middle} ±{half:,.{decimals}f}"
    return f"{middle} ({low:{sign},.{decimals}f} to {high:{sign},.{decimals}f})"


def duration(seconds: float) -> str:
    """Write a time for people.

    >>> [duration(s) for s in (0.04, 6.63, 75, 7384)]
    ['0.0 s', '6.6 s', '1:15', '2:03:04']
    >>> [duration(s) for s in (864_000, 1e9, 1e300, math.inf)]
    ['10 days', '31.7 years', '3.17e+292 years', 'endless']
    """
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    if seconds == math.inf:
        return "endless"
    if seconds >= 2 * YEAR:
        return f"{seconds / YEAR:.3g} years"
    if seconds >= 4 * DAY:
        return f"{seconds / DAY:.3g} days"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def p_text(p: float, name: str = "") -> str:
    """Write a p-value to three decimals, alone or as an equation.

    >>> p_text(0.6884), p_text(0.0004), p_text(0.0129, "p"), p_text(1e-9, "p")
    ('0.688', '<0.001', 'p = 0.013', 'p < 0.001')
    """
    sign, text = ("=", f"{p:.3f}") if p >= 0.0005 else ("<", "0.001")
    return f"{name} {sign} {text}" if name else f"{sign}{text}".removeprefix("=")


def size(amount: int) -> str:
    """Write a number of bytes for people.

    >>> [size(n) for n in (900, 2_592_381, 1_018_000_000)]
    ['900 B', '2.59 MB', '1.02 GB']
    """
    value, unit = float(amount), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} B" if unit == "B" else f"{number(value, 3)} {unit}"


def factor(ratio: float) -> str:
    """Write how many times one number is another.

    >>> [factor(r) for r in (15.81, 1.0, 0.02236)]
    ['15.8', '1.00', '0.0224']
    """
    return f"{ratio:.3g}" if not 0.1 <= ratio < 100 else f"{ratio:#.3g}".rstrip(".")


def plain(value: float) -> str:
    """Write a number of two digits without an exponent, for a sentence.

    >>> plain(0.01234), plain(171.0), plain(1723.0)
    ('0.012', '170', '1,700')
    """
    return f"{float(f'{value:.2g}'):,g}"


LONG = 2_000  # characters of a text shown in full


def value_text(value: Any, limit: int = LONG) -> str:
    """Write a value of a config or of an environment, cut to `limit` characters."""
    if value is None:
        return "-"
    return shown(json.dumps(value) if isinstance(value, list | bool) else value, limit)


def accuracy_text(accuracy: Accuracy) -> str:
    """Write an accuracy and its interval, in percent, without the sign."""
    low, high = percent(accuracy.low), percent(accuracy.high)
    return f"{percent(accuracy.accuracy)} ({low} to {high})"
