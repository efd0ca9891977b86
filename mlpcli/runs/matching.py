"""Which runs a word that is still being typed may mean, for a shell's completion.

A shell waits for the answer at every TAB: a folder is listed, and no file in it is read.
"""

import os
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from mlpcli.runs.layout import is_run
from mlpcli.runs.names import LATEST, STAMP


def matching_runs(root: Path, typed: str, most: int) -> list[str]:
    """Return `latest` and the runs in a folder that begin with what was typed, the newest first.

    Where none does, those that hold it in their names, as one part of a name is enough for
    `find_run`. Of more than `most` the newest, and the oldest: what these begin with, all begin
    with.
    """
    names = _names(root)
    begun = _runs(root, (name for name in names if name.startswith(typed)), most + 1)
    if len(begun) > most:
        oldest = _runs(root, (each for each in reversed(names) if each.startswith(typed)), 1)
        begun = [*begun[: most - 1], *oldest]
    if LATEST.startswith(typed) and (begun or _runs(root, names, 1)):
        return [LATEST, *begun]
    return begun or _runs(root, (name for name in names if typed in name), most)


def config_names(root: Path, most: int) -> list[str]:
    """Return at most so many names of the configs that a folder's runs were made of."""
    made = re.compile(f"{STAMP.pattern}(.+)-[0-9a-f]{{4}}")
    matches = map(made.fullmatch, _names(root))
    return list(islice(dict.fromkeys(match[3] for match in matches if match), most))


def _names(root: Path) -> list[str]:
    """Return the names of the folders in a folder that can be typed, the newest run's first."""
    try:
        with os.scandir(root) as entries:
            found = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
    except (OSError, ValueError):  # none that can be read, or a NUL in its name
        return []
    return sorted((name for name in found if name[0] not in ".-"), reverse=True)


def _runs(root: Path, names: Iterable[str], most: int) -> list[str]:
    return list(islice((name for name in names if is_run(f"{root}/{name}")), most))
