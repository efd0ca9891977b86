"""Weights that a run kept, read without TensorFlow: whole, and of that run's network."""

import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from mlpcli.errors import RunError
from mlpcli.runs import checkpoint_steps, checkpoint_weights, load_run, trained_weights

Damage = Callable[[h5py.File, str, Path], None]
FIXTURE = Path(__file__).parent / "fixtures" / "20261126-011336-short-806e"


@pytest.fixture
def sizes() -> tuple[int, ...]:
    """Give the sizes of the fixture's network."""
    config = load_run(FIXTURE).config
    return (784, config["width"], 10)


def test_the_last_checkpoint_has_the_weights_of_the_network(sizes: tuple[int, ...]) -> None:
    files = checkpoint_steps(FIXTURE)
    assert [*files] == [33, 40]
    last, kept = checkpoint_weights(files[40], sizes), trained_weights(FIXTURE, sizes)
    assert [each.shape for each in kept] == [(784, sizes[1]), sizes[1:2], (sizes[1], 10), (10,)]
    for a, b in zip(last, kept, strict=True):
        assert np.array_equal(a, b)


def test_what_is_of_another_network_is_refused(sizes: tuple[int, ...]) -> None:
    for wrong in ((784, sizes[1] + 1, 10), (784, 10), (784, sizes[1], sizes[1], 10)):
        with pytest.raises(RunError, match="damaged, or not of this run's network"):
            checkpoint_weights(checkpoint_steps(FIXTURE)[40], wrong)
        with pytest.raises(RunError, match="damaged, or not of this run's network"):
            trained_weights(FIXTURE, wrong)


@pytest.mark.parametrize("where", [0, 70, 2_000, -1])
def test_a_byte_that_is_wrong_is_noticed(
    tmp_path: Path, sizes: tuple[int, ...], where: int
) -> None:
    content = bytearray(checkpoint_steps(FIXTURE)[40].read_bytes())
    content[where] ^= 1
    path = tmp_path / "checkpoint-000000040.bin"
    path.write_bytes(content)
    with pytest.raises(RunError, match="damaged"):
        checkpoint_weights(path, sizes)


def _elsewhere(file: h5py.File, name: str, other: Path) -> None:
    del file[name]
    file[name] = h5py.ExternalLink(str(other), name)


def _soft(file: h5py.File, name: str, other: Path) -> None:
    file.move(name, "moved")
    file[name] = h5py.SoftLink("/moved")


def _external(file: h5py.File, name: str, other: Path) -> None:
    del file[name]
    place = [(str(other), 0, 4 * 784 * 8)]
    file.create_dataset(name, (784, 8), "f4", external=place)


def _virtual(file: h5py.File, name: str, other: Path) -> None:
    del file[name]
    layout = h5py.VirtualLayout((784, 8), "f4")
    layout[:] = h5py.VirtualSource(str(other), name, (784, 8))
    file.create_virtual_dataset(name, layout)


def _of_nothing(file: h5py.File, name: str, other: Path) -> None:
    del file[name]
    file.create_dataset(name, (784, 8), "f4", chunks=(784, 8))


def _unwritten(file: h5py.File, name: str, other: Path) -> None:
    del file[name]
    file.create_dataset(name, (784, 8), "f4")


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    "damage", [_elsewhere, _soft, _external, _virtual, _of_nothing, _unwritten]
)
def test_weights_that_are_not_in_the_file_itself_are_refused(
    tmp_path: Path, sizes: tuple[int, ...], damage: Damage, whole: bool
) -> None:
    run = Path(shutil.copytree(FIXTURE, tmp_path / "run"))
    other = tmp_path / "other"
    if whole:
        other.write_bytes(_weights(run))  # where reading would go well
    else:
        os.mkfifo(other)  # where it would wait for ever
    content = io.BytesIO(_weights(run) + bytes(784 * 8 * 4))
    with h5py.File(content, "r+") as file:
        damage(file, "layers/dense/vars/0", other)
    with zipfile.ZipFile(run / "model.keras", "w") as archive:
        archive.writestr("model.weights.h5", content.getvalue())
    with pytest.raises(RunError, match="damaged, or not of this run's network"):
        trained_weights(run, sizes)


def _weights(run: Path) -> bytes:
    with zipfile.ZipFile(run / "model.keras") as archive:
        return archive.read("model.weights.h5")


def test_a_network_that_is_larger_than_its_file_takes_no_memory() -> None:
    with pytest.raises(RunError, match="damaged, or not of this run's network"):
        trained_weights(FIXTURE, (784, 10**9, 10**9, 10))


def test_a_link_is_not_followed(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    shutil.copy(checkpoint_steps(FIXTURE)[40], tmp_path / "real")
    (tmp_path / "checkpoint-000000040.bin").symlink_to("real")
    with pytest.raises(RunError, match="a symbolic link"):
        checkpoint_weights(tmp_path / "checkpoint-000000040.bin", sizes)
