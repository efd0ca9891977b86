"""TLS: the files that a command names, as Dask takes them."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mlpcli.errors import RunError, shown_path
from mlpcli.system import reason


@dataclass(frozen=True)
class TlsFiles:
    """Files in PEM: the authority that signs for the cluster, and this side's certificate and key.

    The key may stand in the file of the certificate.
    """

    ca_file: Path
    cert: Path
    key: Path | None = None


class TlsError(RunError):
    """Files of TLS that cannot be used."""

    exit_code = 2


def security_of(tls: TlsFiles | None) -> Any:
    """Return what Dask is to use: those files for every role, or what its own config says.

    Raises TlsError where a file cannot be read.
    """
    from distributed.security import Security

    if tls is None:
        return Security()
    for option, path in (("ca-file", tls.ca_file), ("cert", tls.cert), ("key", tls.key)):
        try:
            if path is not None:
                path.read_bytes()
        except OSError as error:
            raise TlsError(f"--tls-{option} {shown_path(path or '')}: {reason(error)}") from error
    files = {
        f"tls_{role}_{kind}": str(path)
        for role in ("client", "scheduler", "worker")
        for kind, path in (("cert", tls.cert), ("key", tls.key))
        if path is not None
    }
    security = Security(tls_ca_file=str(tls.ca_file), require_encryption=True, **files)
    try:
        security.get_connection_args("client")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise TlsError(
            f"--tls-cert {shown_path(tls.cert)} with its key and --tls-ca-file: {error}",
            "all are in PEM; the key is that of the certificate, and has no password",
        ) from error
    return security


def security_of_own(tls: TlsFiles | None) -> Any:
    """Return what workers of this process's own are to use: without files, certificates just made.

    For whoever can connect to a scheduler can have it run what he likes, and so could others who
    work on this machine. They are made where the package cryptography is installed.
    """
    from distributed.security import Security

    security = security_of(tls)
    if security.tls_ca_file or find_spec("cryptography") is None:
        return security
    return Security.temporary()
