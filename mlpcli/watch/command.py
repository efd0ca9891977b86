"""What `watch` does: a config trained, with a picture of it on a screen."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mlpcli.boundary import ground_of
from mlpcli.config import load_file
from mlpcli.terminal import Talk, show_live, show_progress
from mlpcli.training import Job, Watcher, train_watched
from mlpcli.watch.picture import Picture


def watch_config(path: Path, overrides: tuple[str, ...], root: Path) -> int:
    """Train a config into a run directory of its own, in sight; return the exit code.

    Raises ConfigError with all that is wrong with it.
    """
    loaded, talk = load_file(path, overrides), Talk()
    return train_watched(loaded, root, talk, partial(_watched, talk))


@contextmanager
def _watched(talk: Talk, job: Job) -> Iterator[Watcher]:
    """Print a run's path once it is there, and show the run: off a screen its rows in lines."""
    assert job.path
    talk.print_path(job.path)
    with show_live(talk) as live:
        if live:
            config = job.config
            yield Picture(config, ground_of(config.data.facts, config.resolved()), live)
            return
    with show_progress(job.config, talk) as watcher:
        yield watcher
