"""A sweep's keys as words of the command line: KEY=VALUE,VALUE varies, KEY=VALUE sets."""

from __future__ import annotations

from collections.abc import Sequence

from mlpcli.config import parse_node
from mlpcli.errors import Place, shown
from mlpcli.search.reader import Reader
from mlpcli.search.space import Key


def enter_words(reader: Reader, keys: dict[str, Key], words: Sequence[str]) -> list[str]:
    """Enter the keys that words vary; return the words that give a key one value."""
    overrides, seen = [], set[str]()
    for word in words:
        name, _, text = word.partition("=")
        place = Place(shown(word))
        parts = _split(text)
        if name in seen:
            reader.refuse(place, name, "a key is given twice; leave one out")
        elif not text:
            reader.refuse(place, name, "no value, allowed KEY=VALUE or KEY=VALUE,VALUE")
        elif len(parts) == 1:
            overrides.append(word)
            keys.pop(name, None)
        elif key := _listed(reader, name, place, parts):
            keys[name] = key
        seen.add(name)
    return overrides


def _split(text: str) -> list[str]:
    """Return what stands between commas that are in no brackets.

    >>> _split("32,[300,100],64")
    ['32', '[300,100]', '64']
    """
    parts, depth = [""], 0
    for character in text:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _listed(reader: Reader, name: str, place: Place, parts: Sequence[str]) -> Key | None:
    """Return a key with the values of a word."""
    node = parse_node(f"[{','.join(parts)}]")
    if node is None or any(not part.strip() for part in parts):
        reader.refuse(place, name, "not values with commas between, for example 0.01,0.1")
        return None
    return reader.key(name, place, node)
