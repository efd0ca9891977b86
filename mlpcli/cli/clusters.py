"""The options of where many runs train: on this machine, or on the workers of a cluster."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlpcli.cli.options import PathWord

if TYPE_CHECKING:
    from mlpcli.cluster import TlsFiles, Where

Command = Callable[..., int]
MOST_WORKERS = 64  # processes of their own, each of which imports TensorFlow
TLS = {"tls_ca_file": "--tls-ca-file", "tls_cert": "--tls-cert", "tls_key": "--tls-key"}

_OPTIONS = (
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Train on the workers of this Dask scheduler: tcp://10.0.0.1:8786.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, MOST_WORKERS),
        metavar="N",
        help="Train in so many Dask worker processes on this machine.",
    ),
    click.option("--tls-ca-file", type=PathWord(), help="TLS: the authority's certificate."),
    click.option("--tls-cert", type=PathWord(), help="TLS: the certificate of this side."),
    click.option("--tls-key", type=PathWord(), help="TLS: its key, if in a file of its own."),
)


def CLUSTER(command: Command) -> Command:  # noqa: N802  # used like an option
    """Add the options that say which workers train, as `where`; None for this process."""

    @wraps(command)
    def with_where(scheduler: str | None, workers: int | None, **named: Any) -> int:
        files = {key: named.pop(key) for key in TLS}
        return command(where=_where(scheduler, workers, files), **named)

    for option in reversed(_OPTIONS):
        with_where = option(with_where)
    return with_where


def _where(
    scheduler: str | None, workers: int | None, files: dict[str, Path | None]
) -> "Where | None":
    """Return which workers are asked for. Raises UsageError for what does not go together."""
    if scheduler is not None and workers is not None:
        raise click.UsageError("--scheduler and --workers: two clusters; ask for one")
    tls = _tls(files)
    if scheduler is None and workers is None:
        if tls:
            raise click.UsageError("--tls-ca-file is for --scheduler or --workers; ask for one")
        return None
    from mlpcli.cluster import Where

    return Where(scheduler, workers, tls)


def _tls(files: dict[str, Path | None]) -> "TlsFiles | None":
    given = [TLS[key] for key, path in files.items() if path is not None]
    if not given:
        return None
    ca_file, cert, key = files.values()
    if ca_file is None or cert is None:
        raise click.UsageError(f"{given[0]}: TLS takes both --tls-ca-file and --tls-cert")
    from mlpcli.cluster import TlsFiles

    return TlsFiles(ca_file, cert, key)
