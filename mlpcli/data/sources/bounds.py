"""What is read at most, and whether what a file holds fits into the memory."""

import resource

from mlpcli.errors import DataError
from mlpcli.system import ADDRESSES, DATA, HELD, PROGRAM, limit_of, physical_memory, size

MAX_COLUMNS = 20_000
MAX_CHARACTERS = 1_000_000  # of a field of text
MAX_NAME = 200  # characters of a column's name
MAX_ROW = 64 << 20  # bytes of a row of text: more than all columns with 3,000 characters each
MAX_RATIO = 250  # times its packed size that a file unpacks to; tables of zeros reach 100
SMALL = 128 << 20  # bytes that a file may unpack to whatever the ratio
SHARE = 0.8  # of the memory that a table may take
PREPARED = 4  # bytes of a number that is prepared: float32
STREAMED = 64 << 20  # bytes beyond which a table is read anew for each use, where it can be
FEW = HELD  # what is no question
FEWER = "fewer columns: ignore: [those to leave out]"
AS_PARQUET = "save it as Parquet, which is read in pieces: polars.scan_csv(OLD).sink_parquet(NEW)"


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


def fits_training(need: int) -> bool:
    """Say whether data of so many bytes, raw and prepared, fit into memory beside a training."""
    return need <= room_to_train()


def require_fit(need: int, name: str, instead: str = "") -> None:
    """Raise DataError where they do not; `instead` is what to type, other than to learn from less.

    Nothing of what is little is refused here: where that does not fit, a training says so itself.
    """
    if not fits_training(need):
        raise DataError(
            f"{name}: takes about {size(need)} of memory to train on, "
            f"allowed {size(room_to_train())} beside the program",
            "; or ".join(filter(None, (instead, FEWER))),
        )


def room_to_train() -> int:
    """Return the bytes that data may take beside TensorFlow."""
    addresses, data = limit_of(resource.RLIMIT_AS), limit_of(resource.RLIMIT_DATA)
    there = [SHARE * physical_memory()]
    there += [] if addresses is None else [addresses - ADDRESSES]
    there += [] if data is None else [data / DATA]
    return max(FEW, int(min(there)) - PROGRAM)


def require_ratio(packed: int, unpacked: int, name: str) -> None:
    """Raise DataError for what unpacks to far more than data do: a compression bomb."""
    if unpacked > SMALL and unpacked > MAX_RATIO * packed:
        raise DataError(
            f"{name}: {size(packed)} that unpack to {size(unpacked)} or more, "
            f"allowed {MAX_RATIO} times",
            "no data pack so well; if these do, unpack the file first",
        )
