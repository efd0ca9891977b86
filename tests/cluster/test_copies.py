"""The user's files on a worker: sent in pieces, checked by their hashes, and read from the copy."""

import hashlib
from pathlib import Path

import pytest

from mlpcli.cluster import sending
from mlpcli.cluster.copies import Copies
from mlpcli.cluster.sending import Files, send
from mlpcli.data import elsewhere
from mlpcli.data.elsewhere import place_of
from mlpcli.data.registry import files_of
from mlpcli.data.spec import DataSpec
from mlpcli.errors import DataError

CONTENT = b"a,b\n" + b"1,2\n" * 100
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FAR = "/far/away/table.csv"  # a path of the head's


@pytest.fixture(autouse=True)
def _nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "_places", {})


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize("piece", [1 << 20, len(CONTENT), 7])
def test_a_file_comes_whole_in_pieces_of_any_size(
    piece: int, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PIECE", piece)
    copies = Copies(tmp_path / "worker")
    assert not copies.has(FAR, SHA256)
    send(str(table), SHA256, lambda _, *words: copies.receive(FAR, *words))
    assert place_of(FAR).read_bytes() == CONTENT
    assert place_of(FAR).name == "table.csv"
    assert copies.has(FAR, SHA256)
    assert not copies.has(FAR, "another")


def test_an_empty_file_comes_too(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    copies, empty = Copies(tmp_path / "worker"), hashlib.sha256(b"").hexdigest()
    send(str(tmp_path / "empty"), empty, lambda _, *words: copies.receive(FAR, *words))
    assert place_of(FAR).read_bytes() == b""


def test_what_is_not_what_was_sent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="another content than was sent"):
        Copies(tmp_path).receive(FAR, 0, b"other", SHA256)
    assert place_of(FAR) == Path(FAR)


def test_a_file_that_both_machines_see_is_not_sent(table: Path, tmp_path: Path) -> None:
    copies = Copies(tmp_path / "worker")
    assert copies.has(str(table), SHA256)
    assert place_of(str(table)) == table
    assert not (tmp_path / "worker").exists()


def test_no_path_leads_out_of_the_folder_of_copies(tmp_path: Path) -> None:
    Copies(tmp_path / "worker").receive("/../../etc/table.csv", 0, CONTENT, SHA256)
    assert (tmp_path / "worker/etc/table.csv").read_bytes() == CONTENT


def test_a_file_is_hashed_again_only_where_it_has_changed(table: Path) -> None:
    files = Files()
    assert files.sha256(str(table)) == SHA256
    table.write_bytes(b"other")
    assert files.sha256(str(table)) == hashlib.sha256(b"other").hexdigest()
    table.unlink()
    with pytest.raises(DataError, match=r"table\.csv: no such file or directory"):
        files.sha256(str(table))


def test_the_files_of_a_config_are_those_of_its_parts_and_labels_beside_them(
    tmp_path: Path,
) -> None:
    assert files_of(DataSpec("mnist")) == []
    images, labels = tmp_path / "images-idx3-ubyte", tmp_path / "labels-idx1-ubyte"
    images.touch()
    labels.touch()
    (tmp_path / "y.npy").touch()
    test = str(tmp_path / "test.npy")
    assert files_of(DataSpec(str(images), test=test)) == [str(images), str(labels), test]
    targets = str(tmp_path / "y.npy")
    assert files_of(DataSpec(test, target="y.npy", validation=0.2)) == [test, targets]
