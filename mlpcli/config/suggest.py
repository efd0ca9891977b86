"""Which config to name where none was found: what is there, what is shipped, what to type.

Every hint of the program that names a config comes from here, so that it names one that is there.
"""

import os
from pathlib import Path

from mlpcli.errors import nearest, shell_word

FOLDER = "configs"  # where `init` writes the shipped ones
FIRST = f"{FOLDER}/deep3.yaml"
SWEEPS = "sweeps"  # the folder of sweep files in it
PLAYGROUND, PAPERS = "playground", "papers"  # those of more configs
LISTED = 5  # names of files at most in a hint
LOOKED_AT = 1_000  # names in a folder at most
# in the repository a link to its `configs`, in an installed package a folder
SHIPPED = Path(__file__).with_name("shipped")


def first_run() -> str:
    """Return what to type to train a first config: one that is there, or that `init` writes."""
    train = f"mlpcli train {FIRST}"
    return train if Path(FIRST).exists() else f"mlpcli init, then {train}"


def shipped() -> dict[str, bytes]:
    """Return the shipped files by name: the configs and their schema, and those in folders."""
    places = (SHIPPED, *(SHIPPED / each for each in (PAPERS, PLAYGROUND, SWEEPS)))
    files = [each for place in places for each in place.iterdir() if each.is_file()]
    return {str(each.relative_to(SHIPPED)): each.read_bytes() for each in sorted(files)}


def paper_names() -> list[str]:
    """Return the names of the shipped configs of papers, in order."""
    return [Path(name).stem for name in yaml_names(SHIPPED / PAPERS)]


def starter_names() -> list[str]:
    """Return the names of the shipped configs, those in the folders last."""
    places = (SHIPPED, SHIPPED / PLAYGROUND, SHIPPED / PAPERS)
    return [name for place in places for name in yaml_names(place)]


def missing_hint(path: Path) -> str:
    """Say which config may have been meant where there is no such file."""
    beside = yaml_names(path.parent)
    for folder, names in ((path.parent, beside), (Path(FOLDER), yaml_names(Path(FOLDER)))):
        by_stem = {Path(name).stem: name for name in names}  # all endings are alike
        if near := nearest(path.stem, by_stem):
            return f"did you mean {shell_word(folder / by_stem[near[0]])}?"
    if path.parent == Path(FOLDER) and path.name in shipped():
        return "write the shipped configs: mlpcli init"
    if beside:
        return f"there: {_listed(path.parent, beside)}"
    return f"write a first config: mlpcli init {shell_word(path)}"


def folder_hint(path: Path) -> str:
    """Say which configs a folder holds that was named as one."""
    names = yaml_names(path)
    return f"name one in it: {_listed(path, names)}" if names else "there is no .yaml file in it"


def yaml_names(folder: Path) -> list[str]:
    """Return the names of a folder's YAML files, in order."""
    try:
        with os.scandir(folder) as entries:
            names = [each.name for each, _ in zip(entries, range(LOOKED_AT), strict=False)]
    except (OSError, ValueError):  # none that can be read, or a NUL in its name
        return []
    return sorted(name for name in names if name.endswith((".yaml", ".yml")) and name[0] != ".")


def _listed(folder: Path, names: list[str]) -> str:
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return ", ".join(shell_word(folder / name) for name in names[:LISTED]) + more
