"""The workers that are there, how much room each has, and which of them a run goes to."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from mlpcli.cluster.messages import About, News
from mlpcli.cluster.remote_run import RemoteRun
from mlpcli.config import Config, structure
from mlpcli.errors import RunError, shown
from mlpcli.training import Machine, Room

NOBODY_SECONDS = 60.0  # without any worker, after which there will be none


@dataclass
class Worker:
    """A worker that is ready, and the runs that it trains, by their attempts."""

    address: str
    about: About
    runs: dict[str, RemoteRun] = field(default_factory=dict)
    trained: set[object] = field(default_factory=set)  # structures, compiled there by now

    @property
    def configs(self) -> list[Config]:
        """The configs that it trains."""
        return [run.job.config for run in self.runs.values()]


class Workers:
    """Those that are there. `most` is at most how many runs train at once on all of them."""

    def __init__(self, most: int | None) -> None:
        self._ready: dict[str, Worker] = {}
        self._preparing: set[str] = set()
        self._unfit: dict[str, str] = {}  # why one cannot train, by address
        self._most = most
        self._seen = time.monotonic()  # any

    def see(self, news: Mapping[str, News | BaseException]) -> tuple[list[str], list[Worker]]:
        """Note who is there; return the addresses that are new, and those that are lost.

        Who answers with an error is still there; who is another process by now is lost.
        """
        if news:
            self._seen = time.monotonic()
        lost = [self._ready.pop(name) for name in [*self._ready] if self._is_lost(name, news)]
        self._preparing &= {*news}
        new = [each for each in news if each not in {*self._ready, *self._preparing, *self._unfit}]
        self._preparing.update(new)
        return new, lost

    def _is_lost(self, address: str, news: Mapping[str, News | BaseException]) -> bool:
        answer = news.get(address)
        known = self._ready[address].about.station
        return answer is None or (isinstance(answer, News) and answer.station != known)

    def made_ready(self, address: str, about: About | str) -> str:
        """Note that a worker is ready; return why it cannot train, if it cannot."""
        if address not in self._preparing:  # it was lost meanwhile
            return ""
        self._preparing.remove(address)
        if isinstance(about, About):
            self._ready[address] = Worker(address, about)
            return ""
        self._unfit[address] = f"worker {shown(address)} cannot train: {shown(about, 500)}"
        return self._unfit[address]

    def require_any(self) -> None:
        """Raise RunError where there is nobody who could train."""
        if self._ready or self._preparing:
            return
        if self._unfit:
            raise RunError("\n".join(self._unfit.values()))
        if time.monotonic() - self._seen > NOBODY_SECONDS:
            raise RunError(
                f"no worker is left, for {NOBODY_SECONDS:g} s",
                "start workers, and go on: what came back of the runs is saved",
            )

    @property
    def runs(self) -> dict[str, RemoteRun]:
        """The runs under way, by their attempts."""
        return {key: run for worker in self._ready.values() for key, run in worker.runs.items()}

    def holding(self, attempt: str) -> Worker | None:
        """Return the worker that trains a run; None where it is not wanted any more."""
        return next((each for each in self._ready.values() if attempt in each.runs), None)

    def taken(self) -> list[RemoteRun]:
        """Take all runs from the workers."""
        runs = list(self.runs.values())
        for worker in self._ready.values():
            worker.runs.clear()
        return runs

    def is_open(self) -> bool:
        """Say whether there may be a place for a run that is small."""
        few = self._most is None or len(self.runs) < self._most
        return few and any(self.room(each).is_open(each.configs) for each in self._ready.values())

    def place_for(self, config: Config) -> Worker | None:
        """Return the worker that a run goes to: the emptiest, or one that has compiled its like."""
        if self._most is not None and len(self.runs) >= self._most:
            return None
        like = structure(config)
        fit = [each for each in self._ready.values() if self.room(each).has(each.configs, config)]
        return min(
            fit,
            key=lambda each: (self.room(each).share(each.configs), like not in each.trained),
            default=None,
        )

    def room(self, worker: Worker) -> Room:
        """Return what a worker has for runs: workers on one machine share it."""
        hosts = Counter(each.about.host for each in self._ready.values())
        about, count = worker.about, hosts[worker.about.host]
        cores = about.cores if about.shares else max(1, about.cores // count)
        machine = Machine(cores, about.memory // (about.shares or count))
        return Room(self._most, about.gpus, machine)
