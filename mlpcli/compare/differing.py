"""What the configs of runs or settings share, and in which keys they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlpcli.compare.columns import RESERVED
from mlpcli.config import FOLLOWING, is_default, is_inferred, schema_keys
from mlpcli.errors import shown
from mlpcli.terminal import value_text

MOST_COLUMNS = 12  # keys that differ and get a column of their own, where none are asked for
MOST_SHARED = 20  # keys in the line of what is shared
CELL = 60  # characters of a value

Config = Mapping[str, Any]


def split(configs: Sequence[Config]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the config keys that differ, but for the name, and the values that all share.

    A key that is null is as one that is missing. Each value is looked at once, however many keys
    there are of which each config has only some.
    """
    first: dict[str, Any] = {}
    there: dict[str, int] = {}
    inconsistent: set[str] = set()
    for config in configs:
        for key, value in config.items():
            if value is None:
                first.setdefault(key, None)
            elif key not in there:
                first[key], there[key] = value, 1
            else:
                there[key] += 1
                if value != first[key]:
                    inconsistent.add(key)
    inconsistent.update(key for key, count in there.items() if count < len(configs))
    keys = [key for key in first if key != "name"]
    shared = {key: first[key] for key in keys if key not in inconsistent}
    return tuple(key for key in keys if key in inconsistent), shared


def columns_of(differing: Sequence[str], configs: Sequence[Config]) -> list[str]:
    """Return the keys that differ and get a column: those that a config knows come first.

    Not what is at its default everywhere, which may follow from another key that differs.
    """
    there = dict.fromkeys(key for key in differing if key == "data" or key not in RESERVED)
    known = [key for key in schema_keys() if key in there]
    others = [key for key in there if key not in known]
    own = [key for key in known if not all(is_default(config, key) for config in configs)]
    return [*own, *others][:MOST_COLUMNS]


def left_out(differing: Sequence[str], columns: Sequence[str], configs: Sequence[Config]) -> str:
    """Say how many keys more differ than have a column; nothing if none does."""
    shown_keys = {*columns} & {*differing}
    if len(shown_keys) < MOST_COLUMNS:
        return ""
    others = [key for key in differing if key not in shown_keys]
    rest = sum(not all(is_default(config, key) for config in configs) for key in others)
    if not rest:
        return ""
    keys = "1 more key differs" if rest == 1 else f"{rest:,} more keys differ"
    return f"{keys}: ask for some with --columns, or for all with --format json"


def shared_text(shared: Config, configs: Sequence[Config]) -> str:
    """Say what all the configs share and is not as if left out, and that all else is.

    That is a default, or what the data say: see `is_inferred`.

    >>> shared_text({"layers": 2, "seed": 0, "odd": "x"}, [{"layers": 2, "seed": 0, "odd": "x"}])
    'layers 2, odd x; all else default'
    """

    def default(key: str) -> bool:
        of = configs if key in (*FOLLOWING, "split") else configs[:1]  # it follows from others
        return all(is_default(config, key) or is_inferred(config, key) for config in of)

    said = [key for key in shared if not default(key)]
    texts = [f"{shown(key)} {value_text(shared[key], CELL)}" for key in said[:MOST_SHARED]]
    if len(said) > MOST_SHARED:
        texts.append(f"{len(said) - MOST_SHARED:,} keys more")
    rest = "all else default" if len(said) < len(shared) else ""
    return "; ".join(text for text in (", ".join(texts), rest) if text)
