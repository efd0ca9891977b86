"""First configs, written where there are none: the shipped ones, or one of one's own."""

import os
import re
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path

from mlpcli.config.edit import CopyError, write_new
from mlpcli.config.suggest import FOLDER, PAPERS, PLAYGROUND, shipped
from mlpcli.errors import RunError, shell_word, shown
from mlpcli.system import reason

EDITORS = re.compile(r"\A# yaml-language-server:.*\n")  # names the schema beside the file

OWN = """\
# {name}: 784-64-10 on MNIST, a config of your own to begin with.
# Takes seconds to train: mlpcli train {word}
# What will happen, before: mlpcli check {word}
# Every key and what it allows: mlpcli guide config

layers: 2              # weight layers, the output layer included: one hidden layer
width: 64              # units of each hidden layer; a list for several: [300, 100]
activation: relu       # or tanh, sigmoid, gelu, elu, linear
learning_rate: 0.2     # mlpcli lr {word} measures which is best
steps: 1000            # updates, one batch each
batch_size: 100        # images a step
seed: 0                # of the initial weights and the order; several: --seeds 5
"""


def write_shipped(folder: Path = Path(FOLDER)) -> Iterator[tuple[Path, bool]]:
    """Write the shipped files into a folder; yield each, and whether it was not there before.

    What is there stays as it is. Raises RunError where nothing can be written.
    """
    _make(folder)
    for name, content in shipped().items():
        path = folder / name
        _make(path.parent)
        is_new = not os.path.lexists(path)
        if is_new:
            write_new(path, content.decode())
        yield path, is_new


def write_first(path: Path) -> Path:
    """Write a first config of that name, and return its path, with .yaml where it has no ending.

    A shipped config's name gives that one, another name a small one with comments. Raises
    CopyError where a file is there, RunError where it cannot be written.
    """
    path = new_path(path, "name another FILE")
    name, word = _shipped_name(path.name), shell_word(path)
    if name:
        text = EDITORS.sub("", shipped()[name].decode()).replace(f"{FOLDER}/{name}", word)
    else:
        text = OWN.format(name=shown(path.name), word=word)
    write_own(path, text)
    return path


def _shipped_name(name: str) -> str:
    """Return where among the shipped files a config of that name stands, or ""."""
    places = ("", *(f"{folder}/" for folder in (PAPERS, PLAYGROUND)))
    return next((f"{place}{name}" for place in places if f"{place}{name}" in shipped()), "")


def new_path(path: Path, otherwise: str) -> Path:
    """Return the path of a config that is to be written, with .yaml where it has no ending.

    Raises CopyError, with what to do otherwise, where something is there, or it has another ending.
    """
    nameless = path.name in ("", "..")  # the former of . and /
    path = path if path.suffix or nameless else path.with_name(f"{path.name}.yaml")
    if path.suffix not in (".yaml", ".yml"):
        raise CopyError(f"{shown(path, 200)}: no name of a config", "one ends in .yaml")
    if os.path.lexists(path):
        raise CopyError(f"{shown(path, 200)}: is there already", otherwise)
    return path


def write_own(path: Path, text: str) -> None:
    """Write a config that is not there. Raises CopyError where it is, RunError where it cannot."""
    _make(path.parent)
    write_new(path, text)


def own_path(data: str) -> Path:
    """Return the config of a data set's own name, in the folder one is in.

    >>> own_path("data/penguins.csv.gz"), own_path("iris")
    (PosixPath('penguins.yaml'), PosixPath('iris.yaml'))
    """
    name = Path(data).name
    stem = Path(name.removesuffix(".gz")).stem
    return Path(f"{stem.lstrip('.') or 'own'}.yaml")


def free_path(path: Path) -> Path:
    """Return the first of a.yaml, a-2.yaml, a-3.yaml that is not there."""
    numbered = (path.with_name(f"{path.stem}-{n}{path.suffix}") for n in count(2))
    return next(each for each in chain([path], numbered) if not os.path.lexists(each))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        where = error.filename or folder
        text = "is no folder" if isinstance(error, FileExistsError) else reason(error)
        raise RunError(f"{shown(where, 200)}: {text}", "name another FILE") from error
