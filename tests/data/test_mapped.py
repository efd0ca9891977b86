"""Data that do not fit into memory: what is refused, and what is mapped to the same bits."""

import resource
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlpcli.data.dataset import Dataset
from mlpcli.data.mapped import MappedFeatures
from mlpcli.data.own import dataset_from
from mlpcli.data.raw import read_raw
from mlpcli.data.sources import bounds, read_source
from mlpcli.data.spec import DataSpec
from mlpcli.errors import DataError

ROWS = 3_000


def read_dataset(spec: DataSpec) -> Dataset:
    return dataset_from(read_raw(spec))


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """Give what leaves so little memory that nothing fits."""
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))

    def leave() -> None:
        monkeypatch.setattr(bounds, "FEW", 1_000)
        monkeypatch.setattr(bounds, "physical_memory", lambda: 10**9)

    return leave


def columns() -> dict[str, list[Any]]:
    draw = np.random.default_rng(0)
    x = draw.normal(size=(ROWS, 3))
    a: list[Any] = x[:, 0].tolist()
    a[5] = a[77] = None
    return {
        "a": a,
        "b": (100 * x[:, 1]).round().astype(int).tolist(),
        "c": draw.choice(["red", "green", None], ROWS).tolist(),
        "d": (x[:, 2] > 0).tolist(),
        "y": np.where(x[:, 0] > 0.3, "yes", "no").tolist(),
    }


def parquet(folder: Path) -> Path:
    pl.DataFrame(columns()).write_parquet(folder / "t.parquet", row_group_size=700)
    return folder / "t.parquet"


def arrow(folder: Path) -> Path:
    pl.DataFrame(columns()).write_ipc(folder / "t.arrow")
    return folder / "t.arrow"


def numbers(kind: str, order: Any = "C") -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        x = np.random.default_rng(1).normal(size=(ROWS, 6)) * 30 + 100
        x[:, 5] = x[:, 0] > 100
        if kind == "f4":
            x[3, 1] = np.nan
        np.save(folder / "t.npy", np.asarray(x.astype(kind), order=order))
        return folder / "t.npy"

    return made


def idx(code: int, kind: str) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        x = np.random.default_rng(2).integers(0, 200, (ROWS, 4, 3)).astype(kind)
        y = np.random.default_rng(3).integers(0, 3, ROWS).astype("u1")
        head = struct.pack(">HBB3I", 0, code, 3, *x.shape)
        (folder / "a-images-idx3-ubyte").write_bytes(head + x.tobytes())
        head = struct.pack(">HBBI", 0, 8, 1, ROWS)
        (folder / "a-labels-idx1-ubyte").write_bytes(head + y.tobytes())
        return folder / "a-images-idx3-ubyte"

    return made


FILES = {
    "parquet": parquet,
    "arrow": arrow,
    "float32": numbers("f4"),
    "float64 by columns": numbers("f8", "F"),
    "int16": numbers("i2"),
    "bytes": numbers("u1"),
    "IDX of bytes": idx(8, ">u1"),
    "IDX of float32": idx(13, ">f4"),
}


@pytest.mark.parametrize("scaling", [None, "robust"])
@pytest.mark.parametrize("kind", FILES)
def test_mapped_data_are_those_in_memory_to_the_bit(
    kind: str, scaling: str | None, tmp_path: Path, little: Callable[[], None]
) -> None:
    spec = DataSpec(str(FILES[kind](tmp_path)), scaling=scaling)
    held = read_dataset(spec)
    expected = held.load()
    little()
    mapped = read_dataset(spec)
    found = mapped.load()
    assert mapped.facts == held.facts
    assert mapped.warnings == held.warnings
    assert mapped.spec == held.spec
    for part in ("train", "validation", "test"):
        one, other = getattr(expected, part), getattr(found, part)
        assert isinstance(other.features, MappedFeatures)
        assert other.features.dtype == one.features.dtype
        assert other.features.shape == one.features.shape
        assert np.array_equal(other.features[:], one.features)
        assert np.array_equal(other[7:90].features, one[7:90].features)
        assert np.array_equal(other.targets, one.targets)
    assert not list((tmp_path / "scratch").iterdir())  # its files have no names


