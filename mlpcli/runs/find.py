"""Which run directories the words of a command line mean: paths, folders, patterns, names."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from mlpcli.errors import shown
from mlpcli.runs.layout import INFO, is_run
from mlpcli.runs.names import RunNameError, SeveralRunsError, find_run, see, sweep_named
from mlpcli.system import reason

Found = tuple[tuple[int, int], Path]  # device and inode, which no two directories share


def find_runs(words: Iterable[str], root: Path) -> tuple[list[Path], list[str]]:
    """Return the run directories that the words mean, each once, and a warning for each failure.

    A word is a run directory, a folder of them, a pattern, or the name of a run or of a sweep in
    `root`. Raises RunNameError if there is no run, and a word means nothing that is there.
    """
    found: dict[tuple[int, int], Path] = {}
    warnings: list[str] = []
    lost: list[RunNameError] = []
    for word in words:
        try:
            runs = list(_meant(word, root, warnings))
        except OSError as error:
            warnings.append(f"{shown(error.filename or word, 200)}: {reason(error)}")
        except RunNameError as error:
            lost.append(error)
            several = isinstance(error, SeveralRunsError)
            warnings.append(f"{error}; {error.hint}" if several else str(error))
        else:
            for identity, path in runs:
                found.setdefault(identity, path)
            if not runs:
                warnings.append(f"{shown(word, 200)}: no run directory, and none in it")
    if lost and not found:
        raise lost[0] if len(warnings) == 1 else RunNameError("\n".join(warnings), see(root))
    return list(found.values()), warnings


def _meant(word: str, root: Path, warnings: list[str]) -> Iterator[Found]:
    # os.path and glob: a name may be too long, or a pattern absolute, which pathlib refuses
    if os.path.exists(word):  # noqa: PTH110
        yield from _runs_at(word, warnings)
        return
    matches = sorted(glob.glob(word))  # noqa: PTH207
    for match in matches:
        yield from _runs_at(match, warnings)
    if not matches and (os.sep in word or glob.has_magic(word)):
        raise RunNameError(f"{shown(word, 200)}: no such file or directory", see(root))
    if not matches:
        yield from _runs_at(str(sweep_named(word, root) or find_run(word, root)), warnings)


def runs_in(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the run directories that a folder holds, and a warning for each that is unclear."""
    warnings: list[str] = []
    try:
        return [path for _, path in _held(str(folder), warnings)], warnings
    except FileNotFoundError:
        return [], warnings
    except OSError as error:
        return [], [f"{shown(folder, 200)}: {reason(error)}"]


def _runs_at(path: str, warnings: list[str]) -> Iterator[Found]:
    """Yield the path if it is a run, or else the runs that it holds.

    A folder of runs may have a stray config.yaml or metrics.jsonl in it.
    """
    if os.path.lexists(f"{path}/{INFO}"):
        yield _found(path)
    elif os.path.isdir(path):  # noqa: PTH112
        held = list(_held(path, warnings))
        yield from held or ([_found(path)] if is_run(path) else [])


def _held(path: str, warnings: list[str]) -> Iterator[Found]:
    """Yield the runs that a folder holds; links there may lead away."""
    device = os.stat(path).st_dev  # noqa: PTH116
    with os.scandir(path) as entries:
        for child in sorted(entries, key=lambda entry: entry.name):
            if child.is_symlink():
                if is_run(child.path) and _leads_out(child):
                    where = shown(child.path, 200)
                    warnings.append(f"{where}: a link out of its folder; name it to compare it")
            elif child.is_dir() and child.name[0] != "." and is_run(child.path):
                yield (device, child.inode()), Path(child.path)


def _leads_out(link: os.DirEntry[str]) -> bool:
    return Path(link.path).resolve().parent != Path(link.path).parent.resolve()


def _found(path: str) -> Found:
    status = os.stat(path)  # noqa: PTH116
    return (status.st_dev, status.st_ino), Path(path)
