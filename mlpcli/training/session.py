"""What all runs of a process share: TensorFlow, with all else that is slow started beside it."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from mlpcli.config import Config
from mlpcli.data import DataSpec, Splits, dataset_of
from mlpcli.errors import RunError
from mlpcli.runs import MetricsRow
from mlpcli.system import as_error, require_threads
from mlpcli.terminal import StopRequest, Talk, show_progress, stop_requests
from mlpcli.training.environment import set_variables
from mlpcli.training.job import Job

if TYPE_CHECKING:
    from numpy.typing import NDArray

# the most that were seen on one core and on two: 19 and 25 for `train`, 21 and 29 for `lr`; where
# there are fewer TensorFlow aborts
THREADS, THREADS_PER_CORE = 14, 8


class Watcher(Protocol):
    """What looks on while a run is trained."""

    def update(self, step: MetricsRow, ended: bool = False) -> None:
        """See a metrics row, which is on disk by now; whether it is the run's last."""


@runtime_checkable
class WeightsWatcher(Watcher, Protocol):
    """One that looks at the weights, too: before each row, at those that it is of."""

    def see(self, weights: "Sequence[NDArray[Any]]") -> None:
        """See the weights: of each layer the kernel, then the biases."""


@dataclass(frozen=True)
class Session:
    """What all runs of a process share."""

    data: dict[DataSpec, Splits]
    about: dict[str, Any]  # machine and versions, for run.json
    stop: StopRequest
    talk: Talk
    watch: Callable[[Job], AbstractContextManager[Watcher]]  # what sees a run while it is trained


@contextmanager
def started(
    configs: Sequence[Config], about: Callable[[], dict[str, Any]], talk: Talk | None = None
) -> Iterator[Session]:
    """Import TensorFlow, with all else that takes its time beside it."""
    talk = talk or Talk()
    set_variables()
    require_threads(THREADS + THREADS_PER_CORE * len(os.sched_getaffinity(0)), "TensorFlow")
    with stop_requests() as stop:
        talk.say("importing TensorFlow", "dim")
        data, facts = _imported({config.data_spec for config in configs}, about)
        yield Session(data, facts, stop, talk, partial(_watched_alone, talk))


@contextmanager
def _watched_alone(talk: Talk, job: Job) -> Iterator[Watcher]:
    """Print a run's path once it is there, and show its rows."""
    assert job.path
    talk.print_path(job.path)
    with show_progress(job.config, talk) as watcher:
        yield watcher


def _imported(
    specs: set[DataSpec], about: Callable[[], dict[str, Any]]
) -> tuple[dict[DataSpec, Splits], dict[str, Any]]:
    """Return the data sets of those names, and what run.json has of the machine."""
    import numpy  # noqa: F401  # it changes the environment, so before there are threads

    with ThreadPoolExecutor() as pool:
        # a third of a second to decompress MNIST, hidden behind TensorFlow's two to import
        loading = {spec: pool.submit(dataset_of(spec).load) for spec in specs}
        describing = pool.submit(about)
        with _labelled():
            from mlpcli.training.backend import GPUS

        data = {spec: future.result() for spec, future in loading.items()}
        return data, {**describing.result(), "gpus": GPUS}


@contextmanager
def _labelled() -> Iterator[None]:
    """Raise RunError that says why TensorFlow cannot be imported."""
    try:
        yield
    except (ImportError, MemoryError, RuntimeError, OSError) as error:
        known = as_error(error)
        if known is None:
            raise
        raise RunError(f"TensorFlow cannot be imported: {known}", known.hint) from error
