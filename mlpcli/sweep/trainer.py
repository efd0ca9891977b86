"""What trains the runs of a sweep: this process, or the workers of a cluster."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlpcli.config import Config
from mlpcli.errors import RunError
from mlpcli.runs import describe_environment
from mlpcli.terminal import Talk
from mlpcli.training import Job, Room, Session, View, started, train_many

if TYPE_CHECKING:
    from mlpcli.cluster import Pool, Where


@dataclass(frozen=True)
class Trainer:
    """A session, and who trains its runs: threads of this process, unless there is a pool."""

    session: Session
    pool: Pool | None = None

    def train_many(
        self, jobs: Iterable[Job | None], root: Path, view: View, stack: int | None = None
    ) -> Generator[Job]:
        """Train jobs as `mlpcli.training.train_many` has it.

        Raises StackError where a pool's workers are to stack them.
        """
        if self.pool:
            require_unstacked(stack)
            return self.pool.train_many(jobs, root, self.session, view)
        return train_many(jobs, root, self.session, view, stack=stack)

    def text(self, configs: Sequence[Config]) -> str:
        """Say where runs of such configs train, and how many of them side by side."""
        return self.pool.text() if self.pool else here(configs, self.session.about["gpus"])


class StackError(RunError):
    """Runs that are to be stacked where each trains by itself."""

    exit_code = 2


def require_unstacked(stack: int | None) -> None:
    """Raise StackError where runs of a cluster are to be stacked."""
    if stack:
        raise StackError(
            f"stack: {stack}: workers of a cluster train each run by itself",
            "leave out --stack and `stack`, or --scheduler and --workers",
        )


def here(configs: Sequence[Config], gpus: Sequence[str] = ()) -> str:
    """Say how many runs of such configs train side by side on this machine, and why."""
    return Room(None, gpus).text(configs)


@contextmanager
def pool_of(where: Where | None, talk: Talk) -> Iterator[Pool | None]:
    """Give the workers that are asked for, and none where none are.

    To be entered before anything is written: it raises ClusterError where there is no cluster.
    """
    if where is None:
        yield None
        return
    from mlpcli.cluster import cluster

    talk.say(where.text, "dim")
    with cluster(where) as pool:
        yield pool


@contextmanager
def at_work(configs: Sequence[Config], talk: Talk, pool: Pool | None) -> Iterator[Trainer]:
    """Give what trains runs on the data of those configs."""
    with started(configs, describe_environment, talk) as session:
        yield Trainer(session, pool)
