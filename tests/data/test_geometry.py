"""The lengths and angles of examples: by hand, of MNIST, and from the cache."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from mlpcli.data import geometry
from mlpcli.data.examples import Examples
from mlpcli.data.geometry import Geometry, cached_geometry, measure
from mlpcli.data.mnist import MNIST

KNOWN = Geometry(norm=2.0, square_norm=5.0, cosine=0.5, class_cosine=0.75)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(geometry, "_known", {})
    return tmp_path / "mlpcli" / f"geometry-{geometry.VERSION}-abc.json"


def examples() -> Examples:
    """Two of class 0 at a right angle, and one of class 1 along the first, scaled by a half."""
    features = np.array([[6, 0], [0, 8], [10, 0]], np.uint8)
    return Examples(features, np.array([0, 0, 1], np.int32), 0.5)


def test_the_geometry_of_three_examples_is_that_of_a_hand() -> None:
    found = measure(examples())
    assert found.norm == pytest.approx((3 + 4 + 5) / 3)
    assert found.square_norm == pytest.approx((9 + 16 + 25) / 3)
    assert found.cosine == pytest.approx(1 / 3)  # one pair of three is parallel
    assert found.class_cosine == pytest.approx(0.0, abs=1e-12)


def test_an_example_of_nothing_but_zeros_is_at_a_right_angle_to_all() -> None:
    features = np.array([[0, 0], [3, 4], [3, 4]], np.float32)
    found = measure(Examples(features, np.zeros(3, np.int32)))
    assert found.norm == pytest.approx(10 / 3)
    assert found.cosine == found.class_cosine == pytest.approx(1 / 3)


def test_targets_that_are_values_have_no_classes() -> None:
    features = np.array([[6, 0], [0, 8], [10, 0]], np.float32)
    for values in (np.array([0.5, -1, 2], np.float32), np.ones((3, 2), np.float32)):
        found = measure(Examples(features, values))  # type: ignore[arg-type]
        assert found.cosine == found.class_cosine == pytest.approx(1 / 3)


def test_classes_in_parts_of_the_data_are_summed_over_the_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 40, 200).astype(np.int32)
    many = Examples(rng.standard_normal((200, 3)).astype(np.float32), targets)
    whole = measure(many)
    monkeypatch.setattr(geometry, "PART", 7 * 3)  # 7 examples at once, each of few classes
    assert measure(many).class_cosine == pytest.approx(whole.class_cosine, rel=1e-6)
    x = many.features / np.linalg.norm(many.features, axis=1, keepdims=True)
    same = (targets[:, None] == targets) & ~np.eye(200, dtype=bool)
    assert whole.class_cosine == pytest.approx((x @ x.T)[same].mean(), rel=1e-5)


def test_the_geometry_of_mnist_is_that_of_a_sample_of_its_pairs() -> None:
    train = MNIST.load().train
    found = measure(train)
    x = train.features.astype(np.float32) / np.float32(255)
    assert found.norm == pytest.approx(np.linalg.norm(x, axis=1).mean(), rel=1e-5)
    assert found.square_norm == pytest.approx((x**2).sum(axis=1).mean(), rel=1e-5)
    one, other = np.random.default_rng(0).integers(0, len(x), (2, 30_000))
    cosines = (x[one] * x[other]).sum(axis=1)
    cosines /= np.linalg.norm(x[one], axis=1) * np.linalg.norm(x[other], axis=1)
    same = train.targets[one] == train.targets[other]
    assert found.cosine == pytest.approx(cosines.mean(), abs=0.004)
    assert found.class_cosine == pytest.approx(cosines[same].mean(), abs=0.01)


def test_it_is_computed_once_and_kept_by_the_datas_sha256(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cached_geometry("abc", examples)
    assert json.loads(cache.read_text())["norm"] == first.norm
    monkeypatch.setattr(geometry, "_known", {})  # another process
    assert cached_geometry("abc", lambda: pytest.fail("computed anew")) == first


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "[" * 5_000,
        '{"norm": 1.0, "square_norm": 1.0, "cosine": 0.1}',
        '{"norm": NaN, "square_norm": 1.0, "cosine": 0.1, "class_cosine": 0.1}',
        '{"norm": 2.0, "square_norm": 1.0, "cosine": 0.1, "class_cosine": 0.1}',  # below norm^2
        '{"norm": 1.0, "square_norm": 2.0, "cosine": 1.1, "class_cosine": 0.1}',
        '{"norm": "1", "square_norm": 2.0, "cosine": 0.1, "class_cosine": 0.1}',
    ],
)
def test_a_cache_that_cannot_be_true_is_computed_anew(content: str, cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_text(content)
    assert cached_geometry("abc", examples) == measure(examples())
    assert json.loads(cache.read_text())["norm"] == measure(examples()).norm  # and mended


def test_without_a_folder_to_keep_it_in_it_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geometry, "_known", {})
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "")
    assert cached_geometry("abc", examples) == measure(examples())


def test_a_normal_logarithm_of_the_norm_has_this_variance_and_median() -> None:
    assert KNOWN.log_norm_variance == pytest.approx(math.log(5 / 4))
    assert KNOWN.median_norm == pytest.approx(2 / math.sqrt(5 / 4))
