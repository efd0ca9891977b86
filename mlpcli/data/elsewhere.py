"""Files that a config names by their path, and that stand elsewhere on this machine.

A worker of a cluster reads its own copies. The config says the same path on every machine, so a
checkpoint's digest and what a run says of itself are the same, too.
"""

from __future__ import annotations

from pathlib import Path

_places: dict[str, Path] = {}


def stands_at(name: str, place: Path) -> None:
    """Have the file of that path read from another place from now on, in this process."""
    _places[name] = place


def place_of(name: str) -> Path:
    """Return where the file of that path is to be read."""
    return _places.get(name, Path(name))
