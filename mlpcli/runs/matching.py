"""Which runs a word that is still being typed may mean, for a shell's completion.

A shell waits for the answer at every TAB: a folder is listed, and no file in it is read.
"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from mlpcli.runs.layout import is_run
from mlpcli.runs.names import LATEST, STAMP

MOST = 98  # runs, so that bash does not ask whether it shall list 100 possibilities


def matching_runs(root: Path, typed: str) -> list[str]:
    """Return the runs in a folder that begin with what was typed, the newest first, and `latest`.

    Where none does, those that hold it in their names, as one part of a name is enough for
    `find_run`. Of many the newest, and the oldest: what these begin with, all begin with.
    """
    names = _names(root)
    begun = _runs(root, (name for name in names if name.startswith(typed)))
    if len(begun) > MOST:
        oldest = _runs(root, (each for each in reversed(names) if each.startswith(typed)), 1)
        begun = [*begun[: MOST - 1], *oldest]
    if LATEST.startswith(typed) and (begun or _runs(root, names, 1)):
        return [LATEST, *begun]
    return begun or _runs(root, (name for name in names if typed in name))[:MOST]


def config_names(root: Path) -> list[str]:
    """Return the names of the configs that the runs in a folder were made of, the newest first."""
    made = re.compile(f"{STAMP.pattern}(.+)-[0-9a-f]{{4}}")
    matches = map(made.fullmatch, _names(root))
    return list(islice(dict.fromkeys(match[3] for match in matches if match), MOST))


def _names(root: Path) -> list[str]:
    """Return the names of the folders in a folder that can be typed, the newest run's first."""
    try:
        with os.scandir(root) as entries:
            found = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
    except (OSError, ValueError):  # none that can be read, or a NUL in its name
        return []
    return sorted((name for name in found if name[0] not in ".-"), reverse=True)


def _runs(root: Path, names: Iterator[str] | list[str], most: int = MOST + 1) -> list[str]:
    return list(islice((name for name in names if is_run(f"{root}/{name}")), most))
