"""What is large is read, predicted and written some rows at a time."""

import resource
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from mlpcli.data import DataFacts, DataSpec, Table, dataset_of, read_new_rows
from mlpcli.data.sources import columnar, text
from mlpcli.data.sources.reread import RereadFrame
from mlpcli.data.sources.scanned import ScannedFrame
from mlpcli.errors import DataError
from mlpcli.export.prediction_files import write_predictions

ROWS = 3_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with rows.csv and rows.parquet: whole numbers that late have a fraction."""
    found = tmp_path_factory.mktemp("streamed")
    numbers = range(ROWS)
    frame = pl.DataFrame(
        {
            "place": [("Dream", "the, quoted", None)[i % 3] for i in numbers],
            "mass": [i + 0.5 if i == ROWS - 1 else (None if i % 7 == 0 else i) for i in numbers],
            "note": [f"n{i}" for i in numbers],
            "kind": ["ab"[i % 2] for i in numbers],
        },
        strict=False,
        schema_overrides={"mass": pl.Float64},
    )
    text_of = frame.with_columns(pl.col("mass").cast(pl.String).str.strip_suffix(".0"))
    text_of.write_csv(found / "rows.csv")
    frame.write_parquet(found / "rows.parquet", row_group_size=700)
    return found


@pytest.fixture(scope="module")
def facts(place: Path) -> DataFacts:
    """Give what a run on rows.csv keeps of it."""
    spec = DataSpec(dataset=str(place / "rows.csv"), target="kind", ignore=("note",))
    return dataset_of(spec).facts


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold no rows, and read text a hundred lines or so at a time."""
    monkeypatch.setattr(text, "STREAMED", 0)
    monkeypatch.setattr(columnar, "STREAMED", 0)
    monkeypatch.setattr("mlpcli.data.sources.text.PIECE", 2_000)
    monkeypatch.setattr("mlpcli.data.sources.pieces.PIECE", 2_000)


def table(place: Path, name: str, facts: DataFacts, keep: bool = False) -> Table:
    found = read_new_rows(str(place / name), facts, keep=keep).source
    assert isinstance(found, Table)
    return found


@pytest.mark.parametrize(("name", "kind"), [("csv", RereadFrame), ("parquet", ScannedFrame)])
@pytest.mark.parametrize("keep", [False, True])
def test_a_large_file_gives_part_by_part_what_a_small_one_gives_whole(
    place: Path, facts: DataFacts, name: str, kind: type, keep: bool, request: pytest.FixtureRequest
) -> None:
    held = table(place, f"rows.{name}", facts, keep)
    assert isinstance(held.frame, pl.DataFrame)
    request.getfixturevalue("small")
    large = table(place, f"rows.{name}", facts, keep)
    assert type(large.frame) is kind
    assert len(large) == ROWS
    whole = held.frame.select(large.columns)
    for size in (1, 256, ROWS) if name == "csv" else (500, ROWS):
        parts = list(large.parts(size))
        assert [first for first, _ in parts] == list(range(0, ROWS, size))
        assert pl.concat([part.frame for _, part in parts]).equals(whole)  # type: ignore[misc]
    assert large.frame["mass"].to_list() == whole["mass"].to_list()
    assert large.frame.slice(2_000, 3).equals(whole.slice(2_000, 3))
    assert large.frame.slice(10, 3).equals(whole.slice(10, 3))
    (_, part), *_ = large.parts(ROWS)
    assert (facts.preparation.features(part) == facts.preparation.features(held)).all()


@pytest.mark.usefixtures("small")
def test_a_word_in_a_large_file_is_refused_at_its_line(place: Path, facts: DataFacts) -> None:
    lines = (place / "rows.csv").read_text().splitlines()
    lines[2_500] = "Dream,heavy,,a"
    (place / "heavy.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"heavy\.csv:2501:7: mass: not a number"):
        table(place, "heavy.csv", facts)
    with pytest.raises(DataError, match=r"rows\.csv:2990:"):
        raise DataError(table(place, "rows.csv", facts).place(2_988, "mass"))


@pytest.mark.usefixtures("small")
def test_a_large_file_that_is_cut_while_it_is_predicted_is_told_of(
    place: Path, facts: DataFacts
) -> None:
    lines = (place / "rows.csv").read_text().splitlines(keepends=True)
    (place / "cut.csv").write_text("".join(lines))
    found = table(place, "cut.csv", facts)
    (place / "cut.csv").write_text("".join(lines[:1_000]))
    with pytest.raises(DataError, match=r"cut\.csv: altered while it was read"):
        list(found.parts(400))


def numbers(count: int, error: type[BaseException] | None = None) -> Iterator[pl.DataFrame]:
    for nth in range(count):
        yield pl.DataFrame({"a": range(nth * 1_000, (nth + 1) * 1_000)})
    if error:
        raise error("told as it is")


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
@pytest.mark.parametrize("error", [DataError, KeyboardInterrupt])
def test_a_file_of_predictions_is_whole_or_as_it_was(
    tmp_path: Path, ending: str, error: type[BaseException]
) -> None:
    out = tmp_path / f"out.{ending}"
    write_predictions(out, numbers(3), {"run": "r"})
    before = out.read_bytes()
    with pytest.raises(error, match="told as it is"):
        write_predictions(out, numbers(30, error), {"run": "r"})
    assert out.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [out.name]


def test_predictions_are_written_in_their_order_as_they_come(tmp_path: Path) -> None:
    written = []

    def watched() -> Iterator[pl.DataFrame]:
        for frame in numbers(50):
            written.append((tmp_path / ".out.csv.tmp").stat().st_size)
            yield frame

    write_predictions(tmp_path / "out.csv", watched(), {})
    assert written[-1] > 100_000  # of 288,892 bytes, before the last frame was made
    assert pl.read_csv(tmp_path / "out.csv")["a"].to_list() == list(range(50_000))
    write_predictions(tmp_path / "out.parquet", numbers(50), {})
    assert pl.read_parquet(tmp_path / "out.parquet")["a"].to_list() == list(range(50_000))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_full_disk_is_told_in_the_systems_words(tmp_path: Path, ending: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_predictions(tmp_path / f"out.{ending}", numbers(50), {})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())
