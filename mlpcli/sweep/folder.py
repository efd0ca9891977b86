"""A sweep on disk: a folder of runs with the sweep itself, from which it can be made again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec

from mlpcli.config import Config, spelled_once
from mlpcli.errors import RunError, shown
from mlpcli.files import read_bounded, remove, sync_folder, write_whole
from mlpcli.runs import (
    SWEEP,
    SWEEP_BASE,
    DiskError,
    Run,
    alone,
    holder,
    is_held,
    load_run,
    read_all,
    runs_in,
    to_json,
    utc_now,
    whole,
)
from mlpcli.sweep.spec import Spec
from mlpcli.sweep.spec_file import load_sweep

SUMMARY = "summary.json"
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

    def runs(self) -> tuple[dict[tuple[str, int], Run], list[str]]:
        """Return its runs by name and seed, and a warning for each that cannot be read.

        Of two of one name and seed the one that came farther.
        """
        paths, unclear = runs_in(self.path)
        runs, damaged = read_all(load_run, paths)
        found: dict[tuple[str, int], Run] = {}
        for run in sorted(runs, key=lambda each: each.last_step or 0):
            found[str(run.config.get("name")), _seed(run)] = run
        return found, [*unclear, *damaged]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold its lock, as the process that trains it. Raises RunError if another one does."""
        with ExitStack() as stack:
            try:
                stack.enter_context(alone(self.path))
            except BlockingIOError as error:
                text = f"{shown(self.path, 200)}: is being trained by {self._holder()}"
                raise RunError(text, "wait for it, or stop it") from error
            except OSError as error:
                raise DiskError(error, self.path) from error
            yield

    def _holder(self) -> str:
        process = holder(self.path)
        return "another process" if process is None else f"process {process}"

    @property
    def is_held(self) -> bool:
        """Whether a process trains it now."""
        with suppress(OSError):
            return is_held(self.path)
        return False

    def write_summary(self, record: Mapping[str, Any]) -> None:
        """Write the summary, whole. Raises DiskError."""
        try:
            write_whole(self.path / SUMMARY, to_json(record, indent=2).encode())
        except OSError as error:
            raise DiskError(error, self.path) from error

    def clear_summary(self) -> None:
        """Remove the summary of a sweep that goes on."""
        remove(self.path / SUMMARY)

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


def _seed(run: Run) -> int:
    seed = run.config.get("seed")
    return seed if isinstance(seed, int) else -1
