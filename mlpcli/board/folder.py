"""The event files of runs: `.tensorboard` beside them, with a folder for each run.

A run's folder has one event file, and written.json, which says what is in it. It is written whole;
of a run under way more is added to its end, and what a crash left there is cut off. Nothing waits
for the disk, which takes ten times as long as all else: a checksum tells what a power cut left.
What stands there anyone may have written: nothing is followed out of it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import zlib
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from mlpcli.board.hyperparameters import columns_of, keys_of
from mlpcli.board.records import records
from mlpcli.board.run_events import Written, first_events, identity_of, more_events
from mlpcli.board.weight_events import weight_events
from mlpcli.runs import CONFIG, INFO, METRICS_FILE, SUMMARY, Run
from mlpcli.system import open_regular, read_bounded, remove, write_whole

FOLDER = ".tensorboard"
LOCK = ".lock"  # of the folder, held while one of its runs is written
STATE = "written.json"
OURS = re.compile(r"events\.out\.tfevents\.[0-9]+\.mlpcli")
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
MOST_STATE = 1 << 20  # bytes
MOST_EVENTS = 1 << 30  # bytes; 5,000 rows of 100 layers take a tenth
BLOCK = 1 << 20  # bytes that are read at once


Seen = tuple[tuple[int, int, int], ...]  # inode, time and size of each of a run's files


class State(Struct, frozen=True, forbid_unknown_fields=True):
    """What a run's event file has, and what the table of hyper-parameters needs of it."""

    run: str  # the bytes of its name, which need be no text
    file: str
    size: int
    checksum: int  # of its content, CRC-32
    seen: Seen
    written: Written
    keys: dict[str, bool | float | str] = {}
    scores: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The run's name. Raises ValueError for what is none."""
        return os.fsdecode(self.run.encode("latin-1"))


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
            state = read_state(self.path)
            if state.name == self.name and OURS.fullmatch(state.file) and is_folder(self.path):
                found = _checksum(self.path / state.file, state.size)
                return state if found == state.checksum else None
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
            file = self._added(state, content) if state else self._anew(content)
            before, checksum = (state.size, state.checksum) if state else (0, 0)
            done = State(
                run=os.fsencode(run.name).decode("latin-1"),
                file=file,
                size=before + len(content),
                checksum=zlib.crc32(content, checksum),
                seen=seen,
                written=written,
                keys=keys_of(run.config),
                scores=columns_of(run),
            )
            write_whole(self.path / STATE, msgspec.json.encode(done), lasting=False)
            self._clear(file)
        return problems

    def _anew(self, content: bytes) -> str:
        """Write an event file of a name that TensorBoard has not seen."""
        make_folder(self.path)
        used = [int(each.name.split(".")[3]) for each in self._files() if each.suffix != ".tmp"]
        file = f"events.out.tfevents.{max(used, default=0) + 1}.mlpcli"
        write_whole(self.path / file, content, lasting=False)
        return file

    def _added(self, state: State, content: bytes) -> str:
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
        return state.file

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


def _checksum(path: Path, size: int) -> int | None:
    """Return that of a file's first bytes: behind them is what a crash left.

    None where there are fewer. Raises OSError for what is no regular file.
    """
    found = 0
    with os.fdopen(open_regular(path), "rb") as file:
        if not 0 < size <= min(MOST_EVENTS, os.fstat(file.fileno()).st_size):
            return None
        while size > 0 and (part := file.read(min(size, BLOCK))):
            found, size = zlib.crc32(part, found), size - len(part)
    return found


def read_state(folder: Path) -> State:
    """Return what a run's folder says of itself. Raises OSError, ValueError for what is none."""
    state: State = msgspec.json.decode(read_bounded(folder / STATE, MOST_STATE), type=State)
    return state


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
    if not is_folder(path):
        raise OSError(errno.ENOTDIR, "is not a folder", str(path))


def is_folder(path: Path) -> bool:
    """Say whether a path is a folder, and no link to one. Raises OSError where there is nothing."""
    return stat.S_ISDIR(os.lstat(path).st_mode)
