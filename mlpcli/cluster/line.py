"""The line to the workers: threads that ask them and send to them, and tell what came of it.

What is told is read in the thread that hands out jobs, so that it waits for nothing else.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, NamedTuple

from mlpcli.cluster import worker
from mlpcli.cluster.messages import About, News, Outcome, Parcel, Wanted
from mlpcli.cluster.sending import Files, send

ASK_SECONDS = 1.0  # between two times that workers are asked what is new, at least
MOST_SECONDS = 10.0  # at most
ASKING_SHARE = 0.1  # of the time may be spent on it
SENDERS = 8  # threads that send runs and data


class Heard(NamedTuple):
    """What the workers say that are there, by their addresses; an error of one that is not well."""

    news: Mapping[str, News | BaseException]


class Ready(NamedTuple):
    """A worker can train, or says why it cannot."""

    address: str
    about: About | str


class Ended(NamedTuple):
    """A run is over on its worker, or could not be sent there."""

    attempt: str
    outcome: Outcome | None = None  # None where the worker is another by now
    error: BaseException | None = None


class Gone(NamedTuple):
    """The scheduler cannot be reached any more."""

    error: BaseException


Message = Heard | Ready | Ended | Gone


class Line:
    """Asks the workers what is new, again and again, and sends to them what is to be sent."""

    def __init__(self, client: Any, variables: Mapping[str, str], own: int) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.wanted: Wanted = {}  # set by the thread that hands out jobs
        self._client, self._variables, self._own = client, variables, own
        self._files, self._sending = Files(), dict[str, Lock]()
        self._tasks: dict[str, tuple[str, Any]] = {}  # by key, under way: which worker's, and it
        self._closed = Event()
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="to-workers")
        self._asking = Thread(target=self._ask, name="from-workers", daemon=True)
        self._asking.start()

    def close(self) -> None:
        """Ask no more, and send no more."""
        self._closed.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for key, (_, future) in list(self._tasks.items()):
            self._drop(key, future)
        self._asking.join(ASK_SECONDS)

    def prepare(self, address: str) -> None:
        """Make a worker ready; a message says when it is."""
        self._pool.submit(self._prepare, address)

    def train(self, address: str, parcel: Parcel, paths: Sequence[str]) -> None:
        """Have a worker train a run on the files of those paths; a message says when it is over."""
        self._sending.setdefault(address, Lock())
        self._pool.submit(self._train, address, parcel, paths)

    def stop(self, attempts: Sequence[str]) -> None:
        """Stop runs, as at a signal; a message says when each is over."""
        Thread(target=self._stop, args=[tuple(attempts)], daemon=True).start()

    def lost(self, address: str) -> None:
        """Want no more of a worker that is gone."""
        for key, (its, future) in list(self._tasks.items()):
            if its == address:
                self._drop(key, future)

    def _drop(self, key: str, future: Any) -> None:
        self._tasks.pop(key, None)
        with suppress(Exception):  # of a scheduler that is gone
            future.cancel(force=True)

    def _ask(self) -> None:
        while not self._closed.is_set():
            start = time.monotonic()
            try:
                self.told.put(Heard(self._run(worker.news, dict(self.wanted))))
            except Exception as error:
                if not self._closed.is_set():
                    self.told.put(Gone(error))
                return
            spent = time.monotonic() - start
            self._closed.wait(min(MOST_SECONDS, max(ASK_SECONDS, spent / ASKING_SHARE)))

    def _run(self, ask: Callable[..., Any], *words: Any, at: str | None = None) -> Any:
        """Return what all workers answer, or one."""
        if at is None:
            return self._client.run(ask, *words, on_error="return")
        return self._client.run(ask, *words, workers=[at])[at]

    def _task(self, address: str, key: str, work: Callable[..., Any], *words: Any) -> Any:
        """Return the future of a task that is for that worker alone, and that is done once."""
        options = {"workers": [address], "allow_other_workers": False, "retries": 0}
        future = self._client.submit(work, *words, key=key, pure=False, **options)
        self._tasks[key] = address, future
        return future

    def _then(
        self, key: str, future: Any, tell: Callable[[Any, BaseException | None], Message]
    ) -> None:
        """Tell what a task came to, or what went wrong, unless its worker was lost before."""

        def fetch() -> None:
            answer, wrong = None, None
            try:
                answer = future.result()
            except BaseException as error:
                wrong = error
            if self._tasks.pop(key, None):  # and so the worker lets the answer go
                self.told.put(tell(answer, wrong))

        def over(_: Any) -> None:
            with suppress(RuntimeError):  # the line is closed
                self._pool.submit(fetch)

        future.add_done_callback(over)

    def _prepare(self, address: str) -> None:
        def tell(about: Any, wrong: BaseException | None) -> Message:
            return Ready(address, f"{type(wrong).__name__}: {wrong}" if wrong else about)

        key = f"mlpcli-prepare-{secrets.token_hex(8)}"
        try:
            words = dict(self._variables), self._own
            self._then(key, self._task(address, key, worker.prepare, *words), tell)
        except Exception as error:
            self.told.put(tell(None, error))

    def _train(self, address: str, parcel: Parcel, paths: Sequence[str]) -> None:
        def tell(outcome: Any, wrong: BaseException | None) -> Message:
            return Ended(parcel.attempt, outcome, wrong)

        key = f"mlpcli-train-{parcel.attempt}"
        try:
            with self._sending[address]:  # a file goes there once
                for path in paths:
                    self._send(address, path)
            self._then(key, self._task(address, key, worker.train, parcel), tell)
        except Exception as error:
            self.told.put(tell(None, error))

    def _send(self, address: str, path: str) -> None:
        sha256 = self._files.sha256(path)
        key = f"mlpcli-holds-{secrets.token_hex(8)}"
        held = self._task(address, key, worker.holds, path, sha256).result()
        del self._tasks[key]
        if not held:
            send(path, sha256, lambda *words: self._run(worker.receive, *words, at=address))

    def _stop(self, attempts: tuple[str, ...]) -> None:
        try:
            self._run(worker.stop, attempts)
        except Exception as error:
            self.told.put(Gone(error))
