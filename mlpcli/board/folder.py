"""The event files of runs: `.tensorboard` beside them, with a folder for each run.

A run's folder has one event file, and written.json, which says what is in it. It is written whole;
of a run under way more is added to its end, and what a crash left there is cut off. What stands
there anyone may have written: nothing is followed out of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from mlpcli.board.hyperparameters import columns_of, experiment, keys_of
from mlpcli.board.records import records
from mlpcli.board.run_events import Written, first_events, identity_of, more_events
from mlpcli.board.weight_events import weight_events
from mlpcli.files import read_bounded, remove, write_whole
from mlpcli.runs import CONFIG, INFO, METRICS_FILE, SUMMARY, Run

FOLDER = ".tensorboard"
LOCK = ".lock"  # of the folder, held while one of its runs is written
STATE = "written.json"
COLUMNS = "events.out.tfevents.0.hparams"  # which columns the table of hyper-parameters has
OURS = re.compile(r"events\.out\.tfevents\.[0-9]+\.mlpcli")
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
MOST_STATE = 1 << 20  # bytes


Seen = tuple[tuple[int, int, int], ...]  # inode, time and size of each of a run's files


class State(Struct, frozen=True, forbid_unknown_fields=True):
    """What a run's event file has, and what the table of hyper-parameters needs of it."""

    run: str
    file: str
    size: int
    seen: Seen
    written: Written
    keys: dict[str, bool | float | str] = {}
    scores: tuple[str, ...] = ()


def label_of_run(name: str) -> str:
    """Return what a run's folder is called: as the run is, or a name that any program can take.

    >>> label_of_run("20261126-101112-deep3-7f3a")
    '20261126-101112-deep3-7f3a'
    >>> label_of_run("<b>")
    '_b_-507ca5a2'
    """
    if PLAIN.fullmatch(name) and "tfevents" not in name:  # which is a file of events
        return name
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    return f"{re.sub('[^A-Za-z0-9_.-]', '_', name).lstrip('.-')[:100]}-{digest}"


class RunFolder:
    """A run's events on disk."""

    def __init__(self, root: Path, name: str) -> None:
        self.root, self.path, self.name = root, root / label_of_run(name), name

    def read(self) -> State | None:
        """Return what is there; None where there is nothing, or it is not as it was written."""
        with suppress(OSError, ValueError, RecursionError):
            content = read_bounded(self.path / STATE, MOST_STATE)
            state = msgspec.json.decode(content, type=State)
            there = os.lstat(self.path / state.file) if OURS.fullmatch(state.file) else None
            # one byte more is what a crash left
            if there and stat.S_ISREG(there.st_mode) and there.st_size >= state.size:
                return state if state.run == self.name and _is_folder(self.path) else None
        return None

    def update(self, run: Run, seen: Seen, weights: bool) -> list[str]:
        """Write what of a run is not yet there; return what of it could not be read.

        With its weights, or without, for they take longer. Raises RunError for rows that cannot be
        read, OSError where nothing can be written.
        """
        state = self.read()
        if state and not _goes_on(state, run, seen):
            state = None
        events = [] if state else [*first_events(run)]
        written = state.written if state else Written(identity_of(run))
        if not state or state.seen != seen or written.ended != (run.status != "running"):
            more, written = more_events(run, written)
            events += more
        problems: list[str] = []
        if weights:
            found, written, problems = weight_events(run, written)
            events += found
        if events or not state or (written, seen) != (state.written, state.seen):
            content = records(events)
            file, size = self._added(state, content) if state else self._anew(content)
            columns = keys_of(run.config), columns_of(run)
            done = State(run.name, file, size, seen, written, *columns)
            write_whole(self.path / STATE, msgspec.json.encode(done))
            self._clear(file)
        return problems

    def _anew(self, content: bytes) -> tuple[str, int]:
        """Write an event file of a name that TensorBoard has not seen."""
        make_folder(self.path)
        used = [int(each.name.split(".")[3]) for each in self._files() if each.suffix != ".tmp"]
        file = f"events.out.tfevents.{max(used, default=0) + 1}.mlpcli"
        write_whole(self.path / file, content)
        return file, len(content)

    def _added(self, state: State, content: bytes) -> tuple[str, int]:
        """Add to the event file, behind what is known to be in it."""
        path = self.path / state.file
        if content:
            flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK
            with os.fdopen(os.open(path, flags), "wb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
                    raise OSError(errno.EINVAL, "not a file of its own", str(path))
                file.truncate(state.size)
                file.seek(state.size)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        return state.file, state.size + len(content)

    def _clear(self, keep: str = "") -> None:
        """Remove the event files that were written before, and what a crash left of them."""
        for each in self._files():
            if each.name != keep:
                remove(each)

    def _files(self) -> list[Path]:
        """Return the event files, and parts of them that a crash has left."""
        there = [(each, each.name.removeprefix(".").removesuffix(".tmp"))
                 for each in self.path.iterdir()]  # fmt: skip
        return [each for each, name in there if OURS.fullmatch(name)]

    def discard(self) -> None:
        """Remove the folder with what was written into it."""
        remove(self.path / STATE)
        self._clear()
        self.path.rmdir()


def _goes_on(state: State, run: Run, seen: Seen) -> bool:
    """Say whether events can be added to those that there are.

    Not once a run's end was told, unless all of it is as it was; nor where it keeps weights of
    before, whose histogram would stand behind later ones.
    """
    if state.written.identity != identity_of(run):
        return False
    if state.written.ended:
        return run.status != "running" and state.seen == seen
    return not (run.summary and run.summary.keeps_earlier)


def seen_of(run: Path) -> Seen:
    """Return what changes of a run's files where it has grown."""
    found = []
    for name in (CONFIG, INFO, METRICS_FILE, SUMMARY):
        try:
            status = os.lstat(run / name)
        except OSError:
            found.append((0, 0, 0))
        else:
            found.append((status.st_ino, status.st_mtime_ns, status.st_size))
    return tuple(found)


def make_folder(path: Path) -> None:
    """Make a folder where there is none. Raises OSError for what is none, as a link elsewhere."""
    with suppress(FileExistsError):
        path.mkdir()
    if not _is_folder(path):
        raise OSError(errno.ENOTDIR, "is not a folder", str(path))


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(os.lstat(path).st_mode)


def all_columns(states: Iterable[State]) -> bytes:
    """Return the event file that says which columns the table of hyper-parameters has."""
    found = [*states]
    scores = {tag for each in found for tag in each.scores}
    return records([experiment((each.keys for each in found), scores)])


def write_columns(root: Path, runs: Path) -> None:
    """Write the columns of all runs that have a folder, and remove the folders of those gone.

    Raises OSError.
    """
    states = []
    for folder in sorted(root.iterdir()):
        if folder.name.startswith(".") or not _is_folder(folder):
            continue
        with suppress(OSError, ValueError, RecursionError):
            state = msgspec.json.decode(read_bounded(folder / STATE, MOST_STATE), type=State)
            if label_of_run(state.run) != folder.name:
                continue
            if os.path.lexists(runs / state.run):
                states.append(state)
            else:
                RunFolder(root, state.run).discard()
    content = all_columns(states)
    with suppress(OSError):
        if read_bounded(root / COLUMNS, len(content)) == content:
            return
    write_whole(root / COLUMNS, content)
