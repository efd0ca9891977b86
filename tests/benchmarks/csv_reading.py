"""Read a CSV in this process: python csv_reading.py polars|mlpcli CSV.

Prints the seconds, and the peak resident memory in bytes beyond that before reading. mlpcli's are
those to examples that can be trained on: read, types checked, split, prepared and hashed.
"""

import sys
import time
from pathlib import Path

import polars as pl

from mlpcli.data import DataSpec, dataset_of


def resident(which: str) -> int:
    """Return VmRSS, at present, or VmHWM, the peak, in bytes.

    The peak that a parent is told of its child may be the parent's own, from before the exec.
    """
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition(f"{which}:")[2].split()[0])


name, path = sys.argv[1:]
before, began = resident("VmRSS"), time.perf_counter()
if name == "polars":
    pl.read_csv(path)
else:
    dataset_of(DataSpec(dataset=path)).load()
print(time.perf_counter() - began, resident("VmHWM") - before)
