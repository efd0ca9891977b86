"""What is said where there is no cluster to train on, before anything is written."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlpcli.cluster import TlsFiles, Where, cluster, connection
from mlpcli.cluster.connection import AddressError, _difference, full_address
from mlpcli.cluster.security import TlsError
from mlpcli.errors import MlpcliError

security = pytest.importorskip(
    "distributed.security", reason="not installed: pip install 'mlpcli[cluster]'"
)


def refusal(address: str, tls: TlsFiles | None = None) -> MlpcliError:
    with pytest.raises(MlpcliError) as caught, cluster(Where(address, tls=tls)):
        pass
    return caught.value


@pytest.fixture
def port() -> Iterator[int]:
    """Give a port at which something listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_an_address_where_nothing_listens() -> None:
    error = refusal("127.0.0.1:1")
    assert str(error) == "no scheduler at tcp://127.0.0.1:1: connection refused"
    assert error.hint == "start one: dask scheduler"


def test_an_address_that_does_not_answer(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.3)
    error = refusal(f"tcp://127.0.0.1:{port}")
    where = f"what listens at tcp://127.0.0.1:{port} does not answer as a Dask scheduler: "
    assert str(error).startswith(where)
    assert "say tls://" in error.hint


@pytest.mark.parametrize("address", ["", "here", "tcp://", "udp://a:1", "a:b", "tcp://a:70000"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(AddressError, match=r"^.*: no scheduler's address$"):
        full_address(address, security.Security())


def test_the_protocol_follows_from_the_files() -> None:
    files = security.Security(tls_ca_file="a.pem", require_encryption=True)
    assert full_address("a:8786", security.Security()) == "tcp://a:8786"
    assert full_address("a:8786", files) == "tls://a:8786"
    with pytest.raises(AddressError, match="needs the files of TLS"):
        full_address("tls://a:8786", security.Security())


def test_files_of_tls_that_are_not_there_or_are_none(tmp_path: Path) -> None:
    missing, other = tmp_path / "missing.pem", tmp_path / "other.pem"
    other.write_text("nothing\n")
    error = refusal("a:8786", TlsFiles(missing, missing))
    assert isinstance(error, TlsError)
    assert str(error).startswith("--tls-ca-file ")
    assert str(error).endswith("missing.pem: no such file or directory")
    assert "other.pem with its key" in str(refusal("a:8786", TlsFiles(other, other)))


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "find_spec", lambda _: None)
    assert refusal("a:8786").hint == "install it: pip install 'mlpcli[cluster]'"


def test_other_versions_are_named() -> None:
    own = {"python": "3.11.7", "tensorflow": "2.21.0"}
    assert _difference("tcp://a:1", own, own) == ""
    assert _difference("tcp://a:1", {"python": "3.11.7", "tensorflow": "2.20.0"}, own) == (
        "worker tcp://a:1: tensorflow is 2.20.0, here 2.21.0"
    )
    missing = ModuleNotFoundError("No module named 'mlpcli'")
    assert "mlpcli is not installed there" in _difference("tcp://a:1", missing, own)
