"""A worker's process: TensorFlow, data and compiled programs that its runs share, and the runs."""

import os
import secrets
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from mlpcli.cluster.copies import Copies
from mlpcli.cluster.cores import keep_to, share_of
from mlpcli.cluster.errand import Errand
from mlpcli.cluster.messages import About, News, Outcome, Parcel, Wanted
from mlpcli.config import Config, load_of_run
from mlpcli.data import DataSpec
from mlpcli.errors import RunError
from mlpcli.runs import CONFIG, Delivery, computing_variables, describe_environment
from mlpcli.system import keep_variables, physical_memory
from mlpcli.terminal import Talk
from mlpcli.training import Session, started

KEPT_DATA = 4  # data sets that are kept, of those that runs train on in turn
OF_INFO = ("host", "cpu", "threads", "gpus", "environment", "versions")
# which of several devices alike a machine takes is its own affair
OWN_VARIABLES = ("CUDA_VISIBLE_DEVICES",)


class Station:
    """What a worker's process has, and the runs that it trains."""

    def __init__(self, folder: Path) -> None:
        self.id = secrets.token_hex(8)
        self._folder = folder
        self.files = Copies(folder / "files")
        self._under_way: dict[str, Errand] = {}
        self._shares = 0  # of the machine's cores, of which this process keeps to one
        self._stopped: set[str] = set()  # a word to stop may come before what it stops
        self._sessions: dict[DataSpec, Session] = {}
        self._lock = threading.Lock()

    def detach(self, number: int, shares: int) -> None:
        """Leave the head's terminal and screen, and keep to one of so many shares of the cores."""
        if not self._shares:
            keep_to(share_of(number, shares, os.sched_getaffinity(0)))
            self._shares = shares
        if os.getsid(0) != os.getpid():
            os.setsid()
        log = os.open(self._folder / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        sys.stderr.flush()
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)

    def ready(self, variables: Mapping[str, str]) -> About:
        """Take on variables, import TensorFlow, and say what this worker is.

        Raises RunError where TensorFlow was imported with other variables, or cannot be.
        """
        with self._lock:
            _take_on(variables)
            with started([], describe_environment, _silent()) as session:
                about = session.about
        info = {key: about[key] for key in OF_INFO}
        gpus, cores = tuple(about["gpus"]), about["threads"]
        memory = physical_memory()
        return About(self.id, about["host"], cores, memory, gpus, info, self._shares)

    def train(self, parcel: Parcel) -> Outcome:
        """Take a run on from where it stands; return what it came to."""
        errand = Errand(self._folder / "runs" / parcel.attempt)
        self._under_way[parcel.attempt] = errand
        if parcel.attempt in self._stopped:
            errand.leash.give_up()
        try:
            return errand.do(parcel, self._session)
        finally:
            del self._under_way[parcel.attempt]

    def _session(self, run: Path) -> tuple[Config, Session]:
        """Return a run's config, and what runs on its data share, which are loaded once."""
        with self._lock:
            config = load_of_run(run / CONFIG).config
            spec = config.data_spec
            if spec not in self._sessions:
                with started([config], dict, _silent()) as session:
                    while len(self._sessions) >= KEPT_DATA:
                        del self._sessions[next(iter(self._sessions))]
                    self._sessions[spec] = session
            return config, self._sessions[spec]

    def news(self, wanted: Wanted) -> News:
        """Return what is new of runs under way."""
        runs = {each: self._under_way[each] for each in wanted if each in self._under_way}
        found = {each: run.news(wanted[each]) for each, run in runs.items()}
        return News(self.id, {each: new for each, new in found.items() if new != Delivery()})

    def stop(self, attempts: tuple[str, ...]) -> None:
        """Stop runs, as at a signal."""
        self._stopped.update(attempts)
        for run in [self._under_way[each] for each in attempts if each in self._under_way]:
            run.leash.give_up()


def _silent() -> Talk:
    return Talk(quiet=True, stdout="nothing")


def _take_on(variables: Mapping[str, str]) -> None:
    """Have the variables that a run's bits depend on as the head has them.

    Dask sets OMP_NUM_THREADS to 1, with which TensorFlow would leave cores idle.
    """
    own = computing_variables()
    wanted = {name: each for name, each in variables.items() if name not in OWN_VARIABLES}
    wanted |= {name: own[name] for name in OWN_VARIABLES if name in own}
    others = [name for name in sorted({*own, *wanted}) if own.get(name) != wanted.get(name)]
    if others and "tensorflow" in sys.modules:
        raise RunError(
            f"TensorFlow was started there with another {', '.join(others)}",
            "start the worker anew",
        )
    for name in others:
        os.environ.pop(name, None)
        if name in wanted:
            os.environ[name] = wanted[name]
    if "tensorflow" not in sys.modules:
        keep_variables()


_making = threading.Lock()
_station: Station | None = None


def the_station() -> Station | None:
    """Return this process's station, if it was made."""
    return _station


def made_station(folder: Path) -> Station:
    """Return this process's station, made in a folder where there is none yet."""
    global _station  # one a process: TensorFlow is
    with _making:
        if _station is None:
            place = folder / f"mlpcli-{secrets.token_hex(4)}"
            place.mkdir(mode=0o700, parents=True)
            _station = Station(place)
        return _station
