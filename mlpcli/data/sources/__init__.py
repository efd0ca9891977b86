"""Reading files: what a file holds, whole and unaltered, or a DataError that says where it is not.

`read_source` reads a file by its kind (kinds.py): delimited text (text.py), Parquet and Arrow
(columnar.py), npy and npz (arrays.py), IDX (idx.py), ARFF (arff.py), LIBSVM (libsvm.py). What may
be read at most stands in bounds.py. Whatever a file is, reading it ends in its values or in one
DataError: it ends no process, writes nothing, and takes no more memory than there is.
"""

from mlpcli.data.sources.content import file_sha256
from mlpcli.data.sources.read import read_source, read_text_table, read_with

__all__ = ["file_sha256", "read_source", "read_text_table", "read_with"]
