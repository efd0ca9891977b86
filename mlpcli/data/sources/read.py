"""A source's file, read by its kind."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from mlpcli.data.sources.content import Content, name_of, opened
from mlpcli.data.sources.formats import BEGINNING, format_of
from mlpcli.data.sources.keys import ColumnKeys

if TYPE_CHECKING:
    from mlpcli.data.table import Arrays, Table


def read_source(
    path: Path,
    *,
    numeric: Collection[str] = (),
    categorical: Collection[str] = (),
    ignore: Collection[str] = (),
    target: str | None = None,
) -> Table | Arrays:
    """Read a file with its kind of content: a table with named columns, or arrays.

    By its extension: .csv, .tsv and .txt (text.py says how values are read), .parquet, .arrow,
    .feather and .ipc are tables, as is .arff; .npz, .npy, IDX and .libsvm are arrays. Texts and
    IDX may be packed by gzip (.gz). Where the extension says nothing, by how the file begins.

    Columns of a table that `numeric` names must be numbers; those of `categorical` are text,
    whatever they look like; those of `ignore` are not read. `target` is a table's column, which is
    kept exactly; for .npz the name of an array; for IDX and .npy the path of a file of labels.
    Raises DataError, with the line and column where there is one, for whatever cannot be read as
    it stands: rows are not dropped, and types not changed, unsaid. bounds.py has what is read at
    most.
    """
    return read_with(path, ColumnKeys(numeric, categorical, ignore, target))


def read_with(path: Path, keys: ColumnKeys) -> Table | Arrays:
    """Read a file as `read_source` does, by keys of another kind."""
    with opened(path) as file:
        packed = file.read(2) == b"\x1f\x8b"
    content = Content(name_of(path), path, packed=packed)
    with content.open() as stream:
        beginning = stream.read(BEGINNING)
    named = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return _READERS[format_of(named, beginning)](content, path, keys)


def read_text_table(
    stream: BinaryIO | bytes,
    name: str,
    *,
    numeric: Collection[str] = (),
    categorical: Collection[str] = (),
    ignore: Collection[str] = (),
    target: str | None = None,
) -> Table:
    """Read delimited text from a stream such as standard input, or from bytes.

    Columns are separated by commas, tabs, semicolons or |, as the first rows say. It is as
    `read_source`, and is held in memory, of which it may take a quarter. Raises DataError.
    """
    from mlpcli.data.sources.text import read_held

    return read_held(stream, name, ColumnKeys(numeric, categorical, ignore, target))


def _text(content: Content, path: Path, keys: ColumnKeys) -> Table:
    from mlpcli.data.sources.text import read_text

    return read_text(content, path, keys)


def _parquet(content: Content, path: Path, keys: ColumnKeys) -> Table:
    from mlpcli.data.sources.columnar import read_columnar

    return read_columnar(content, path, keys, "parquet")


def _ipc(content: Content, path: Path, keys: ColumnKeys) -> Table:
    from mlpcli.data.sources.columnar import read_columnar

    return read_columnar(content, path, keys, "ipc")


def _arff(content: Content, path: Path, keys: ColumnKeys) -> Table:
    from mlpcli.data.sources.arff import read_arff

    return read_arff(content, keys)


def _npy(content: Content, path: Path, keys: ColumnKeys) -> Arrays:
    from mlpcli.data.sources.arrays import read_npy

    return read_npy(content, path, keys.target, keys.trains)


def _npz(content: Content, path: Path, keys: ColumnKeys) -> Arrays:
    from mlpcli.data.sources.arrays import read_npz

    return read_npz(content, path, keys.target)


def _idx(content: Content, path: Path, keys: ColumnKeys) -> Arrays:
    from mlpcli.data.sources.idx import read_idx

    return read_idx(content, path, keys.target, keys.labelled, keys.trains)


def _libsvm(content: Content, path: Path, keys: ColumnKeys) -> Arrays:
    from mlpcli.data.sources.libsvm import read_libsvm

    return read_libsvm(content)


_READERS: dict[str, Callable[[Content, Path, ColumnKeys], Table | Arrays]] = {
    "text": _text,
    "parquet": _parquet,
    "ipc": _ipc,
    "arff": _arff,
    "npy": _npy,
    "npz": _npz,
    "idx": _idx,
    "libsvm": _libsvm,
}
