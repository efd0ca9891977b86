"""One run that is watched in a way of the caller's own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

from mlpcli.config import Loaded
from mlpcli.runs import clear_leftovers, describe_environment, require_memory, require_place
from mlpcli.terminal import Talk
from mlpcli.training.all_jobs import do_all
from mlpcli.training.job import Job
from mlpcli.training.launch import data_warnings, train_in
from mlpcli.training.session import Watcher, started


def train_watched(
    loaded: Loaded,
    root: Path,
    talk: Talk,
    watch: Callable[[Job], AbstractContextManager[Watcher]],
) -> int:
    """Train a config into a run directory of its own, seen by `watch`; return the exit code.

    The run is an ordinary one, to the bit. Raises MlpcliError, before anything is written, where
    there is too little memory or place for it.
    """
    config = loaded.config
    require_memory([loaded], saving=True)
    talk.warn(*data_warnings([config]))
    require_place(root, [config])
    with started([config], describe_environment, talk) as session:
        clear_leftovers(root)
        return do_all([Job.of(config)], partial(train_in, root), replace(session, watch=watch))
