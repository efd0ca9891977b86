"""Jobs that somebody else chooses as they end, trained by the workers of a cluster."""

from collections.abc import Generator, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from mlpcli.cluster.crew import Crew
from mlpcli.cluster.head import Head
from mlpcli.cluster.line import Line
from mlpcli.runs import clear_leftovers, computing_variables, describe_environment
from mlpcli.training import Job, View

OF_HEAD = ("command", "git")  # what run.json says of the head; all else is of the worker


class Pool:
    """The workers of a scheduler, as `cluster` gives them."""

    def __init__(self, client: Any, own: int) -> None:
        self._client = client
        self._own = own  # workers that this process has started; 0 where they are another's

    def text(self) -> str:
        """Say where runs train."""
        count = len(self._client.scheduler_info(n_workers=-1)["workers"])
        where = "on this machine" if self._own else f"of {self._client.scheduler.address}"
        return f"on {count} worker{'s' * (count != 1)} {where}"

    def train_many(
        self,
        jobs: Iterable[Job | None],
        root: Path,
        session: Head,
        view: View,
        most: int | None = None,
    ) -> Generator[Job]:
        """Train jobs on the workers, into directories in `root` here; yield each as it ends.

        As `mlpcli.training.train_many` has it, which trains them on this machine: the next job is
        taken only when a place is free, what came of one is in it, a job with a `path` goes on with
        that run, and at a signal all are yielded, interrupted, with what came back saved.

        A run whose worker is lost goes on elsewhere, from the last checkpoint that came back.
        """
        about = describe_environment()
        info = {key: about[key] for key in OF_HEAD}
        clear_leftovers(root)
        with closing(Line(self._client, computing_variables(), self._own)) as line:
            yield from _trained(
                _Waiting(jobs), Crew(line, root, session, view, info, most), session
            )


def _trained(waiting: "_Waiting", crew: Crew, head: Head) -> Generator[Job]:
    try:
        while True:
            while head.stop.received is None and waiting.begins(crew):
                pass
            if crew.is_idle and (waiting.is_over or head.stop.received is not None):
                break
            if job := crew.next_end():
                yield job
                waiting.ask_again()
    finally:
        if not crew.is_idle:
            head.stop.give_up()
            while not crew.is_idle:
                crew.next_end()
    head.stop.check()


class _Waiting:
    """Jobs that are to be done, of which one is known."""

    def __init__(self, jobs: Iterable[Job | None]) -> None:
        self._jobs = iter(jobs)
        self._next: Job | None = None
        self._in_vain = False

    @property
    def is_over(self) -> bool:
        """Whether there was none when it was last asked for."""
        return self._next is None and self._in_vain

    def ask_again(self) -> None:
        """Ask for the next job, though there was none before: another has ended."""
        self._in_vain = False

    def begins(self, crew: Crew) -> bool:
        """Begin the next job, where there is one and a place; without a place ask for none."""
        if self._next is None and not self._in_vain and crew.is_open():
            self._next = next(self._jobs, None)
            self._in_vain = self._next is None
        if self._next is None or not crew.begin(self._next):
            return False
        self._next = None
        return True
