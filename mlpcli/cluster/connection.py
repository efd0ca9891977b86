"""The way to the workers: those of a scheduler somewhere, or own ones on this machine."""

import logging
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from mlpcli.cluster import worker
from mlpcli.cluster.pool import Pool
from mlpcli.cluster.security import TlsFiles, security_of
from mlpcli.errors import RunError, shown
from mlpcli.files import reason
from mlpcli.runs import package_versions

CONNECT_SECONDS = 10.0
CLOSE_SECONDS = 5.0
LOOPBACK = "127.0.0.1"
SHOWN_WORKERS = 5  # in a message


class ClusterError(RunError):
    """No cluster to train on."""


class AddressError(ClusterError):
    """What is no address of a scheduler."""

    exit_code = 2


@contextmanager
def cluster(
    address: str | None = None, workers: int | None = None, tls: TlsFiles | None = None
) -> Iterator[Pool]:
    """Give the workers of the scheduler at an address, or so many of this machine's own.

    Own ones are processes that listen on the loopback interface alone, and end with this one.
    Raises ClusterError where there is no scheduler, no worker, or one with other versions.
    """
    if find_spec("distributed") is None:
        raise ClusterError(
            "training on a cluster needs the Python package distributed, not installed here",
            "install it: pip install 'mlpcli[cluster]'",
        )
    from mlpcli.cluster.quiet import quiet

    if (address is None) == (workers is None):
        raise ValueError("either an address, or a number of workers")
    with quiet():
        security = security_of(tls)
        given = _remote(address, security) if address else _own(workers or 1, security)
        with given as client:
            _require_workers(client, address)
            yield Pool(client, own=address is None)


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
        with suppress(Exception):
            local.close(CLOSE_SECONDS)


@contextmanager
def _remote(address: str, security: Any) -> Iterator[Any]:
    where = full_address(address, security)
    _require_listener(where)
    with _client(where, security) as client:
        yield client


@contextmanager
def _client(address: str, security: Any) -> Iterator[Any]:
    from distributed import Client

    try:
        client = Client(
            address,
            timeout=CONNECT_SECONDS,
            security=security,
            set_as_default=False,
            direct_to_workers=False,
            name="mlpcli",
        )
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(
            f"no Dask scheduler answers at {shown(address)}: {shown(error, 200)}",
            "tls:// addresses need the files of TLS, and tcp:// ones take none",
        ) from error
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(CLOSE_SECONDS)


def full_address(address: str, security: Any) -> str:
    """Return an address with its protocol, which is tls where there are files of it.

    Raises AddressError.
    """
    protocol = "tls" if security.require_encryption else "tcp"
    full = address if "://" in address else f"{protocol}://{address}"
    parts = urlsplit(full)
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
        why = f"no answer in {CONNECT_SECONDS:g} s" if error.errno is None else reason(error)
        raise ClusterError(
            f"no scheduler at {shown(address)}: {why}", "start one: dask scheduler"
        ) from error


def _require_workers(client: Any, address: str | None) -> None:
    """Raise ClusterError where there is no worker, or one with other versions than here."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError as error:
        raise ClusterError(
            f"no worker is connected to {shown(address or 'the scheduler')}",
            f"start one on each machine: dask worker {shown(address or 'ADDRESS')} --nthreads 1",
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
