"""Runs by name: a path, any part of a directory's name that only one has, or `latest`."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from mlpcli.config import first_run
from mlpcli.errors import MlpcliError, RunError, nearest, shell_word, shown
from mlpcli.runs.json_records import read_info
from mlpcli.runs.layout import is_run, is_sweep

TRIAL = "sweep"  # in run.json, of a sweep's trial: its number and values
LATEST = "latest"
STAMP = re.compile("([0-9]{8})-([0-9]{6})-")  # the UTC second in which a run was started
MEANT = 2  # names at most that a mistyped one may mean
LEAST_OF_MEMBER = 3  # characters that name a run in a sweep: of fewer hundreds have each
NAMED = 5  # candidates at most in a message


class RunNameError(MlpcliError):
    """A name that no run has, or several have."""

    exit_code = 2


class SeveralRunsError(RunNameError):
    """A name that several runs have; the hint lists them."""


def find_run(name: str, root: Path) -> Path:
    """Return the run directory that a word of the command line names.

    A path that is there is that; else a run in `root`: for `latest` the one started last, and for
    any other word the only one whose name holds it. Raises RunNameError.
    """
    if name and os.path.exists(name):  # noqa: PTH110  # a name may be too long for pathlib
        if is_run(Path(name)):
            return Path(name)
        if is_sweep(Path(name)):
            hint = f"name one of its runs: mlpcli ls {shell_word(name)}"
            raise RunNameError(f"{shown(name, 200)}: a sweep, not one run", hint)
        raise RunNameError(f"{shown(name, 200)}: no run directory", see(root))
    names = _names(root)
    if name == LATEST and names:
        return root / _latest(root, names)
    found = [each for each in names if name and name in each] or _in_sweeps(name, root)
    if len(found) > 1 and len(trials := _trials_called(name, found, root)) == 1:
        found = trials
    if len(found) == 1:
        return root / found[0]
    if not found:
        where = shown(root, 200)
        near = nearest(name, [*dict.fromkeys(map(label_of, names)), *names], MEANT)
        raise RunNameError(
            f"{shown(name, 200) or repr(name)}: no such file or directory, nor run in {where}",
            f"did you mean {' or '.join(map(shell_word, near))}? {see(root)}"
            if near
            else see(root),
        )
    text = f"{shown(name, 200)}: {len(found)} runs have that in their names"
    raise SeveralRunsError(text, _one_of(found))


def _one_of(found: Sequence[str]) -> str:
    more = ", …" if len(found) > NAMED else ""
    return "name one of " + ", ".join(shown(each, 200) for each in found[-NAMED:]) + more


def sweep_named(word: str, root: Path) -> Path | None:
    """Return the sweep's folder that a word of the command line names; None where it names none.

    Its path, or what one sweep in `root` has in its name, and no run there. Raises
    SeveralRunsError for what several have.
    """
    if word and os.path.exists(word):  # noqa: PTH110  # a name may be too long for pathlib
        return Path(word) if is_sweep(word) else None
    if not word or any(word in each for each in _names(root)):
        return None
    found = [each for each in _sweeps(root) if word in each]
    if len(found) > 1:
        raise SeveralRunsError(
            f"{shown(word, 200)}: {len(found)} sweeps have that in their names", _one_of(found)
        )
    return root / found[0] if found else None


def _trials_called(name: str, found: Iterable[str], root: Path) -> list[str]:
    """Return the runs of exactly that name that are trials, not those of a trial on other seeds."""
    alike = [each for each in found if label_of(Path(each).name) == name]
    return [each for each in alike if TRIAL in read_info(root / each)]


def _in_sweeps(name: str, root: Path) -> list[str]:
    """Return the runs in a folder's sweeps that hold a word in their names, below the folder."""
    if len(name) < LEAST_OF_MEMBER:
        return []
    return [
        f"{sweep}/{run}" for sweep in _sweeps(root) for run in _names(root / sweep) if name in run
    ]


def sweeps_in(root: Path) -> list[Path]:
    """Return the sweeps' folders in a folder, in order."""
    return [root / name for name in _sweeps(root)]


def _sweeps(root: Path) -> list[str]:
    """Return the names of the sweeps in a folder, in order."""
    return _folders(root, is_sweep)


def label_of(name: str) -> str:
    """Return the part of a directory's name that is the config's.

    >>> label_of("20261126-101112-deep3-7f3a")
    'deep3'
    """
    return STAMP.sub("", name).rpartition("-")[0] or name


def _names(root: Path) -> list[str]:
    """Return the names of the runs in a folder, in order."""
    return _folders(root, is_run)


def _folders(root: Path, is_one: Callable[[Path], bool]) -> list[str]:
    """Return the names of the folders in a folder that are such ones, in order; no hidden ones."""
    try:
        with os.scandir(root) as entries:
            names = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(each for each in names if each[0] != "." and is_one(root / each))


def _latest(root: Path, names: Iterable[str]) -> str:
    """Return the run that was started last.

    By the second in its name, or where it has been given another by run.json, which is read in any
    case for those that were started within one second.
    """
    seconds = {name: _second(name) or int(_started(root / name)) for name in names}
    last = max(seconds.values())
    candidates = [name for name, second in seconds.items() if second == last]
    if len(candidates) == 1:
        return candidates[0]
    return max(candidates, key=lambda name: (_started(root / name), name))


def _second(name: str) -> int | None:
    """Return the time in a directory's name, in seconds since 1970, or None."""
    stamp = STAMP.match(name)
    return int(_timestamp(f"{stamp[1]}T{stamp[2]}Z")) if stamp else None


def _started(run: Path) -> float:
    """Return when the run was started by its run.json, in seconds since 1970; else 0."""
    try:
        return _timestamp(read_info(run).get("started"))
    except RunError:
        return 0.0


def _timestamp(text: object) -> float:
    """Return a time in seconds since 1970, 0 for what is none; without a zone it is UTC."""
    try:
        time = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        return 0.0
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def see(root: Path) -> str:
    """Return the hint how to see what runs there are, or how to make the first."""
    if not _names(root):
        if sweeps := _sweeps(root):
            return f"see the runs of its last sweep: mlpcli ls {shell_word(root / sweeps[-1])}"
        where = shown(root, 200)
        return f"there is no run in {where} yet; make one: {first_run()}"
    return f"see what there is: mlpcli ls {shell_word(root)}"
