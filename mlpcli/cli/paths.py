"""Paths that a word may become, for a shell's completion: shells have ways of their own for that.

Listed here, so that all shells offer the same beside names and keys, and only what can be used.
"""

import os

LOOKED_AT = 20_000  # names in a folder at most
LISTED = 98  # words of a kind in an answer: bash asks whether it shall list 100


def paths(typed: str, endings: tuple[str, ...] = ()) -> list[str]:
    """Return what a path may become: directories, and files with one of the endings."""
    if "$" in typed:  # which the shell has not read yet
        return []
    folder, slash, begun = typed.rpartition("/")
    place = at_home(folder + slash or ".")
    found = []
    try:
        with os.scandir(place) as entries:
            for entry, _ in zip(entries, range(LOOKED_AT), strict=False):
                if _shown(entry.name, begun, bool(slash)):
                    if _is_folder(entry):
                        found.append(f"{folder}{slash}{entry.name}/")
                    elif entry.name.endswith(endings or ("/",)):
                        found.append(f"{folder}{slash}{entry.name}")
    except (OSError, ValueError):  # none that can be read, or a NUL in its name
        return []
    return sorted(found)[:LISTED]


def _shown(name: str, begun: str, in_folder: bool) -> bool:
    """Say whether an entry is offered: no hidden one unasked, none that would be an option."""
    asked = name.startswith(begun) and (name[0] != "." or begun.startswith("."))
    return asked and (in_folder or name[0] != "-")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Say whether an entry is a directory, or leads to one; a link may lead back to itself."""
    return entry.is_dir(follow_symlinks=False) or (
        entry.is_symlink() and os.path.isdir(entry.path)  # noqa: PTH112  # which raises nothing
    )


def at_home(path: str) -> str:
    """Return a path with the folder that `~` stands for; of nobody's it stays, unlike pathlib's."""
    return os.path.expanduser(path)  # noqa: PTH111
