"""MNIST against its published sums, its splits, and which examples each step's batch has."""

import hashlib
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mlpcli.data.batches import batch_indices
from mlpcli.data.examples import Splits
from mlpcli.data.mnist import FILE, MNIST
from mlpcli.errors import DataError

MNIST = MNIST


@pytest.fixture(scope="module")
def mnist() -> Splits:
    return MNIST.load()


def idx_sha256(array: NDArray[np.generic]) -> str:
    """Return the sum of the array's IDX file: 0, 0, type 8 for bytes, dimensions, sizes, bytes."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return hashlib.sha256(header + array.astype(np.uint8).tobytes()).hexdigest()


def test_validation_then_training_images_are_the_training_file_of_mnist(mnist: Splits) -> None:
    images = np.concatenate([mnist.validation.features, mnist.train.features])
    assert idx_sha256(images.reshape(60_000, 28, 28)) == (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    )


def test_validation_then_training_labels_are_the_training_file_of_mnist(mnist: Splits) -> None:
    labels = np.concatenate([mnist.validation.targets, mnist.train.targets])
    assert idx_sha256(labels) == "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"


def test_test_images_are_the_test_file_of_mnist(mnist: Splits) -> None:
    assert idx_sha256(mnist.test.features.reshape(10_000, 28, 28)) == (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    )


def test_test_labels_are_the_test_file_of_mnist(mnist: Splits) -> None:
    assert idx_sha256(mnist.test.targets) == (
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    )


def test_the_first_5000_of_the_training_file_validate_and_55000_train(mnist: Splits) -> None:
    assert (len(mnist.validation), len(mnist.train), len(mnist.test)) == (5_000, 55_000, 10_000)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_images_are_rows_of_bytes(mnist: Splits, part: str) -> None:
    images = getattr(mnist, part).features
    assert images.dtype == np.uint8
    assert images.shape == (len(getattr(mnist, part)), 784)


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_labels_are_int32(mnist: Splits, part: str) -> None:
    labels = getattr(mnist, part).targets
    assert labels.dtype == np.int32
    assert labels.shape == (len(getattr(mnist, part)),)


def test_what_is_declared_of_a_data_set_is_what_it_has(mnist: Splits) -> None:
    assert MNIST.train_examples == len(mnist.train)
    assert MNIST.inputs == mnist.train.features.shape[1]
    assert {MNIST.scale} == {mnist.train.scale, mnist.validation.scale, mnist.test.scale}
    assert set(range(MNIST.outputs)) == set(mnist.train.targets.tolist())


def test_the_largest_class_of_the_validation_examples_is_declared(mnist: Splits) -> None:
    counts = np.bincount(mnist.validation.targets)
    assert MNIST.largest_class == counts.max() / len(mnist.validation)


def test_the_test_sets_targets_alone_are_those_of_the_split(mnist: Splits) -> None:
    assert (MNIST.test_targets() == mnist.test.targets).all()
    assert (replace(MNIST, only_test_targets=None).test_targets() == mnist.test.targets).all()


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], DataError]:
    """Say how a file in the place of MNIST's is refused."""

    def refused(file: Path) -> DataError:
        monkeypatch.setattr("mlpcli.data.mnist.FILE", file)
        with pytest.raises(DataError) as caught:
            MNIST.load()
        assert caught.value.hint == "reinstall mlpcli"
        return caught.value

    return refused


Refusal = Callable[[Path], DataError]


def test_a_missing_data_file_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    file = tmp_path / "mnist.npz"
    assert str(refusal(file)) == f"{file}: No such file or directory"


def test_a_directory_for_a_data_file_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    assert str(refusal(tmp_path)) == f"{tmp_path}: Is a directory"


def test_a_data_file_with_one_bit_altered_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    content = bytearray(FILE.read_bytes())
    content[5_000_000] ^= 1
    file = tmp_path / "mnist.npz"
    file.write_bytes(content)
    assert str(refusal(file)) == f"{file}: not the mnist it should be"


def test_a_data_file_cut_short_is_refused(refusal: Refusal, tmp_path: Path) -> None:
    file = tmp_path / "mnist.npz"
    file.write_bytes(FILE.read_bytes()[:-1])
    assert str(refusal(file)) == f"{file}: not the mnist it should be"


@pytest.mark.parametrize("order", ["sequential", "shuffle"])
def test_batches_are_int32_of_steps_by_batch_size(order: str) -> None:
    indices = batch_indices(order, 10, 4, seed=0, first=3, count=7)
    assert indices.dtype == np.int32
    assert indices.shape == (7, 4)


