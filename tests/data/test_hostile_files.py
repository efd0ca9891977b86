"""Damaged and hostile files: each ends in one line that says where and what, within two seconds."""

import gzip
import io
import pickle
import resource
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mlpcli.data.sources import read_source
from mlpcli.errors import DataError

SECONDS = 2  # of a processor, at most
GOOD = b"".join(b"%d,%d,cat\n" % (i, i * i) for i in range(50))


def packed(content: bytes) -> bytes:
    return gzip.compress(content, 1)


def npy(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npy_header(text: str, rest: bytes = b"") -> bytes:
    header = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + rest


def npz(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


def idx(*sizes: int, content: bytes = b"", kind: int = 8) -> bytes:
    return struct.pack(f">BBBB{len(sizes)}I", 0, 0, kind, len(sizes), *sizes) + content


def parquet(**columns: Any) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return file.getvalue()


def ipc(**columns: Any) -> bytes:
    file = io.BytesIO()
    pl.DataFrame(columns).write_ipc(file)
    return file.getvalue()


def forged_parquet() -> bytes:
    whole = bytearray(parquet(a=list(range(500)), b=["x"] * 500))
    whole[-60:-20] = b"\xff" * 40
    return bytes(whole)


def long_parquet() -> bytes:
    """Return 100,000,000 rows of zeros, three of them columns, in 12 kB."""
    file = io.BytesIO()
    zeros = pl.repeat(0.0, 1_000_000, eager=True)
    pl.concat([pl.DataFrame({"a": zeros})] * 3).write_parquet(file)
    return file.getvalue()


ARFF = "@relation r\n@attribute a numeric\n@attribute 'b c' {x, 'y z'}\n@data\n"
ZEROS = "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }"

# name of the file, what it holds, and what the message has, from the file's name on
HOSTILE: list[tuple[str, bytes | Callable[[], bytes], str]] = [
    # values
    ("word.csv", b"a,b\n1,2\n3,4\n5,heavy\n", '.csv:4:3: b: not a number, got "heavy"'),
    ("late.csv", b"a,b\n" + b"1,2\n" * 2_000 + b"1,x\n", '.csv:2002:3: b: not a number, got "x"'),
    ("first.csv", b"a,b\n1,x\n3,4\n5,6\n", '.csv:2:3: b: not a number, got "x"'),
    ("quoted.csv", b'a,b\n"x\ny",2\nz,"3"\nz,w\n', '.csv:5:3: b: not a number, got "w"'),
    ("crlf.csv", b"a,b\r\n1,2\r\n\r\n3,x\r\n4,5\r\n", '.csv:4:3: b: not a number, got "x"'),
    ("bom.csv", b"\xef\xbb\xbfa,b\n1,2\nx,2\n1,2\n", '.csv:3:1: a: not a number, got "x"'),
    ("wide.csv", "a,b\né,1\né,1\né,x\n".encode(), '.csv:4:3: b: not a number, got "x"'),
    ("inf.csv", b"a,b\n1,2\ninf,4\n5,6\n", '.csv:3:1: a: not a number, got "inf"'),
    ("nans.csv", b"a,b\n1,2\nNAN,4\n5,6\n", '.csv:3:1: a: not a number, got "NAN"'),
    ("huge.csv", b"a,b\n1,2\n1e400,4\n5,6\n", ".csv:3:1: a: too large for a number"),
    ("hex.csv", b"a,b\n1,2\n0x10,4\n5,6\n", '.csv:3:1: a: not a number, got "0x10"'),
    ("comma.csv", b"a;b\n1,5;x\n2,5;y\n", '.csv:2:1: a: a number with a decimal comma, got "1,5"'),
    ("thousands.csv", b'a,b\n"1,234",x\n"2,345",y\n', "a number with separators of thousands"),
    ("percent.csv", b"a,b\n12%,x\n13%,y\n", ".csv:2:1: a: a number with a percent sign"),
    ("dollars.csv", b"a,b\n$12,x\n$13.5,y\n", ".csv:2:1: a: a number with a currency sign"),
    ("sorted.csv", b"a,b\n" + b"x,1\n" * 1_500 + b"1,1\n" * 9_000, '.csv:2:1: a: not a number'),
    ("control.csv", b"a,b\n1,2\n1,\x1b[31mred\n1,2\n", r'got "\x1b[31mred"'),
    # rows
    ("short.csv", b"a,b,c\n1,2,3\n1,2\n", ".csv:3:4: 2 fields, where the header has 3"),
    ("long.csv", b"a,b\n1,2\n3,4,5\n", ".csv:3:5: 3 fields, where the header has 2"),
    ("both.csv", b"a,b\n1\n3,4,5\n", ".csv:2:2: 1 field, where the header has 2"),
    ("trailing.csv", b"a,b\n1,2,\n3,4,\n", ".csv:2:5: 3 fields, where the header has 2"),
    ("blank.csv", b"a,b\n\n1,2\n\n3\n", ".csv:5:2: 1 field"),
    ("open.csv", b'a,b\n1,x\n2,"y\n3,z\n', '.csv:3:3: a quote (") that is never closed'),
    ("after.csv", b'a,b\n1,"x"y\n2,z\n', '.csv:2:3: a quote (") that is closed on line 2, col'),
    ("astray.csv", b'a,b\n1,"x\n2,y\n3,"z"\n', '.csv:2:3: a quote (") that is closed on line 4'),
    ("cr.csv", b"a,b\r1,2\r3,4\r", ".csv: lines end in CR alone, allowed LF or CRLF"),
    ("some_cr.csv", b"a,b\n1,2\n3,4\r5,6\n", ".csv:3:4: a line end that is CR alone"),
    ("again.csv", b"a,b\n1,2\na,b\n3,4\n", ".csv:3: the header again, as a row"),
    ("texts.csv", b"a,b\nx,y\na,b\nz,w\n", ".csv:3: the header again, as a row"),
    # headers
    ("empty.csv", b"", ".csv: empty"),
    ("newlines.csv", b"\n\n\r\n", ".csv: empty"),
    ("header.csv", b"a,b\n", ".csv: a header alone, without rows"),
    ("bare.csv", b"a,b", ".csv: a header alone, without rows"),
    ("numbers.csv", b"1,2\n3,4\n", ".csv:1: no header: the first line has numbers alone"),
    ("iris.csv", b"5.1,3.5,setosa\n4.9,3.0,setosa\n", ".csv:1: no header: the first line has num"),
    ("twice.csv", b"a,b,a\n1,2,3\n", ".csv:1:5: a: the name of column 1, too"),
    ("name.csv", b"a," + b"n" * 300 + b"\n1,2\n", ".csv:1:3: a name of 300 characters, allowed"),
    ("escape.csv", b"a,\x1b]0;b\n1,x\n1,2\n1,3\n", r".csv:2:3: \x1b]0;b: not a number"),
    ("columns.csv", b",".join(b"c%d" % i for i in range(100_000)) + b"\n", "100,000 columns, allo"),
    ("spaces.txt", b"a b c\n1 2 3\n", ".txt:1: columns separated by spaces"),
    ("spaces.csv", b"a b c\n1 2 3\n", ".csv:1: columns separated by spaces, allowed commas"),
    ("mixed.csv", b"a;b\tc\n1;2\t3\n", "columns separated by tab or ';', allowed ','"),
    # bytes
    ("latin.csv", b"a,b\n1,caf\xe9\n", ".csv:2:6: byte 0xe9 is not UTF-8"),
    ("nul.csv", b"a,b\n1,x\0y\n", ".csv:2:4: a NUL byte"),
    ("utf16.csv", "a,b\n1,2\n".encode("utf-16"), ".csv: UTF-16"),
    ("field.csv", b"a,b\n1," + b"x" * 100_000_000 + b"\n", ".csv:2: a row of more than"),
    ("quote.csv", b'a,b\n1,"' + b"x" * 9_000_000 + b"\n", ".csv:2: a field of more than 1,000,000"),
    ("row.csv", b"a,b\n" + b"1" * 90_000_000, ".csv:2: a "),
    ("page.csv", b"<!DOCTYPE html><html></html>", ".csv: a page of HTML or XML"),
    ("excel.csv", npz(a=b"") [:30] + b"xl/workbook.xml", ".csv: an Excel workbook"),
    ("table.csv", parquet(a=[1]), ".csv: a .parquet file by its content"),
    ("json.csv", b'[{"a": 1}]', ".csv: JSON"),
    ("lfs.csv", b"version https://git-lfs.github.com/spec/v1\n", "a pointer to a file of Git LFS"),
    ("pickle.csv", pickle.dumps([1]), ".csv: a Python pickle"),
    # packed
    ("cut.csv.gz", packed(b"a,b\n" + GOOD)[:-30], ".csv.gz: cut short"),
    ("damaged.csv.gz", packed(b"a,b,c\n" + GOOD)[:20] + b"\xff" * 200, ".csv.gz: damaged"),
    ("bomb.csv.gz", packed(b"a,b\n") + gzip.compress(b"\n" * 9_000_000) * 40, "that unpack to"),
    ("line.csv.gz", packed(b"a,b\n1,") + gzip.compress(b"0" * 9_000_000) * 40, ".csv.gz:2: a "),
    ("idx.csv.zip", npz(a=b"1").replace(b"a.npy", b"a.csv"), ".csv.zip: a zip archive"),
    # Parquet and Arrow
    ("cut.parquet", parquet(a=list(range(500)))[:-40], ".parquet: not a whole Parquet file"),
    ("forged.parquet", forged_parquet, ".parquet: not a whole Parquet file"),
    ("text.parquet", b"a,b\n1,2\n", ".parquet: not a whole Parquet file"),
    ("empty.parquet", b"", ".parquet: not a whole Parquet file"),
    ("rows.parquet", parquet(a=[], b=[]), ".parquet: columns without rows"),
    ("inf.parquet", parquet(a=[1.0, float("inf")]), ".parquet: row 2: a: an infinite number"),
    ("list.parquet", parquet(a=[[1], [2]]), ".parquet: a: a column of type list"),
    ("cut.arrow", ipc(a=list(range(500)))[:-40], ".arrow: not a whole Arrow IPC"),
    ("text.feather", b"a,b\n1,2\n", ".feather: not a whole Arrow IPC"),
    # numpy
    ("object.npy", npy(np.array([{}, []], object), allow_pickle=True), "which could run code"),
    ("object.npz", npz(x=npy(np.array([{}], object), allow_pickle=True)), "which could run code"),
    ("tera.npy", npy_header(ZEROS % "(1099511627776, 8)"), ".npy: cut short or damaged"),
    ("tera.npz", npz(x=npy_header(ZEROS % "(1099511627776, 8)")), "cut short or damaged"),
    ("minus.npy", npy_header(ZEROS % "(-1, 8)"), ".npy: not an .npy array"),
    ("deep.npy", npy_header("(" * 9_000), ".npy: not an .npy array: a damaged header"),
    ("code.npy", npy_header("__import__('os').abort()"), ".npy: not an .npy array: a damaged head"),
    ("cut.npy", npy(np.zeros((9, 9)))[:-5], ".npy: cut short or damaged"),
    ("scalar.npy", npy(np.float64(1)), ".npy: an array of shape []"),
    ("no_rows.npy", npy(np.zeros((0, 4))), ".npy: an array of shape [0, 4]"),
    ("complex.npy", npy(np.zeros((2, 2), complex)), ".npy: an array of complex128"),
    ("text.npy", npy(np.array(["a", "b"])), ".npy: an array of str"),
    ("fields.npy", npy(np.zeros(2, [("a", "f4")])), ".npy: a structured array"),
    ("inf.npy", npy(np.array([[1.0, 2], [3, np.inf]])), ".npy: row 2, column 2: an infinite"),
    ("bomb.npz", lambda: npz(x=npy(np.zeros((150, 131_072)))), "that unpack to"),
    ("lengths.npz", npz(x=npy(np.zeros((3, 2))), y=npy(np.zeros(2))), "3 examples and 2 targets"),
    ("names.npz", npz(u=npy(np.zeros(3)), v=npy(np.zeros(3))), "which are not known by their name"),
    ("cut.npz", npz(x=npy(np.zeros((9, 9))))[:-30], ".npz: a damaged or encrypted archive"),
    # IDX
    ("t10k-images-idx3-ubyte", idx(2, 2, 2, content=b"1234567"), "cut short: its header says 2 x"),
    ("huge-images-idx3-ubyte", idx(4_000_000_000, 65_535, 65_535), "of memory, allowed"),
    ("more-images-idx3-ubyte", idx(1, 1, 1, content=b"12"), "more bytes than its header says"),
    ("none-images-idx3-ubyte", b"\0\0", "not an IDX file: its first bytes are 00 00"),
    ("alone-images-idx3-ubyte", idx(1, 1, 1, content=b"1"), "no file of labels beside it"),
    # LIBSVM and ARFF
    ("index.libsvm", b"1 1:1 1000000000:1\n" * 30, "indices up to 1,000,000,000: takes about"),
    ("order.libsvm", b"1 1:1\n1 2:1 1:1\n", ".libsvm:2:7: an index that does not ascend from 2"),
    ("word.svm", b"1 1:1\nx 1:1\n", '.svm:2:1: not a number, got "x"'),
    ("colon.svm", b"1 1\n", ".svm:1:3: not INDEX:VALUE"),
    ("nan.svm", b"1 1:nan\n", '.svm:1:3: not a number, got "1:nan"'),
    ("empty.svm", b"# nothing\n", ".svm: empty"),
    ("word.arff", f"{ARFF}1,x\nheavy,x\n".encode(), '.arff:6: a: not a number, got "heavy"'),
    ("class.arff", f"{ARFF}1,z\n".encode(), '.arff:5: b c: not a value of this attribute, got "z"'),
    ("sparse.arff", f"{ARFF}{{0 1}}\n".encode(), ".arff:5: a sparse row"),
    ("long.arff", f"{ARFF}1,x,2\n".encode(), ".arff:5: 3 values, where there are 2 attributes"),
    ("quote.arff", f"{ARFF}1,'y z\n".encode(), ".arff:5: a quote that is not closed"),
    ("spaces.arff", f"{ARFF}1,{' ' * 900_000}'\n".encode(), ".arff:5: a quote that is not closed"),
    ("data.arff", b"@relation r\n@attribute a numeric\n", ".arff: no @data line"),
    ("kind.arff", b"@relation r\n@attribute a relational\n@data\n", '.arff:2: a: type "relationa'),
    # neither
    ("config.yaml", b"layers: 2\n", "not a kind of file that is known, .yaml, allowed .csv"),
    ("data.csb", b"\x01\x02", "not a kind of file that is known, .csb"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "expected"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_a_damaged_file_is_refused_with_its_place_at_once(
    tmp_path: Path, name: str, content: bytes | Callable[[], bytes], expected: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content())
    before = processor_seconds()
    with pytest.raises(DataError) as refused:
        read_source(path)
    message = str(refused.value)
    assert expected in message
    assert message.startswith(str(path)[:150])
    assert message.isprintable()  # one line, without control characters
    assert len(message) < 600
    assert refused.value.exit_code == 2
    assert processor_seconds() - before < SECONDS
    assert [each.name for each in tmp_path.iterdir()] == [name]  # nothing is written


def processor_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
