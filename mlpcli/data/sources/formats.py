"""Which kind of file a source is: by its name, and where that says nothing, by its beginning."""

from __future__ import annotations

import re
from pathlib import Path

from mlpcli.errors import DataError, nearest, shown, shown_path

BY_EXTENSION = {
    "csv": "text",
    "tsv": "text",
    "tab": "text",
    "txt": "text",
    "parquet": "parquet",
    "pq": "parquet",
    "arrow": "ipc",
    "feather": "ipc",
    "ipc": "ipc",
    "npz": "npz",
    "npy": "npy",
    "arff": "arff",
    "libsvm": "libsvm",
    "svm": "libsvm",
    "svmlight": "libsvm",
}
IDX = re.compile(r"[.-]idx\d(-[a-z]+)?$", re.IGNORECASE)
ALLOWED = ".csv, .tsv, .txt, .parquet, .arrow, .feather, .npz, .npy, IDX, .arff, .libsvm"
BEGINNING = 512  # bytes by which a file is known
KNOWN = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "ipc"),
    (b"\x93NUMPY", "npy"),
)
# what is no table of ours, and how to make one of it
REFUSED = (
    (rb"\xff\xfe|\xfe\xff", "UTF-16", "save it as UTF-8: iconv -f UTF-16 -t UTF-8 OLD > NEW"),
    (rb"PK\x03\x04[\s\S]*(xl/|\[Content_Types\])", "an Excel workbook", "save the sheet as CSV"),
    (rb"\xd0\xcf\x11\xe0", "an Excel workbook", "save the sheet as CSV"),
    (rb"PK\x03\x04", "a zip archive", "unpack it first: unzip FILE"),
    (rb"BZh[1-9]1AY", "packed by bzip2", "unpack it first: bunzip2 FILE"),
    (rb"\xfd7zXZ", "packed by xz", "unpack it first: unxz FILE"),
    (rb"\x28\xb5\x2f\xfd", "packed by zstd", "unpack it first: unzstd FILE"),
    (rb"\x89HDF", "HDF5", "save its arrays as .npz, or its table as .parquet"),
    (rb"SQLite format 3", "an SQLite database", "save a table of it as CSV"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a", "a picture", "put the pictures into an array: .npz"),
    (rb"%PDF-", "a PDF", "save the table as CSV"),
    (rb"\x80[\x02-\x05]", "a Python pickle, which can run code", "save it as .parquet or .npz"),
    (rb"FEA1\0", "Feather version 1", "save it anew: polars or pandas write version 2"),
    (rb"(?i:\s*<(!doctype|html|\?xml))", "a page of HTML or XML", "fetch the data themselves"),
    (rb"version https://git-lfs", "a pointer to a file of Git LFS", "fetch the file: git lfs pull"),
    (rb"\s*(\{\s*[\"}]|\[\s*[\[{])", "JSON", "save it as CSV or Parquet"),
)


def format_of(path: Path, beginning: bytes) -> str:
    """Return the kind of a file: text, parquet, ipc, npz, npy, idx, arff or libsvm.

    `path` is its name without .gz, `beginning` its first bytes, unpacked. Raises DataError for a
    kind that is not read here, with those that are.
    """
    kind = by_name(path)
    if kind is None:
        return _by_beginning(path, beginning)
    if kind in ("text", "arff", "libsvm"):
        require_text(path, beginning)
    return kind


def by_name(path: Path) -> str | None:
    """Return the kind of a file that its name says, None where it says none."""
    return "idx" if IDX.search(path.name) else BY_EXTENSION.get(path.suffix[1:].lower())


def require_text(path: Path, beginning: bytes) -> None:
    """Raise DataError where a file said to be text begins like a known file that is not."""
    for magic, kind in KNOWN:
        if beginning.startswith(magic):
            extension = next(each for each, known in BY_EXTENSION.items() if known == kind)
            raise DataError(
                f"{shown_path(path)}: a .{extension} file by its content",
                f"rename it to end in .{extension}",
            )
    for pattern, what, hint in REFUSED:
        if re.match(pattern, beginning):
            raise DataError(f"{shown_path(path)}: {what}, allowed {ALLOWED}", hint)


def _by_beginning(path: Path, beginning: bytes) -> str:
    for magic, kind in KNOWN:
        if beginning.startswith(magic):
            return kind
    if re.match(rb"PK\x03\x04[\s\S]{26,80}\.npy", beginning):
        return "npz"
    if re.match(rb"\0\0[\x08\x09\x0b-\x0e][\x01-\x04]\0", beginning):
        return "idx"
    require_text(path, beginning)
    if re.match(rb"(?im)(\s*%.*\n)*\s*@relation\b", beginning):
        return "arff"
    if b"\0" not in beginning and re.search(rb"[,;\t]", beginning.partition(b"\n")[0]):
        return "text"
    near = nearest(path.suffix[1:], BY_EXTENSION)
    hint = f"did you mean {shown(path.with_suffix('.' + near[0]))}?" if near else ""
    unknown = f"not a kind of file that is known, {shown(path.suffix)}" if path.suffix else "binary"
    raise DataError(f"{shown_path(path)}: {unknown}, allowed {ALLOWED}", hint)