@pytest.mark.parametrize(
    ("examples", "batch_size", "starts"),
    [
        (10, 4, [0, 4, 2, 0, 4, 2, 0]),  # 0, 4, 8, 12, 16, 20, 24 mod 6
        (10, 5, [0, 0, 0, 0, 0, 0, 0]),  # multiples of 5 mod 5: the set's last 5 have no turn
        (10, 3, [0, 3, 6, 2, 5, 1, 4]),  # 0, 3, 6, 9, 12, 15, 18 mod 7
        (10, 1, [0, 1, 2, 3, 4, 5, 6]),
        (10, 9, [0, 0, 0, 0, 0, 0, 0]),  # mod 1
        (10, 10, [0, 0, 0, 0, 0, 0, 0]),  # the batch is the whole set
        (1, 1, [0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_sequential_batches_begin_at_their_first_example_modulo_the_rest(
    examples: int, batch_size: int, starts: list[int]
) -> None:
    indices = batch_indices("sequential", examples, batch_size, seed=0, first=1, count=7)
    assert indices.tolist() == [list(range(start, start + batch_size)) for start in starts]


def test_a_sequential_batch_far_on_is_that_of_its_step() -> None:
    # 99,999,999 * 100 = 9,999,999,900 = 182,149 * 54,900 + 19,800: beyond what int32 holds
    indices = batch_indices("sequential", 55_000, 100, seed=0, first=100_000_000, count=1)
    assert indices.tolist() == [list(range(19_800, 19_900))]


def test_sequential_batches_know_no_seed() -> None:
    one = batch_indices("sequential", 10, 4, seed=1, first=1, count=7)
    two = batch_indices("sequential", 10, 4, seed=2, first=1, count=7)
    assert (one == two).all()


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 7, 9, 10])
def test_each_shuffled_pass_has_every_example_once(batch_size: int) -> None:
    # 10 * batch_size examples are batch_size passes whether or not batch_size divides 10
    stream = batch_indices("shuffle", 10, batch_size, seed=0, first=1, count=10).ravel()
    for number, shuffled in enumerate(stream.reshape(batch_size, 10)):
        assert sorted(shuffled.tolist()) == list(range(10)), f"pass {number}"


def test_a_shuffled_batch_may_span_two_passes() -> None:
    # of batches of 4, the third takes the last 2 of pass 1 and the first 2 of pass 2
    first, second = batch_indices("shuffle", 10, 10, seed=0, first=1, count=2).tolist()
    (third,) = batch_indices("shuffle", 10, 4, seed=0, first=3, count=1).tolist()
    assert third == first[8:] + second[:2]


def test_the_shuffled_order_is_the_same_whatever_the_batch_size() -> None:
    streams = [
        batch_indices("shuffle", 10, batch_size, seed=0, first=1, count=30 // batch_size).ravel()
        for batch_size in (1, 2, 3, 5, 10)
    ]
    assert all((stream == streams[0]).all() for stream in streams)


@pytest.mark.parametrize("order", ["sequential", "shuffle"])
@pytest.mark.parametrize("batch_size", [1, 3, 5, 10])
def test_a_step_has_the_same_batch_alone_as_among_others(order: str, batch_size: int) -> None:
    together = batch_indices(order, 10, batch_size, seed=3, first=1, count=40)
    for step in reversed(range(1, 41)):
        alone = batch_indices(order, 10, batch_size, seed=3, first=step, count=1)
        assert (alone[0] == together[step - 1]).all(), f"step {step}"


def test_a_seed_gives_its_order_again_after_others() -> None:
    before = batch_indices("shuffle", 1_000, 100, seed=5, first=1, count=10)
    for seed in range(4):
        batch_indices("shuffle", 1_000, 100, seed=seed, first=1, count=10)
    assert (batch_indices("shuffle", 1_000, 100, seed=5, first=1, count=10) == before).all()


def test_a_callers_changes_to_a_batch_do_not_reach_the_next() -> None:
    before = batch_indices("shuffle", 10, 10, seed=0, first=1, count=1)
    kept = before.copy()
    before[:] = 0
    assert (batch_indices("shuffle", 10, 10, seed=0, first=1, count=1) == kept).all()


def test_seeds_have_orders_of_their_own() -> None:
    orders = {
        tuple(batch_indices("shuffle", 1_000, 1_000, seed=seed, first=1, count=1)[0].tolist())
        for seed in (0, 1, 2, 2**32 - 1)
    }
    assert len(orders) == 4


def test_passes_have_orders_of_their_own() -> None:
    passes = batch_indices("shuffle", 1_000, 1_000, seed=0, first=1, count=4)
    assert len({tuple(shuffled) for shuffled in passes.tolist()}) == 4


def test_a_seed_and_the_next_pass_are_not_the_next_seed() -> None:
    one = batch_indices("shuffle", 1_000, 1_000, seed=0, first=2, count=1)
    two = batch_indices("shuffle", 1_000, 1_000, seed=1, first=1, count=1)
    assert (one != two).any()
