"""The runs in a sweep's folder, and which process trains which of them.

Several processes, on machines that share the folder, may train one sweep. Whoever trains a run
holds a lock in the folder by the run's name and seed, from before its directory is made; so no run
is trained twice, and that of a process that is killed is free at once.
"""

from __future__ import annotations

import os
from pathlib import Path

from mlpcli.config import Config
from mlpcli.runs import Claim, DiskError, Run, is_run, label_of, load_run, read_all
from mlpcli.sweep.folder import CLAIM, Folder, is_run_of, key_of, require_alike

Key = tuple[str, int]  # a run's name and seed
ENDED = ("completed", "diverged")


class Members:
    """The runs by name and seed. Of two of one name and seed the one that came farther."""

    def __init__(self, folder: Folder, claiming: bool) -> None:
        """See what is there. Without `claiming` others are not looked for, and nothing is held."""
        self._folder, self._claiming = folder, claiming
        self._claims: dict[Key, Claim] = {}
        self._runs, self.warnings = folder.runs()
        self._names = {run.path.name for run in self._runs.values()}  # of what was seen
        self._unread: dict[str, list[Path]] = {}  # by the runs' names

    def __contains__(self, key: Key) -> bool:
        return self.get(key) is not None

    def get(self, key: Key) -> Run | None:
        """Return a run as it was last seen."""
        for run in read_all(load_run, self._unread.pop(key[0], ()))[0]:
            self._runs.setdefault(key_of(run), run)
        return self._runs.get(key)

    def own(self, config: Config) -> Run | None:
        """Return the run of a config, as it was last seen; None where there is none.

        Raises RunError for one that is to count, and that is of other data or versions.
        """
        run = self.get((config.name, config.seed))
        if run is None:
            return None
        if self._claiming and run.status in ENDED:
            require_alike(run, config)  # first: of other data epochs are other steps
        return run if is_run_of(run, config) else None

    def claimed(self, key: Key) -> bool:
        """Take a run to train, and see how far it is; False where another process has it."""
        run = self.get(key)
        if not self._claiming or key in self._claims or (run and run.status in ENDED):
            return True
        name, seed = key
        try:
            claim = Claim.take(self._folder.path / f"{CLAIM}{name}-{seed}", patient=False)
        except BlockingIOError:
            return False
        except OSError as error:
            raise DiskError(error, self._folder.path) from error
        self._claims[key] = claim
        self.see(key)
        return True

    def see(self, key: Key) -> Run | None:
        """Return a run as it is now."""
        self.look()
        run = self.get(key)
        if self._claiming and run and run.status not in ENDED:
            self._runs[key] = run = load_run(run.path)
        return run

    def look(self) -> None:
        """See what other processes have begun since."""
        if not self._claiming:
            return
        with os.scandir(self._folder.path) as entries:  # 0.3 ms for a thousand names
            new = [Path(each) for each in entries if each.name not in self._names]
        for path in new:
            if path.name[0] != "." and is_run(path):
                self._names.add(path.name)
                self._unread.setdefault(label_of(path.name), []).append(path)

    def release(self, key: Key) -> None:
        """Let a run go, for whoever goes on with it."""
        if claim := self._claims.pop(key, None):
            claim.release()

    def close(self) -> None:
        """Let all runs go."""
        for key in [*self._claims]:
            self.release(key)
