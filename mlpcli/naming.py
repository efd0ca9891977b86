"""Runs by name: a path, any part of a directory's name that only one has, or `latest`."""

import os
from pathlib import Path

from mlpcli.errors import MlpcliError, shown
from mlpcli.runs import is_run

LATEST = "latest"
NAMED = 5  # candidates at most in a message


class RunNameError(MlpcliError):
    """A name that no run has, or several have."""

    exit_code = 2


class SeveralRunsError(RunNameError):
    """A name that several runs have; the hint says which."""


def find_run(name: str, root: Path) -> Path:
    """Return the run directory that a user's word names.

    A path that is there is that; else a run in `root`: for `latest` the one started last, and for
    any other word the only one whose name holds it. Raises RunNameError.
    """
    if name and os.path.exists(name):  # noqa: PTH110  # a name may be too long for pathlib
        if is_run(Path(name)):
            return Path(name)
        raise RunNameError(f"{shown(name, 200)}: no run directory", see(root))
    names = _names(root)
    if name == LATEST and names:
        return root / names[-1]
    found = [each for each in names if name and name in each]
    if len(found) == 1:
        return root / found[0]
    if not found:
        where = shown(root, 200)
        raise RunNameError(
            f"{shown(name, 200) or repr(name)}: no such file or directory, nor run in {where}",
            see(root),
        )
    more = ", …" if len(found) > NAMED else ""
    raise SeveralRunsError(
        f"{shown(name, 200)}: {len(found)} runs have that in their names",
        "name one of " + ", ".join(shown(each, 200) for each in found[-NAMED:]) + more,
    )


def _names(root: Path) -> list[str]:
    """Return the names of the runs in a folder, the one started last at the end."""
    try:
        with os.scandir(root) as entries:
            names = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(each for each in names if each[0] != "." and is_run(root / each))


def see(root: Path) -> str:
    """Say how to see what runs there are."""
    if not _names(root):
        return f"there is no run in {shown(root, 200)}"
    return f"see what there is: mlpcli compare {shown(root, 200)}"
