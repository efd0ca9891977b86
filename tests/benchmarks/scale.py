"""Many runs compared: wall seconds and memory of the command, and MLflow asked the same."""

import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

import synthetic
from children import MLPCLI, ChildError, kept, run
from rounds import Target, interleave, print_table, print_targets, spread

SIZES = {10_000: 1.0, 100_000: 10.0}  # runs, and the seconds that they may take
MEMORY = 1024  # MiB
MLFLOW_RUNS = 10_000  # in its SQLite store, without its import
MLFLOW = f"MLflow search_runs, of {MLFLOW_RUNS:,} runs"


def benchmark(rounds: int, bench_python: str) -> None:
    """Make runs, compare them, and print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        peaks: dict[int, list[float]] = {size: [] for size in SIZES}
        contenders = {}
        for size in SIZES:
            print(f"making {size:,} runs", file=sys.stderr)
            synthetic.make(Path(folder, str(size)), size)
            contenders[_name(size)] = partial(_compare, Path(folder, str(size)), peaks[size])
        try:
            script = Path(__file__).with_name("mlflow_search.py")
            with kept((bench_python, script, str(MLFLOW_RUNS))) as ask:
                times = interleave({**contenders, MLFLOW: ask}, rounds)
        except ChildError:
            print("MLflow is not installed, or fails: left out", file=sys.stderr)
            times = interleave(contenders, rounds)
    _report(times, peaks)


def _name(size: int) -> str:
    return f"mlpcli compare --top 20, of {size:,} runs"


def _compare(folder: Path, peaks: list[float]) -> float:
    ended = run((*MLPCLI, "compare", folder, "--top", "20"))
    peaks.append(ended.peak / 2**20)
    return ended.seconds


def _report(times: dict[str, list[float]], peaks: dict[int, list[float]]) -> None:
    print("Many runs, of five seeds a setting: wall seconds, files in the cache\n")
    print_table(
        ("question", "median", "least", "most"),
        [(name, *spread(each, 2)) for name, each in times.items()],
    )
    targets = []
    for size, limit in SIZES.items():
        seconds, peak = median(times[_name(size)]), median(peaks[size])
        targets.append(Target(f"{size:,} runs", limit, seconds, " s", least=False))
        targets.append(Target(f"{size:,} runs, memory", MEMORY, peak, " MiB", least=False))
    print_targets(targets)
