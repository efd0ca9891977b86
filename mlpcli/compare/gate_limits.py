"""What a gate asks of results: --min KEY=VALUE and --max KEY=VALUE, read and checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal

from msgspec import Struct

from mlpcli.compare.columns import SHARES, is_r_squared
from mlpcli.errors import MlpcliError, nearest, shown
from mlpcli.runs import NO_RESULTS, SUMMARY_METRICS

# the names that summary.json has for what is another column in `compare`
ALIASES = {name: metric.result for name, metric in SUMMARY_METRICS.items() if metric.result}
NEAREST = 3  # columns at most in a message


class LimitError(MlpcliError):
    """A limit that is not one."""

    exit_code = 2


class Limit(Struct, frozen=True):
    """The least or the most that a result may be."""

    option: Literal["min", "max"]
    key: str  # a column of `compare`
    limit: float

    def met_by(self, value: float) -> bool:
        """Say whether a result is within the limit; the limit itself is."""
        return value >= self.limit if self.option == "min" else value <= self.limit


def parse_limits(least: Sequence[str], most: Sequence[str]) -> tuple[Limit, ...]:
    """Read the words of --min and of --max. Raises LimitError where one cannot be met or read."""
    limits = [_limit("min", each) for each in least] + [_limit("max", each) for each in most]
    for low in limits:
        for high in limits:
            if (low.option, high.option, low.key) == ("min", "max", high.key):
                _check_room(low, high)
    return tuple(limits)


def _limit(option: Literal["min", "max"], text: str) -> Limit:
    key, sign, written = text.partition("=")
    key, where = key.strip(), f"--{option} {shown(text) or repr(text)}"
    if not sign:
        raise LimitError(f"{where}: not KEY=VALUE", f"for example: --{option} {_example(option)}")
    column = ALIASES.get(key, key)
    if column not in NO_RESULTS:
        raise LimitError(f"{where}: no such result", _choices(key))
    if is_r_squared(column):
        return Limit(option, column, _r_squared(where, written))
    value = _number(written)
    if column in SHARES and (value is None or value > 1):
        _refuse_share(where, option, key, written)
    if value is None:
        raise LimitError(f"{where}: {shown(written) or 'nothing'} is not a number of at least 0")
    return Limit(option, column, value)


def _r_squared(where: str, written: str) -> float:
    """Read a limit of R squared, which has no lower end."""
    with suppress(ValueError):
        value = float(written)
        if -math.inf < value <= 1:
            return value
    raise LimitError(f"{where}: R squared is a number of at most 1, and 0 without skill")


def _number(written: str) -> float | None:
    """Return a number of at least 0, None for anything else: no result is below."""
    try:
        value = float(written)
    except ValueError:
        return None
    return value if 0 <= value < math.inf else None


def _refuse_share(where: str, option: str, key: str, written: str) -> None:
    value = _number(written.strip().removesuffix("%"))
    meant = value is not None and 0 < value <= 100
    hint = f"did you mean --{option} {key}={value / 100:.12g}?" if meant and value else ""
    raise LimitError(f"{where}: a share, which goes from 0 to 1", hint)


def _example(option: str) -> str:
    return {"min": "test_accuracy=0.9", "max": "seconds=60"}[option]


def _choices(key: str) -> str:
    near = nearest(key, [*NO_RESULTS, *ALIASES], NEAREST)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"choose from {', '.join(NO_RESULTS)}"


def _check_room(low: Limit, high: Limit) -> None:
    if low.limit > high.limit:
        raise LimitError(
            f"--min {low.key}={low.limit:g} and --max {high.key}={high.limit:g}: "
            "nothing is within both"
        )
