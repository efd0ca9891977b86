"""A sweep on workers that speak TLS: with the files of one authority, and not without them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from remote_workers import Workers, ended_within
from running import mlpcli
from small_sweep import made, only_sweep, sweeps

pytest.importorskip("distributed", reason="not installed: pip install 'mlpcli[cluster]'")
x509 = pytest.importorskip("cryptography.x509", reason="pip install 'mlpcli[cluster]'")
pytestmark = pytest.mark.process

WORDS = ("sweep", "base.yaml", "learning_rate=0.1,0.2", "--seeds", "1", "-q")
OPTIONS = ("--tls-ca-file", "ca.pem", "--tls-cert", "me.pem", "--tls-key", "me.key")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an authority's certificate, and one that it signed, with its key."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder = tmp_path_factory.mktemp("tls")
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("ca", "me")}
    names = {n: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)]) for n in keys}
    for name, key in keys.items():
        built = (
            x509.CertificateBuilder()
            .subject_name(names[name])
            .issuer_name(names["ca"])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(hours=1))
            .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
            .add_extension(x509.BasicConstraints(name == "ca", None), critical=True)
            .sign(keys["ca"], hashes.SHA256())
        )
        (folder / f"{name}.pem").write_bytes(built.public_bytes(serialization.Encoding.PEM))
        (folder / f"{name}.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return folder


@pytest.fixture(scope="module")
def workers(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Give a scheduler with a worker, both of which speak TLS alone."""
    found = Workers(tmp_path_factory.mktemp("workers"))
    options = [files / word if word[0] != "-" else word for word in OPTIONS]
    tls = tuple(map(str, options))
    file = found.folder / "scheduler.json"
    words = ("--protocol", "tls", "--host", "tls://127.0.0.1", "--port", "0", *tls)
    found.start("dask_scheduler", *words, "--scheduler-file", str(file))
    assert ended_within(30, lambda: file.exists() and '"address"' in file.read_text())
    found.address = str(json.loads(file.read_text())["address"])
    found.start_worker(*tls)
    yield found
    for process in found.processes:
        process.kill()
        process.wait()


def test_a_sweep_trains_with_the_files_and_not_without(
    files: Path, workers: Workers, tmp_path: Path
) -> None:
    place = made(tmp_path)
    assert workers.address.startswith("tls://127.0.0.1:")
    refused = mlpcli([*WORDS, "--scheduler", workers.address], place)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "needs the files of TLS" in refused.stderr
    plain = mlpcli([*WORDS, "--scheduler", workers.address.replace("tls", "tcp")], place)
    assert plain.returncode == 1
    assert "does not answer as a Dask scheduler" in plain.stderr
    assert not sweeps(place)
    for each in files.iterdir():
        (place / each.name).write_bytes(each.read_bytes())
    done = mlpcli([*WORDS, "--scheduler", workers.address, *OPTIONS], place)
    assert done.returncode == 0, done.stderr
    assert len([*only_sweep(place).glob("*/summary.json")]) == 2
