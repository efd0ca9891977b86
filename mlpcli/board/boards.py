"""The runs that words of the command line mean, as TensorBoard has them, followed as they grow."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from mlpcli.board.columns import COLUMNS, all_columns, write_columns
from mlpcli.board.folder import (
    FOLDER,
    LOCK,
    RunFolder,
    Seen,
    label_of_run,
    make_folder,
    seen_of,
)
from mlpcli.errors import MlpcliError, shown
from mlpcli.runs import find_runs, in_turn, load_run, runs_in
from mlpcli.system import reason, write_whole


@dataclass(frozen=True)
class Board:
    """What is known of a run whose events were written."""

    folder: RunFolder
    seen: Seen
    running: bool
    weights: bool  # whether those that it has were written, too


@dataclass
class Boards:
    """The runs that are shown.

    `words` name them, by default all in `root`. `links` is a folder for TensorBoard, where each has
    a link to its events; None where it is not started.
    """

    words: Sequence[str]
    root: Path
    links: Path | None = None
    known: dict[Path, Board] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)  # which were not yet told
    _told: set[str] = field(default_factory=set)
    _folders: dict[Path, Path] = field(default_factory=dict)  # of runs, by where they are
    _homes: dict[Path, Path] = field(default_factory=dict)  # of folders of runs, those of events
    _labels: dict[Path, str] = field(default_factory=dict)  # of folders of runs, before the runs'

    def find(self) -> list[Path]:
        """Return the runs that there are now. Raises RunNameError where words name none."""
        paths, unclear = find_runs(self.words, self.root) if self.words else runs_in(self.root)
        self.warn(*unclear)
        # "." has no name, and its events would go into it
        return [path if path.name not in ("", "..") else path.resolve() for path in paths]

    def update(self, paths: Sequence[Path], weights: bool) -> Iterator[Path]:
        """Write what has come to runs, each yielded once it is done."""
        if not self._labels and len({self._beside(path) for path in paths}) == 1:
            self._labels[self._beside(paths[0])] = ""
        for path in paths:
            if self._has_grown(path, weights):
                self._write(path, weights)
            yield path

    def take_warnings(self) -> list[str]:
        """Return what was not yet told."""
        found, self.warnings = self.warnings, []
        return found

    def warn(self, *texts: str) -> None:
        """Note what is wrong, once."""
        for text in texts:
            if text not in self._told:
                self._told.add(text)
                self.warnings.append(text)

    def write_columns(self) -> None:
        """Write which columns the table of hyper-parameters has: of all that is there, and here."""
        for runs, home in self._homes.items():
            with suppress(OSError), in_turn(home / LOCK):
                write_columns(home, runs)
        if self.links:
            states = [each.folder.read() for each in self.known.values()]
            content = all_columns(filter(None, states))
            write_whole(self.links / COLUMNS, content, lasting=False)

    @property
    def folders(self) -> list[Path]:
        """Where the events are."""
        return [*self._homes.values()]

    def _has_grown(self, path: Path, weights: bool) -> bool:
        before = self.known.get(path)
        if before is None or before.running or (weights and not before.weights):
            return True
        return before.seen != seen_of(path)

    def _write(self, path: Path, weights: bool) -> None:
        """Write what has come to a run; note what hinders it."""
        try:
            seen = seen_of(path)
            run = load_run(path)
            folder = RunFolder(self._home(self._beside(path)), path.name)
            with in_turn(folder.root / LOCK):
                problems = folder.update(run, seen, weights)
            self._link(path, folder)
        except OSError as error:
            self.warn(f"{shown(error.filename or path, 200)}: {reason(error)}")
            return
        except MlpcliError as error:
            where = f"{shown(path, 200)}: "
            self.warn(f"{where}{str(error).removeprefix(where)}")
            return
        self.warn(*problems)
        self.known[path] = Board(folder, seen, run.status == "running", weights)

    def _beside(self, path: Path) -> Path:
        """Return the folder that a run is in, by one of its names, however the run was named."""
        return self._folders.setdefault(path.parent.resolve(), path.parent)

    def _home(self, runs: Path) -> Path:
        """Return where the events of a folder's runs go: into it, where it can be written to.

        Else beside the links, for as long as TensorBoard is shown. Raises OSError.
        """
        if runs not in self._homes:
            home = runs / FOLDER
            try:
                make_folder(home)
                with in_turn(home / LOCK):
                    pass
            except OSError as error:
                if self.links is None:
                    raise
                where = shown(error.filename or home, 200)
                self.warn(f"{where}: {reason(error)}; the events are not kept")
                home = Path(tempfile.mkdtemp(dir=self.links.parent))
            self._homes[runs] = home
        return self._homes[runs]

    def _link(self, path: Path, folder: RunFolder) -> None:
        if self.links is None or path in self.known:
            return
        place = self.links / self._label(self._beside(path))
        place.mkdir(exist_ok=True)
        with suppress(FileExistsError):
            os.symlink(folder.path.absolute(), place / label_of_run(path.name))  # noqa: PTH211

    def _label(self, runs: Path) -> str:
        """Return what stands before the names of a folder's runs; nothing, if it is alone."""
        if runs not in self._labels:
            base = label_of_run(runs.absolute().name or "root")
            taken, number, label = {*self._labels.values()}, 1, base
            while label in taken or (self.links and os.path.lexists(self.links / label)):
                number += 1
                label = f"{base}-{number}"
            self._labels[runs] = label
        return self._labels[runs]
