"""SVG elements as text, with all that comes from outside escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from itertools import takewhile

# what no XML may hold, as a stranger's name may
_ILLEGAL = {each: "\ufffd" for each in range(32) if each not in (9, 10, 13)}
_ILLEGAL |= {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def tag(name: str, *content: str, **attributes: object) -> str:
    """Return an element around content that is markup already.

    An attribute's `_` is a hyphen, and one at its end is left out; one that is None is not there.

    >>> tag("text", text("a<b"), class_="x", text_anchor="end", x=1.25, y=None)
    '<text class="x" text-anchor="end" x="1.25">a&lt;b</text>'
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(content)}</{name}>" if content else f"<{name}{said}/>"


def text(words: object) -> str:
    """Return text as it can stand between tags, or in quotes."""
    return escape(str(words).translate(_ILLEGAL))


def place(value: float) -> str:
    """Write a coordinate: a tenth of a unit is less than anybody sees.

    >>> place(12.0), place(3.14159), place(-0.04)
    ('12', '3.1', '0')
    """
    rounded = round(value, 1) + 0.0 if math.isfinite(value) else 0.0
    return f"{rounded:g}" if abs(rounded) < 1e5 else f"{rounded:.0f}"


def _value(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else text(value)


def told_apart(names: Sequence[str], most: int) -> list[str]:
    """Return names of at most so many characters; where they are cut, without a common beginning.

    >>> told_apart(["class number 1", "class number 2"], 9)
    ['…1', '…2']
    """
    if max(map(len, names), default=0) <= most:
        return [*names]
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(min(names), max(names), strict=False))
    start = "".join(a for a, _ in pairs).rfind(" ") + 1
    if start < 2:
        return [cut(each, most) for each in names]
    return [cut(f"…{each[start:]}", most) for each in names]


def cut(words: str, most: int) -> str:
    """Return text of at most so many characters."""
    return words if len(words) <= most else words[: most - 1] + "…"
