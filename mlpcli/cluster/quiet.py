"""Dask without its logs on the user's screen, and without its dashboard."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

LOGGERS = ("distributed", "dask", "tornado", "asyncio")
CONFIG = {
    # no pages, on the scheduler and workers that are started here
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # Dask's own would set OMP_NUM_THREADS to 1, with which TensorFlow leaves cores idle
    "distributed.nanny.pre-spawn-environ": {},
    "distributed.worker.profile.enabled": False,
    "distributed.admin.large-graph-warning-threshold": "1 TB",  # runs travel in tasks
}


@contextmanager
def quiet() -> Iterator[None]:
    """Have Dask say nothing while the context lasts: what matters is raised."""
    import dask
    import distributed  # noqa: F401  # it sets its loggers up

    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(each, each.level, each.disabled) for each in _with_children(loggers)]
    for each, *_ in before:
        each.disabled = True
    try:
        with dask.config.set(CONFIG), warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"(distributed|dask|tornado)\b")
            yield
    finally:
        for each, _, disabled in before:
            each.disabled = disabled


def _with_children(loggers: list[logging.Logger]) -> list[logging.Logger]:
    """Return the loggers with those below them."""
    names = tuple(f"{each.name}." for each in loggers)
    known = logging.Logger.manager.loggerDict
    below = [logging.getLogger(name) for name in [*known] if name.startswith(names)]
    return [*loggers, *below]
