"""Reading: a large CSV beside polars alone, and MNIST as IDX files beside the built-in one."""

import struct
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl
from children import MLPCLI, run
from numpy.typing import NDArray
from rounds import Target, interleave, print_table, print_targets, ratio, spread

from mlpcli.data.mnist import FILE

ROWS, COLUMNS = 200_000, 100
FLOAT32 = 4 * ROWS * COLUMNS / 2**20  # MiB
OURS, POLARS = "mlpcli, ready to train", "polars alone"
CONFIG = "configs/tiny.yaml"  # of all runs the one of which reading is the largest share
BUILT_IN, IDX = f"mlpcli train {CONFIG}", "the same, of IDX files"


def benchmark(rounds: int) -> None:
    """Measure both and print them."""
    with tempfile.TemporaryDirectory() as folder:
        _table(Path(folder), rounds)
        _images(Path(folder), rounds)


def _table(folder: Path, rounds: int) -> None:
    path = folder / "large.csv"
    _write_csv(path)
    peaks: dict[str, list[float]] = {OURS: [], POLARS: []}
    names = {OURS: "mlpcli", POLARS: "polars"}
    seconds = interleave(
        {name: partial(_read, word, path, peaks[name]) for name, word in names.items()}, rounds
    )
    print(
        f"Reading a CSV of {ROWS:,} rows x {COLUMNS} columns, {path.stat().st_size / 2**20:.0f} "
        f"MiB, as float32 {FLOAT32:.0f} MiB: seconds without imports\n"
    )
    _print_spread("reader", seconds, 2)
    print("Peak resident memory of the same, beyond the imports: MiB\n")
    _print_spread("reader", peaks, 0)
    slower, larger = ratio(seconds[OURS], seconds[POLARS]), ratio(peaks[OURS], peaks[POLARS])
    print(f"to polars alone: {slower:.1f}x the seconds, {larger:.2f}x the memory\n")
    beside = median(peaks[OURS]) / FLOAT32
    print_targets([Target("peak, to the table as float32", 3, beside, "x", False)])


def _write_csv(path: Path) -> None:
    """Write numbers of five decimals, and last a class."""
    drawn = np.random.default_rng(0).normal(size=(ROWS, COLUMNS - 1))
    classes = pl.Series(np.where(drawn[:, 0] + drawn[:, 1] > 0, "yes", "no"))
    frame = pl.DataFrame({f"x{n}": drawn[:, n] for n in range(COLUMNS - 1)}).with_columns(
        classes.alias("class")
    )
    frame.write_csv(path, float_precision=5)


def _read(name: str, path: Path, peaks: list[float]) -> float:
    script = Path(__file__).with_name("csv_reading.py")
    ended = run((sys.executable, script, name, path))
    seconds, peak = map(float, ended.stdout.split())
    peaks.append(peak / 2**20)
    return seconds


def _images(folder: Path, rounds: int) -> None:
    _write_idx(folder)
    of_files = (
        "-s", f"dataset={folder / 'train-images-idx3-ubyte'}",
        "-s", f"test={folder / 't10k-images-idx3-ubyte'}",
        "-s", "validation=5000",
        "-s", "split=first",
    )  # fmt: skip
    predictions: dict[str, bytes] = {}
    seconds = interleave(
        {
            BUILT_IN: lambda: _train(folder, (), predictions, BUILT_IN),
            IDX: lambda: _train(folder, of_files, predictions, IDX),
        },
        rounds,
    )
    print("MNIST as IDX files and as the built-in: wall seconds of the whole command\n")
    _print_spread("training", seconds, 2)
    same = "the same" if predictions[IDX] == predictions[BUILT_IN] else "OTHER"
    print(
        f"to the built-in: {ratio(seconds[IDX], seconds[BUILT_IN]):.2f}x the seconds, and {same} "
        "predictions of the test images\n"
    )


def _write_idx(folder: Path) -> None:
    with np.load(FILE) as arrays:
        for part, name in (("train", "train"), ("test", "t10k")):
            _write_one(folder / f"{name}-images-idx3-ubyte", arrays[f"x_{part}"])
            _write_one(folder / f"{name}-labels-idx1-ubyte", arrays[f"y_{part}"])


def _write_one(path: Path, array: NDArray[np.uint8]) -> None:
    """Write bytes as IDX: two zeros, the type, the number of axes, their lengths, the bytes."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(head + array.astype(np.uint8).tobytes())


def _train(folder: Path, words: Sequence[str], predictions: dict[str, bytes], name: str) -> float:
    ended = run((*MLPCLI, "train", CONFIG, "--runs-dir", folder / "runs", *words))
    path = Path(ended.stdout.strip())
    predictions[name] = (path / "test_predictions.npy").read_bytes()
    return ended.seconds


def _print_spread(what: str, values: Mapping[str, Sequence[float]], digits: int) -> None:
    rows = [(name, *spread(each, digits)) for name, each in values.items()]
    print_table((what, "median", "least", "most"), rows)