def test_bytes_are_read_where_they_are_and_copied_nowhere(
    tmp_path: Path, little: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    little()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    data = read_dataset(DataSpec(str(idx(8, ">u1")(tmp_path))))
    assert data.load().train.features.shape == (1_950, 12)


def test_values_are_targets_of_mapped_data_too(tmp_path: Path, little: Callable[[], None]) -> None:
    spec = DataSpec(str(parquet(tmp_path)), target=("a", "b"), ignore=("y",))
    pl.DataFrame(columns()).drop_nulls("a").write_parquet(tmp_path / "t.parquet")
    held = read_dataset(spec).load()
    little()
    mapped = read_dataset(spec).load()
    assert mapped.train.targets.shape == (len(held.train), 2)
    assert np.array_equal(mapped.train.targets, held.train.targets)
    assert np.array_equal(mapped.train.features[:], held.train.features)


def test_a_table_of_text_that_does_not_fit_is_refused_with_both_numbers_and_what_to_do(
    tmp_path: Path, little: Callable[[], None]
) -> None:
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 10_000)
    little()
    # 2 columns of int64, and of float32 when they are prepared: 10,000 * 2 * 12 bytes, and a few
    with pytest.raises(DataError, match=r"takes about 240,0.. bytes of memory") as found:
        read_source(tmp_path / "t.csv")
    assert "allowed 1,000 bytes beside the program" in str(found.value)
    assert "save it as Parquet" in found.value.hint
    assert "ignore: [" in found.value.hint


def test_what_fits_as_filed_but_not_prepared_is_refused(
    tmp_path: Path, little: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"name {i % 40}" for i in range(1_000)]
    pl.DataFrame({"a": names, "y": ["no", "yes"] * 500}).write_parquet(tmp_path / "t.parquet")
    little()
    monkeypatch.setattr(bounds, "FEW", 100_000)
    # one-hot: 40 features, 160,000 bytes
    with pytest.raises(DataError, match=r"t.parquet: 40 features: takes about 1[67].,... bytes"):
        read_dataset(DataSpec(str(tmp_path / "t.parquet")))


def test_a_disk_that_is_too_full_for_the_prepared_rows_is_refused_with_both_numbers(
    tmp_path: Path, little: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = DataSpec(str(numbers("f4")(tmp_path)))
    little()
    full = type("Full", (), {"f_bavail": 3, "f_frsize": 4_096})
    monkeypatch.setattr("os.statvfs", lambda _: full)
    # 3,000 rows of 5 columns and one that says where one of them is missing
    with pytest.raises(DataError, match="72,000 bytes of disk, allowed 12,288 bytes") as found:
        read_dataset(spec).load()
    assert "TMPDIR=" in found.value.hint


def test_a_number_beyond_float32_is_found_in_mapped_data_at_its_place(
    tmp_path: Path, little: Callable[[], None]
) -> None:
    x = np.random.default_rng(0).normal(size=(ROWS, 3))
    x[:, 2] = x[:, 0] > 0
    x[2_999, 1] = 1e39
    np.save(tmp_path / "t.npy", x)
    little()
    with pytest.raises(DataError, match=r"t.npy: row 3,000, column 1: 1: 1e\+39 is beyond"):
        read_dataset(DataSpec(str(tmp_path / "t.npy"))).load()


@pytest.mark.parametrize(
    "limit", [{"RLIMIT_DATA": 1_800_000_000}, {"RLIMIT_AS": 3_700_000_000}, {}]
)
def test_what_fits_goes_by_the_least_of_memory_and_limits(
    limit: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        bounds,
        "limit_of",
        lambda kind: next((v for k, v in limit.items() if getattr(resource, k) == kind), None),
    )
    monkeypatch.setattr(bounds, "physical_memory", lambda: 2 * 10**9)
    # 0.8 * 2 GB, 1.8 GB / 1.2, 3.7 GB - 2.2 GB of addresses; less the program's 0.83 GB
    room = 770_000_000 if not limit else 670_000_000
    assert bounds.room_to_train() == room
    assert bounds.fits_training(room)
    assert not bounds.fits_training(room + 1)
