"""What all runs of a process share: TensorFlow, with all else that is slow started beside it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mlpcli.config import Config
from mlpcli.data import DataSpec, Splits, dataset_of
from mlpcli.errors import RunError, shown
from mlpcli.terminal import StopRequest, print_line, stderr_console, stop_requests
from mlpcli.training.environment import set_variables


@dataclass(frozen=True)
class Session:
    """What all runs of a process share."""

    data: dict[DataSpec, Splits]
    about: dict[str, Any]  # machine and versions, for run.json
    stop: StopRequest


@contextmanager
def started(configs: Sequence[Config], about: Callable[[], dict[str, Any]]) -> Iterator[Session]:
    """Import TensorFlow, with all else that takes its time beside it."""
    set_variables()
    with stop_requests() as stop:
        print_line(stderr_console(), "importing TensorFlow", "dim")
        try:
            session = Session(*_imported({config.data_spec for config in configs}, about), stop)
        except (ImportError, MemoryError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[-1:] or ["out of memory"]
            raise RunError(
                f"TensorFlow cannot be imported: {shown(reason[0], 200)}",
                "it takes 3 GiB of address space: see what this process may have (ulimit -a)",
            ) from error
        yield session


def _imported(
    specs: set[DataSpec], about: Callable[[], dict[str, Any]]
) -> tuple[dict[DataSpec, Splits], dict[str, Any]]:
    """Return the data sets of those names, and what run.json has of the machine."""
    import numpy  # noqa: F401  # it changes the environment, so before there are threads

    with ThreadPoolExecutor() as pool:
        # a third of a second to decompress MNIST, hidden behind TensorFlow's two to import
        loading = {spec: pool.submit(dataset_of(spec).load) for spec in specs}
        describing = pool.submit(about)
        from mlpcli.training.backend import GPUS

        data = {spec: future.result() for spec, future in loading.items()}
        return data, {**describing.result(), "gpus": GPUS}
