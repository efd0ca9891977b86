"""A command that was run before in the same folder: what it printed and left, without running it.

What a command prints and writes follows from its words and from what it reads. Pages of the guide
train the same networks; to the bit, for a run repeats.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from running import Done, mlpcli


class Once:
    """Commands run once for all tests, by any worker, in a folder of theirs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)

    def mlpcli(self, words: Sequence[str | Path], place: Path, **environment: str) -> Done:
        """Run the command, or put what it left into the place where it has been run before."""
        record = self._folder / _digest(words, place, environment)
        with _alone(record.with_suffix(".lock")):
            if not record.exists():
                before = {*_files(place)}
                done = mlpcli(words, place, **environment)
                _keep(record, {*_files(place)} - before, place, done)
                return done
            left = [file.relative_to(record / "left") for file in _files(record / "left")]
            if any((place / file).exists() for file in left):  # a second time, in the same folder
                return mlpcli(words, place, **environment)
            shutil.copytree(record / "left", place, dirs_exist_ok=True)
            printed = json.loads((record / "done.json").read_text())
            return Done(words, printed["code"], printed["out"], printed["talk"])

    def value(self, name: str, make: Callable[[], Any]) -> Any:
        """Make what JSON can hold, or return what was made by that name before."""
        record = self._folder / f"{name}.json"
        with _alone(record.with_suffix(".lock")):
            if not record.exists():
                record.write_text(json.dumps(make()))
            return json.loads(record.read_text())


def _digest(words: Sequence[str | Path], place: Path, environment: dict[str, str]) -> str:
    """Return what tells a command's words and what it may read from others."""
    first, *rest = map(str, words)
    if first == "train" and "--needed" not in rest:  # it looks at no other run
        read = {word: place / word for word in rest if word.endswith(".yaml")}
    else:
        read = {str(file.relative_to(place)): file for file in sorted(_files(place))}
    contents = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in read.items()}
    asked = json.dumps([first, rest, contents, environment])
    return hashlib.sha256(asked.encode()).hexdigest()


def _files(place: Path) -> Iterator[Path]:
    """Yield the files in the folder, without those of a folder that a link leads to."""
    for folder, _, names in os.walk(place):
        yield from (Path(folder, name) for name in names)


def _keep(record: Path, files: set[Path], place: Path, done: Done) -> None:
    """Keep what a command printed and the files that it made; it changes none that was there."""
    made = record.with_suffix(".new")
    for file in files:
        kept = made / "left" / file.relative_to(place)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, kept)
    (made / "left").mkdir(parents=True, exist_ok=True)
    printed = {"code": done.returncode, "out": done.stdout, "talk": done.stderr}
    (made / "done.json").write_text(json.dumps(printed))
    made.rename(record)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold a lock: another worker that wants the same waits for it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
