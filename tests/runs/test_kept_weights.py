"""Weights that a run kept, read without TensorFlow: whole, and of that run's network."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from mlpcli.errors import RunError
from mlpcli.runs import checkpoint_steps, checkpoint_weights, load_run, trained_weights

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


def test_a_link_is_not_followed(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    shutil.copy(checkpoint_steps(FIXTURE)[40], tmp_path / "real")
    (tmp_path / "checkpoint-000000040.bin").symlink_to("real")
    with pytest.raises(RunError, match="a symbolic link"):
        checkpoint_weights(tmp_path / "checkpoint-000000040.bin", sizes)
