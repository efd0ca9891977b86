"""A sweep on disk: a folder of runs with the sweep itself, from which it can be made again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec

from mlpcli.config import Config, spelled_once
from mlpcli.data import remember
from mlpcli.errors import ConfigError, RunError, shell_word, shown
from mlpcli.runs import (
    SWEEP,
    SWEEP_BASE,
    Claim,
    DiskError,
    Run,
    alone,
    data_digest,
    data_facts,
    holder,
    in_turn,
    is_held,
    is_locked,
    load_run,
    package_versions,
    read_all,
    runs_in,
    to_json,
    utc_now,
    whole,
)
from mlpcli.search import Spec, load_sweep
from mlpcli.system import read_bounded, remove, sync_folder, write_whole

SUMMARY = "summary.json"
LAST = "trials.txt"  # how many there are, where the time ended that
CLAIM = ".training-"  # the lock on a run of a name and seed, by who trains it
MOST_BYTES = 50_000_000  # of it: 10,000 trials have 3 MB


class _Said(msgspec.Struct):
    seconds: Annotated[float, msgspec.Meta(ge=0, le=1e9)]


@dataclass(frozen=True)
class Folder:
    """A sweep's folder, and the sweep that it says."""

    path: Path
    spec: Spec

    @classmethod
    def create(cls, root: Path, spec: Spec) -> Folder:
        """Make a new folder in `root`, whole or not at all. Raises DiskError."""
        try:
            root.mkdir(parents=True, exist_ok=True)
            while True:
                path = root / f"{utc_now():%Y%m%d-%H%M%S}-{spec.name}-{secrets.token_hex(2)}"
                hidden = path.with_name(f".{path.name}.new")
                if path.exists() or hidden.exists():
                    continue
                hidden.mkdir()
                write_whole(hidden / SWEEP_BASE, spec.base.text.encode())
                write_whole(hidden / SWEEP, spec.to_yaml().encode())
                hidden.rename(path)
                sync_folder(root)
                return cls(path, spec)
        except OSError as error:
            raise DiskError(error, root, "see to the disk, or name another --runs-dir") from error

    @classmethod
    def open(cls, path: Path) -> Folder:
        """Read a sweep's folder. Raises ConfigError where its files are not what they were."""
        return cls(path, load_sweep(path / SWEEP))

    @classmethod
    def to_look_at(cls, path: Path) -> Folder:
        """Read a sweep's folder, where its data may be gone: what its runs say of them will do."""
        try:
            return cls.open(path)
        except ConfigError:
            for run in read_all(load_run, runs_in(path)[0])[0]:
                if facts := data_facts(run.info, run.config):
                    remember(run.config, facts)
            return cls.open(path)

    def runs(self) -> tuple[dict[tuple[str, int], Run], list[str]]:
        """Return its runs by name and seed, and a warning for each that cannot be read.

        Of two of one name and seed the one that came farther.
        """
        paths, unclear = runs_in(self.path)
        runs, damaged = read_all(load_run, paths)
        found: dict[tuple[str, int], Run] = {}
        for run in sorted(runs, key=lambda each: each.last_step or 0):
            found[key_of(run)] = run
        return found, [*unclear, *damaged]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold its lock, as the process that trains it. Raises RunError if another one does."""
        with ExitStack() as stack:
            try:
                stack.enter_context(alone(self.path))
            except BlockingIOError as error:
                text = f"{shown(self.path, 200)}: is being trained by {self._holder()}"
                help_it = f"mlpcli work {shell_word(self.path)}"
                hint = f"wait for it, stop it, or help it from another machine: {help_it}"
                raise RunError(text, hint) from error
            except OSError as error:
                raise DiskError(error, self.path) from error
            yield

    def _holder(self) -> str:
        process = holder(self.path)
        return "another process" if process is None else f"process {process}"

    @property
    def is_held(self) -> bool:
        """Whether a process trains it now, or helps to."""
        held = False
        with suppress(OSError):
            held = is_held(self.path)
        return held or any(map(is_locked, self._claims()))

    def clear_claims(self) -> None:
        """Remove what killed processes have left of their locks on runs."""
        for path in self._claims():
            with suppress(OSError):
                Claim.take(path, patient=False).release()

    def _claims(self) -> list[Path]:
        return [*self.path.glob(f"{CLAIM}*")]

    def write_summary(self, record: Mapping[str, Any]) -> None:
        """Write the summary, whole. Raises DiskError."""
        self._write(SUMMARY, to_json(record, indent=2).encode())

    def _write(self, name: str, content: bytes) -> None:
        """Write a file of it, which other processes may write too. Raises DiskError."""
        try:
            with in_turn(self.path / f".{name}.lock"):
                write_whole(self.path / name, content)
        except OSError as error:
            raise DiskError(error, self.path) from error

    def clear_summary(self) -> None:
        """Remove the summary of a sweep that goes on."""
        remove(self.path / SUMMARY)

    @property
    def last(self) -> int | None:
        """How many trials there were when the time was up; None: it is not, for any process."""
        with suppress(OSError, ValueError):
            return int(read_bounded(self.path / LAST, 20))
        return None

    def end_with(self, trials: int) -> None:
        """Note that the time is up after so many trials. Raises DiskError."""
        self._write(LAST, f"{trials}\n".encode())

    def spent(self) -> float:
        """Return how many seconds it was trained for, as its summary says.

        Of one without a summary about as many as its runs took, as many at once as did.
        """
        with suppress(OSError, msgspec.MsgspecError):
            said = msgspec.json.decode(read_bounded(self.path / SUMMARY, MOST_BYTES), type=_Said)
            return said.seconds
        runs = self.runs()[0].values()
        return sum(
            run.last.seconds / (whole(run.info.get("side_by_side"), 1) or 1)
            for run in runs
            if run.last
        )


def is_run_of(run: Run, config: Config) -> bool:
    """Say whether a run is that of a config: every key alike."""
    return spelled_once(run.config) == spelled_once(json.loads(to_json(config.resolved())))


@cache  # 1 ms, and asked for of each run
def _versions() -> dict[str, str]:
    return package_versions()


def require_alike(run: Run, config: Config) -> None:
    """Raise RunError where a run was trained on other data, or with other versions, than here."""
    stated = run.info.get("versions")
    said, here = stated if isinstance(stated, dict) else {}, _versions()
    others = [
        f"{name} {shown(said[name])}, here {each}"
        for name, each in here.items()
        if said.get(name, each) != each
    ]
    if data_digest(run.info) not in ("", config.data.sha256):
        others.append(f"other data than {shown(config.dataset, 200)} has now")
    if others:
        raise RunError(
            f"{shown(run.path, 200)}: was trained with {', '.join(others)}",
            "a sweep is of one kind: begin it anew",
        )


def key_of(run: Run) -> tuple[str, int]:
    """Return the name and seed that a run of a sweep is known by."""
    seed = run.config.get("seed")
    return str(run.config.get("name")), seed if isinstance(seed, int) else -1
