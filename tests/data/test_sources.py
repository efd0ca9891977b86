"""What files hold, read as it stands there, and where each value stands."""

import csv
import gzip
import hashlib
import io
import os
import random
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlpcli.data.sources import file_sha256, pieces, read_source, read_text_table, text
from mlpcli.data.table import Arrays, Table
from mlpcli.errors import DataError


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Table]:
    """Give a function of a file's content and keys that reads it as a table, t.csv by default."""

    def table(content: str | bytes, name: str = "t.csv", **keys: Any) -> Table:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        found = read_source(path, **keys)
        assert isinstance(found, Table)
        return found

    return table


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have texts read in pieces of 64 bytes, so that a few rows take several."""
    for module in (pieces, text):
        monkeypatch.setattr(module, "PIECE", 64)


def arrays(path: Path, **keys: Any) -> Arrays:
    found = read_source(path, **keys)
    assert isinstance(found, Arrays)
    return found


def test_whole_numbers_numbers_and_text_are_told_apart(table: Callable[..., Table]) -> None:
    found = table("n,x,t\n1,1.5,a\n2,-2e3,b\n")
    assert dict(found.frame.schema) == {"n": pl.Int64, "x": pl.Float64, "t": pl.String}
    assert found.frame.rows() == [(1, 1.5, "a"), (2, -2000.0, "b")]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["007", "010"], [7, 10]),  # numbers, unless categorical says otherwise
        (["1", "2.5"], [1.0, 2.5]),
        (["9223372036854775807", "-1"], [2**63 - 1, -1]),
        (["9223372036854775808", "1"], [2.0**63, 1.0]),  # beyond what whole numbers have
        (["+3", ".5", "5."], [3.0, 0.5, 5.0]),
        ([" 3", "4 ", "\t5"], [3, 4, 5]),
        (["true", "false"], ["true", "false"]),
        (["yes", "no"], ["yes", "no"]),
        (["2020-01-31", "2020-02-01"], ["2020-01-31", "2020-02-01"]),
        (["=cmd|' /C calc'!A0", "@SUM(A1)"], ["=cmd|' /C calc'!A0", "@SUM(A1)"]),
        (["A1", "2", "B3"], ["A1", "2", "B3"]),  # fewer numbers than text
        (['"a ""b"" c"', '"d,e"'], ['a "b" c', "d,e"]),
        (['6" pipe', '"7"" pipe"'], ['6" pipe', '7" pipe']),  # a quote that opens no field
        (['"two\nlines"', "one"], ["two\nlines", "one"]),
        (["1e-400", "1"], [0.0, 1.0]),
    ],
)
def test_values_are_read_as_they_stand(
    table: Callable[..., Table], values: list[str], expected: list[Any]
) -> None:
    rows = "".join(f"{value},k\n" for value in values)
    assert table(f"a,b\n{rows}").frame["a"].to_list() == expected
    crlf = rows.replace("\n", "\r\n").replace("two\r\n", "two\n")
    assert table(f"a,b\r\n{crlf}").frame["a"].to_list() == expected


def test_each_marker_is_a_missing_value_of_numbers_and_of_text(
    table: Callable[..., Table],
) -> None:
    markers = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "?", "-", " ", " ? ", '""')
    found = table("x,t\n1,a\n" + "".join(f"{each},{each}\n" for each in markers) + "2,b\n" * 20)
    assert found.frame["x"].to_list() == [1, *[None] * len(markers), *[2] * 20]
    assert found.frame["t"].to_list() == ["a", *[None] * len(markers), *["b"] * 20]


def test_categorical_keeps_numbers_as_text_and_ignore_leaves_columns_out(
    table: Callable[..., Table],
) -> None:
    content = "zip,x,y\n007,1,a\n010,b,2\n011,3,1\n"
    found = table(content, categorical=["zip"], ignore=["x", "y"])
    assert found.frame.to_dict(as_series=False) == {"zip": ["007", "010", "011"]}


def test_a_number_column_with_one_word_says_what_to_type(table: Callable[..., Table]) -> None:
    with pytest.raises(DataError) as refused:
        table("species,body_mass_g\nAdelie,3750\nGentoo,heavy\nAdelie,3800\n", "penguins.csv")
    assert str(refused.value).endswith(
        'penguins.csv:3:8: body_mass_g: not a number, got "heavy"; '
        "taken for numbers, as 2 of its first 3 values are"
    )
    assert refused.value.hint == (
        "correct it, or leave it empty if it is missing; "
        "if the column is text: categorical: [body_mass_g]"
    )


def test_numeric_holds_a_column_of_words_to_be_numbers(table: Callable[..., Table]) -> None:
    with pytest.raises(DataError, match="numeric says that the column holds numbers"):
        table("x,y\na,1\nb,2\n3,3\n", numeric=["x"])


@pytest.mark.parametrize("key", ["numeric", "categorical", "ignore"])
def test_a_key_that_names_no_column_names_the_nearest(
    table: Callable[..., Table], key: str
) -> None:
    with pytest.raises(DataError, match='no column "bodymass"') as refused:
        table("body_mass,y\n1,2\n", **{key: ["bodymass"]})
    assert (refused.value.hint, refused.value.key) == ("did you mean body_mass?", key)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_that_all_rows_agree_on_is_used_and_said(
    table: Callable[..., Table], separator: str
) -> None:
    found = table("a,b\n1.5,x\n2,y\n".replace(",", separator))
    assert found.frame.rows() == [(1.5, "x"), (2.0, "y")]
    assert found.notes[0].startswith("columns are separated by ")
    assert table("a\tb\n1\tx,y\n", "t.tsv").notes == ()


def test_blank_lines_are_no_rows_save_in_one_column_alone(table: Callable[..., Table]) -> None:
    assert table("\n\na,b\n\n1,2\n\r\n\n3,4\n\n\n").frame.rows() == [(1, 2), (3, 4)]
    assert table("a\n1\n\n3\n\n\n").frame["a"].to_list() == [1, None, 3]
    assert table("a\r\n1\r\n\r\n3").frame["a"].to_list() == [1, None, 3]


def test_names_may_be_years_and_a_column_without_one_gets_its_number(
    table: Callable[..., Table],
) -> None:
    assert table("country,2019,2020\nx,1,2\n").columns == ("country", "2019", "2020")
    assert table(",a\n0,1\n").columns == ("column_1", "a")


def test_a_place_is_the_line_and_column_at_which_the_field_begins(
    table: Callable[..., Table],
) -> None:
    found = table('\ufeffa,b,c\r\n"x\r\ny",é,1\r\n\r\nz,"q,""r",2\r\n')
    name = found.source
    assert [found.place(row, column) for row in (0, 1) for column in "abc"] == [
        f"{name}:2:1", f"{name}:3:4", f"{name}:3:6",
        f"{name}:5:1", f"{name}:5:3", f"{name}:5:11",
    ]  # fmt: skip


def test_a_file_that_has_been_altered_since_has_rows_but_no_lines(
    table: Callable[..., Table],
) -> None:
    found = table("a,b\n1,2\n3,4\n")
    Path(found.source).write_text("a,b\n")
    assert found.place(1, "b") == f"{found.source}: row 2"


@pytest.mark.usefixtures("small_pieces")
def test_many_pieces_make_the_rows_that_one_makes(table: Callable[..., Table]) -> None:
    rng = random.Random(0)
    rows = [
        [rng.randrange(-300, 300), rng.choice(["a", "b,c", 'd"e', "f\ng", ""]), rng.random()]
        for _ in range(300)
    ]
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([["i", "t", "x"], *rows])
    found = table(file.getvalue())
    assert found.frame["i"].to_list() == [row[0] for row in rows]
    assert found.frame["t"].to_list() == [row[1] or None for row in rows]
    assert found.frame["x"].to_numpy() == pytest.approx([row[2] for row in rows], rel=1e-6)
    lines = file.getvalue().split("\n")
    for row in (0, 150, 299):
        line = int(found.place(row, "i").rsplit(":", 2)[1])
        assert lines[line - 1].startswith(f"{rows[row][0]},")


def test_in_a_large_table_types_are_the_smallest_that_are_exact_enough(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (pieces, text):
        monkeypatch.setattr(module, "PIECE", 20_000)  # 300 rows, and 100 in the last
    numbers = range(40_000, 41_000)
    rows = "".join(
        f"{i % 200},{i},{(i % 7 - 3) / 3},{1.7e9 + i / 7},{(i % 7) / 3}\n" for i in numbers
    )
    found = table(f"pixel,count,near,time,target\n{rows}", target="target")
    assert dict(found.frame.schema) == {
        "pixel": pl.UInt8,
        "count": pl.Int32,
        "near": pl.Float32,
        "time": pl.Float64,
        "target": pl.Float64,
    }
    assert found.frame["count"].to_list() == list(numbers)


@pytest.mark.usefixtures("small_pieces")
def test_a_column_that_is_missing_in_its_first_pieces_is_what_comes_later(
    table: Callable[..., Table],
) -> None:
    missing = "1,,\n" * 50
    found = table(f"a,b,c\n{missing}2,1.5,x\n3,2,y\n")
    assert found.frame.schema["b"] == pl.Float64
    assert found.frame["b"].to_list()[-2:] == [1.5, 2.0]
    assert found.frame["c"].to_list()[-2:] == ["x", "y"]


@pytest.mark.usefixtures("small_pieces")
def test_whole_numbers_followed_by_fractions_are_all_kept(table: Callable[..., Table]) -> None:
    found = table("a,b\n" + "1,2\n" * 40 + "1,2.5\n" + "1,70000\n" * 40)
    assert found.frame["b"].to_list() == [2.0] * 40 + [2.5] + [70000.0] * 40


def test_random_texts_are_read_as_the_csv_module_reads_them_or_refused(
    table: Callable[..., Table],
) -> None:
    rng = random.Random(1)
    accepted = 0
    for _ in range(400):
        parts = ["a", 'b"', '"', '""', ",", ",", "\n", "\n", "\r\n", " ", "1", "é", '"x,y"']
        body = "".join(rng.choice(parts) for _ in range(rng.randrange(2, 14)))
        content = f"p,q\nx,y\n{body}"
        try:
            found = table(content, categorical=["p", "q"]).frame.rows()
        except DataError:
            continue
        reader = csv.reader(io.StringIO(content, newline=""), strict=True)
        wanted = [tuple(value.strip(" \t") or None for value in row) for row in reader if row]
        assert found == wanted[1:], content
        accepted += 1
    assert accepted > 40


def test_as_many_columns_as_are_allowed_take_two_seconds(table: Callable[..., Table]) -> None:
    start = time.process_time()
    names = [f"c{i}" for i in range(20_000)]
    found = table("\n".join([",".join(names), *[",".join(["1", "x"] * 10_000)] * 3]))
    assert found.columns == tuple(names)
    assert time.process_time() - start < 8  # of two processors; one name after another took 30


def test_packed_text_is_read_and_has_places(table: Callable[..., Table]) -> None:
    found = table(gzip.compress(b"a,b\n1,x\n2,y\n"), "t.csv.gz")
    assert found.frame.rows() == [(1, "x"), (2, "y")]
    assert found.place(1, "b").endswith("t.csv.gz:3:3")


def test_standard_input_is_read_as_a_table_with_its_places() -> None:
    found = read_text_table(io.BytesIO(b"a\tb\n1\tx\n2\ty\n"), "standard input")
    assert found.frame.rows() == [(1, "x"), (2, "y")]
    assert found.place(1, "b") == "standard input:3:3"
    with pytest.raises(DataError, match='standard input:4:1: a: not a number, got "z"'):
        read_text_table(b"a,b\n1,x\n2,y\nz,y\n", "standard input")


def test_the_separator_is_the_one_that_all_rows_agree_on() -> None:
    assert read_text_table(b'a,b\n"x\ny",1\n"z,w",2\n', "-").columns == ("a", "b")
    assert read_text_table(b"a,b;c\n1,5;2\n1,5;2\n4;2\n", "-", ignore=["a,b"]).columns == ("c",)
    with pytest.raises(DataError, match="separated by ',' or ';'"):
        read_text_table(b"a,b;c\n1,5;2\n", "-")


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columns_with_types_keep_them_and_nan_is_missing(tmp_path: Path, kind: str) -> None:
    frame = pl.DataFrame(
        {
            "x": [1.5, float("nan"), None],
            "i": [1, None, 3],
            "b": [True, False, None],
            "t": ["a", None, "c"],
            "k": pl.Series(["u", "v", "u"], dtype=pl.Categorical),
        }
    )
    path = tmp_path / f"t.{kind}"
    (frame.write_parquet if kind == "parquet" else frame.write_ipc)(path)
    found = read_source(path)
    assert isinstance(found, Table)
    assert found.frame.rows() == [
        (1.5, 1, True, "a", "u"), (None, None, False, None, "v"), (None, 3, None, "c", "u")
    ]  # fmt: skip
    assert found.place(1, "x") == f"{path}: row 2"


def test_a_damaged_parquet_file_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = io.BytesIO()
    pl.DataFrame({"a": list(range(200)), "t": ["x"] * 200}).write_parquet(whole)
    content = whole.getvalue()
    for at in range(len(content) - 400, len(content), 100):
        path = tmp_path / "t.parquet"
        path.write_bytes(content[:at] + b"\xff" * 8 + content[at + 8 :])
        with suppress(DataError):  # some numbers may be others, and the file whole
            read_source(path)
    assert capfd.readouterr() == ("", "")


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_idx_images_find_their_labels_by_the_usual_name(tmp_path: Path, ending: str) -> None:
    images = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    packed = gzip.compress if ending else bytes
    (tmp_path / f"train-images-idx3-ubyte{ending}").write_bytes(packed(idx(images)))
    labels = idx(np.array([7, 1], np.uint8))
    (tmp_path / f"train-labels-idx1-ubyte{ending}").write_bytes(packed(labels))
    (tmp_path / "other").write_bytes(idx(np.array([3, 4], np.uint8)))
    found = arrays(tmp_path / f"train-images-idx3-ubyte{ending}")
    assert found.features.dtype == np.uint8
    assert found.features.tolist() == images.reshape(2, 9).tolist()
    assert found.targets is not None
    assert found.targets.tolist() == [7, 1]
    given = arrays(tmp_path / f"train-images-idx3-ubyte{ending}", target="other")
    assert given.targets is not None
    assert given.targets.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("u1", "u1"), ("i2", "f4"), ("f2", "f4"), ("i8", "f8"), ("f4", "f4"), (">f8", "f8")],
)
def test_npy_numbers_take_a_type_that_holds_them(tmp_path: Path, given: str, kept: str) -> None:
    array = np.arange(12).reshape(3, 2, 2).astype(given)
    np.save(tmp_path / "a.npy", np.asfortranarray(array))
    found = arrays(tmp_path / "a.npy")
    assert (found.features.dtype, found.targets) == (np.dtype(kept), None)
    assert found.features.tolist() == array.reshape(3, 4).tolist()


def test_npz_arrays_are_found_by_their_names_and_others_are_said(tmp_path: Path) -> None:
    x, y = np.arange(6.0).reshape(3, 2), np.array(["a", "b", "a"])
    np.savez_compressed(tmp_path / "a.npz", x=x, y=y, z=x)
    found = arrays(tmp_path / "a.npz")
    assert found.targets is not None
    assert (found.features.tolist(), found.targets.tolist()) == (x.tolist(), y.tolist())
    assert found.notes == ("arrays that are not read: z",)
    np.savez(tmp_path / "b.npz", rows=x, kind=y)
    assert arrays(tmp_path / "b.npz", target="kind").targets is not None
    with pytest.raises(DataError, match="target: no array kinds"):
        read_source(tmp_path / "b.npz", target="kinds")


def test_arff_has_numbers_text_and_missing_values(table: Callable[..., Table]) -> None:
    found = table(
        "% a comment\n@RELATION r\n\n@attribute length REAL\n@attribute 'the kind' {a, 'b c'}\n"
        "@attribute note string\n@DATA\n5.1, a, 'it\\'s, \"so\"'\n% between\n?,'b c',?\n",
        "t.arff",
    )
    assert found.frame.rows() == [(5.1, "a", 'it\'s, "so"'), (None, "b c", None)]
    assert found.columns == ("length", "the kind", "note")
    assert found.place(1, "note").endswith("t.arff:10")


@pytest.mark.parametrize("first", [0, 1])
def test_libsvm_lines_become_rows_from_index_0_or_1(tmp_path: Path, first: int) -> None:
    path = tmp_path / "a.svm"
    path.write_text(f"+1 {first}:0.5 {first + 2}:2 # a comment\n\n-1 qid:3 {first + 1}:1e-3\n0\n")
    found = arrays(path)
    assert found.features.tolist() == pytest.approx(
        np.array([[0.5, 0, 2], [0, 1e-3, 0], [0, 0, 0]], np.float32)
    )
    assert found.targets is not None
    assert found.targets.tolist() == [1, -1, 0]


def test_what_a_file_is_shows_where_its_name_does_not_say(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones((2, 2)))
    (tmp_path / "a.npy").rename(tmp_path / "npy")
    (tmp_path / "iris.data").write_text("a,b\n1,x\n")
    assert len(read_source(tmp_path / "npy")) == 2
    assert len(read_source(tmp_path / "iris.data")) == 1


@pytest.mark.parametrize("what", ["missing", "folder", "fifo", "device", "closed"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, what: str) -> None:
    (tmp_path / "penguins.csv").write_text("a,b\n1,2\n")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "closed").write_text("")
    (tmp_path / "closed").chmod(0)
    cases = {
        "missing": (tmp_path / "pengiuns.csv", "no such file", "penguins.csv?"),
        "folder": (tmp_path, "a folder, allowed a file", "penguins.csv"),
        "fifo": (tmp_path / "fifo", "not a regular file", "save what it gives"),
        "device": (Path("/dev/zero"), "not a regular file", "save what it gives"),
        "closed": (tmp_path / "closed", "permission denied", "chmod +r"),
    }
    path, said, hint = cases[what]
    if what == "closed" and os.getuid() == 0:
        pytest.skip("everything is open to root")
    for read in (read_source, file_sha256):
        with pytest.raises(DataError, match=said) as refused:
            read(path)
        assert hint in refused.value.hint


def test_the_digest_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc" * 1_000_000)
    assert file_sha256(tmp_path / "a") == hashlib.sha256(b"abc" * 1_000_000).hexdigest()


def test_what_does_not_fit_the_memory_is_refused_with_both_numbers(
    table: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mlpcli.data.sources.bounds.physical_memory", lambda: 100_000)
    with pytest.raises(DataError, match="takes about 160,016 bytes of memory, allowed 80,000"):
        table("a,b\n" + "1,2\n" * 10_000)
