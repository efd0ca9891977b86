"""What is read at most, and whether what a file holds fits into the memory."""

import resource

from mlpcli.errors import DataError
from mlpcli.limits import limit_of, physical_memory, size

MAX_COLUMNS = 20_000
MAX_CHARACTERS = 1_000_000  # of a field of text
MAX_NAME = 200  # characters of a column's name
MAX_ROW = 64 << 20  # bytes of a row of text: more than all columns with 3,000 characters each
MAX_RATIO = 250  # times its packed size that a file unpacks to; tables of zeros reach 100
SMALL = 128 << 20  # bytes that a file may unpack to whatever the ratio
SHARE = 0.8  # of the memory that a table may take


def memory() -> int:
    """Return the bytes that a table may take in this process."""
    limits = (limit_of(resource.RLIMIT_AS), limit_of(resource.RLIMIT_DATA))
    there = [physical_memory(), *(each for each in limits if each is not None)]
    return int(SHARE * min(there))


def require_room(need: int, name: str) -> None:
    """Raise DataError where a file's values take more bytes than this machine has for them."""
    room = memory()
    if need > room:
        raise DataError(
            f"{name}: takes about {size(need)} of memory, allowed {size(room)} on this machine",
            "train on fewer rows or columns",
        )


def require_ratio(packed: int, unpacked: int, name: str) -> None:
    """Raise DataError for what unpacks to far more than data do: a compression bomb."""
    if unpacked > SMALL and unpacked > MAX_RATIO * packed:
        raise DataError(
            f"{name}: {size(packed)} that unpack to {size(unpacked)} or more, "
            f"allowed {MAX_RATIO} times",
            "no data pack so well; if these do, unpack the file first",
        )
