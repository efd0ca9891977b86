"""The way to the workers: those of a scheduler somewhere, or own ones on this machine."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from mlpcli.cluster import worker
from mlpcli.cluster.pool import Pool
from mlpcli.cluster.security import TlsFiles, security_of, security_of_own
from mlpcli.errors import RunError, shown
from mlpcli.runs import package_versions
from mlpcli.system import reason

CONNECT_SECONDS = 10.0
CLOSE_SECONDS = 5.0
NO_ANSWER = "no answer in {:g} s"
LOOPBACK = "127.0.0.1"
SHOWN_WORKERS = 5  # in a message


class ClusterError(RunError):
    """No cluster to train on."""


class AddressError(ClusterError):
    """What is no address of a scheduler."""

    exit_code = 2


@dataclass(frozen=True)
class Where:
    """Which workers: those of the scheduler at an address, or so many of this machine's own."""

    address: str | None = None
    workers: int | None = None
    tls: TlsFiles | None = None

    @property
    def text(self) -> str:
        """Say what is being done to have them."""
        if self.address is None:
            return f"starting {self.workers} workers" if self.workers != 1 else "starting a worker"
        return f"connecting to the scheduler at {shown(self.address)}"


@contextmanager
def cluster(where: Where) -> Iterator[Pool]:
    """Give the workers that are asked for.

    Own ones are processes that listen on the loopback interface alone, and end with this one.
    Raises ClusterError where there is no scheduler, no worker, or one with other versions.
    """
    if find_spec("distributed") is None:
        raise ClusterError(
            "training on a cluster needs the Python package distributed, not installed here",
            "install it: pip install 'mlpcli[cluster]'",
        )
    from mlpcli.cluster.quiet import quiet

    with quiet():
        given = (
            _own(where.workers or 1, security_of_own(where.tls))
            if where.address is None
            else _remote(where.address, security_of(where.tls))
        )
        with given as client:
            _require_workers(client)
            yield Pool(client, own=0 if where.address else where.workers or 1)


@contextmanager
def _own(count: int, security: Any) -> Iterator[Any]:
    """Give a client of workers that are processes of this one's."""
    from distributed import LocalCluster

    local = LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        processes=True,
        host=LOOPBACK,
        memory_limit=0,  # what fits is for the room to say
        dashboard_address=None,
        scheduler_kwargs={"dashboard": False, "dashboard_address": f"{LOOPBACK}:0"},
        silence_logs=logging.CRITICAL,
        security=security,
    )
    try:
        with _client(local.scheduler_address, local.security) as client:
            yield client
    finally:
        _end(local)


def _end(local: Any) -> None:
    """End own workers. They have nothing by then, and taking TensorFlow down takes seconds."""
    for nanny in local.workers.values():
        nanny.auto_restart = False
        with suppress(ProcessLookupError):
            if nanny.pid:
                os.kill(nanny.pid, signal.SIGKILL)
    with suppress(Exception):
        local.close(CLOSE_SECONDS)


@contextmanager
def _remote(address: str, security: Any) -> Iterator[Any]:
    where = full_address(address, security)
    _require_listener(where)
    _require_scheduler(where, security)
    with _client(where, security) as client:
        yield client


@contextmanager
def _client(address: str, security: Any) -> Iterator[Any]:
    from distributed import Client

    client = Client(
        address,
        timeout=CONNECT_SECONDS,
        security=security,
        set_as_default=False,
        direct_to_workers=False,
        name="mlpcli",
    )
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(CLOSE_SECONDS)


def full_address(address: str, security: Any) -> str:
    """Return an address with its protocol, which is tls where there are files of it.

    Raises AddressError.
    """
    protocol = "tls" if security.tls_ca_file else "tcp"
    full = address if "://" in address else f"{protocol}://{address}"
    parts = urlsplit(full)
    if parts.scheme == "tls" and not security.tls_ca_file:
        raise AddressError(
            f"{shown(address)}: needs the files of TLS",
            "--tls-ca-file, --tls-cert and --tls-key, or distributed.comm.tls in Dask's own config",
        )
    with suppress(ValueError):  # a port that is none
        if parts.scheme in ("tcp", "tls") and parts.hostname and parts.port:
            return full
    raise AddressError(
        f"{shown(address)}: no scheduler's address", "as in tcp://10.0.0.1:8786, with its port"
    )


def _require_listener(address: str) -> None:
    """Raise ClusterError where nothing listens at an address: sooner than Dask says so."""
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), CONNECT_SECONDS).close()
    except OSError as error:
        why = NO_ANSWER.format(CONNECT_SECONDS) if error.errno is None else reason(error)
        raise ClusterError(
            f"no scheduler at {shown(address)}: {why}", "start one: dask scheduler"
        ) from error


def _require_scheduler(address: str, security: Any) -> None:
    """Raise ClusterError where what listens does not speak as a scheduler does.

    A client that cannot connect would say so on the screen when it is cleared away.
    """
    from distributed.core import connect

    async def greet() -> None:
        words = security.get_connection_args("client")
        comm = await connect(address, timeout=CONNECT_SECONDS, **words)
        await comm.close()

    try:
        asyncio.run(asyncio.wait_for(greet(), CONNECT_SECONDS))
    except (OSError, TypeError, ValueError) as error:
        other = "tls" if address.startswith("tcp") else "tcp"
        raise ClusterError(
            f"what listens at {shown(address)} does not answer as a Dask scheduler: "
            f"{shown(error, 200) or NO_ANSWER.format(CONNECT_SECONDS)}",
            f"if it is one that speaks {other}, say {other}://, with the files of TLS for tls",
        ) from error


def _require_workers(client: Any) -> None:
    """Raise ClusterError where there is no worker, or one with other versions than here."""
    address = client.scheduler.address
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        raise ClusterError(
            f"no worker is connected to {address}, after {CONNECT_SECONDS:g} s",
            f"start one on each machine: dask worker {address} --nthreads 1",
        ) from error
    answers = client.run(worker.versions, on_error="return")
    own = package_versions()
    wrong = [line for name, each in answers.items() if (line := _difference(name, each, own))]
    if wrong:
        more = [f"and {len(wrong) - SHOWN_WORKERS:,} more"] if len(wrong) > SHOWN_WORKERS else []
        raise ClusterError(
            "\n".join([*wrong[:SHOWN_WORKERS], *more]),
            "install the same versions on every machine: numbers may depend on them",
        )


def _difference(name: str, answer: Any, own: Mapping[str, str]) -> str:
    """Say how a worker's versions differ from those here; "" where they do not."""
    if isinstance(answer, ImportError | AttributeError):
        return f"worker {shown(name)}: mlpcli is not installed there, or another version"
    if isinstance(answer, OSError):  # it has just gone, and so it trains nothing
        return ""
    if isinstance(answer, BaseException):
        return f"worker {shown(name)}: {shown(answer, 200)}"
    others = [
        f"{package} is {shown(answer.get(package))}, here {version}"
        for package, version in own.items()
        if answer.get(package) != version
    ]
    return f"worker {shown(name)}: {', '.join(others)}" if others else ""
