"""Whether times of runs can be held against each other: by machine, and by what ran beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mlpcli.errors import shown
from mlpcli.runs import whole

TIMES = ("seconds", "examples_per_second")  # columns


class Circumstances(NamedTuple):
    """How a run was trained, as far as its time depends on it."""

    host: str  # "" where it does not say
    side_by_side: int  # runs at once, itself included; 1: alone
    stacked: bool  # in one call with others


def circumstances(info: Mapping[str, Any]) -> Circumstances:
    """Return what run.json says of how a run was trained."""
    host = info.get("host")
    return Circumstances(
        host if isinstance(host, str) else "",
        whole(info.get("side_by_side"), 1) or 1,
        "stacked" in info,
    )


def speed_note(found: Iterable[Circumstances], names: Sequence[str]) -> str:
    """Say why times in a table do not compare; "" where they do, or where there is no such column.

    Runs side by side each take longer, and all of them together less.
    """
    if not any(name in TIMES for name in names):
        return ""
    every = set(found)
    hosts = sorted({each.host for each in every} - {""})
    counts = sorted({each.side_by_side for each in every})
    parts = []
    if len(hosts) > 1:
        parts.append(
            f"on {len(hosts)} machines ({', '.join(shown(each, 20) for each in hosts[:3])})"
        )
    if len(counts) > 1:
        beside = [f"{count} side by side" for count in counts if count > 1]
        parts.append(" and ".join([*(["alone"] if counts[0] == 1 else []), *beside[:3]]))
    if len({each.stacked for each in every}) > 1:
        parts.append("stacked and not")
    return f"Seconds do not compare: these runs were trained {', '.join(parts)}." if parts else ""
