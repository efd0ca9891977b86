"""Many runs in one process, side by side, against as many processes, and against one by one."""

import json
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from children import MLPCLI, Command, run
from rounds import Target, interleave, print_table, print_targets, ratio, spread

RUNS, AT_ONCE = 27, 2  # runs, and processes of one each at once
SEEDS, STEPS = 20, 5_000
SHORT = ("configs/tiny.yaml", "steps=500")  # width 32, one structure
LONG = ("configs/tiny.yaml", f"steps={STEPS}")
TIMES = ("seconds", "examples_per_second")
ONE_BY_ONE = (sys.executable, Path(__file__).with_name("one_after_another.py"))


def benchmark(rounds: int) -> None:
    """Train the same runs both ways, hold them against each other, and print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        times = interleave(
            {
                "27 processes": lambda: _processes(place / "processes"),
                "27 runs": lambda: _timed(
                    (*MLPCLI, "train", *SHORT, "--seeds", f"{RUNS}"), place / "27"
                ),
                "one after another": lambda: _seeds(ONE_BY_ONE, place / "by-one"),
                "side by side": lambda: _seeds(MLPCLI, place / "beside"),
            },
            rounds,
        )
        same = _bits(place / "by-one") == _bits(place / "beside")
        same = same and _bits(place / "processes") == _bits(place / "27")
    print("Many runs: wall seconds\n")
    names = {
        "27 processes": f"{RUNS} runs of 500 steps, width 32: a process each, {AT_ONCE} at a time",
        "27 runs": "  one process, side by side",
        "one after another": f"{SEEDS} seeds of {STEPS:,} steps, width 32: one after another",
        "side by side": "  side by side",
    }
    print_table(
        ("command", "median", "least", "most"),
        [(name, *spread(times[key], 1)) for key, name in names.items()],
    )
    print(f"bits: {'the same' if same else 'DIFFERENT'}\n")
    faster = ratio(times["27 processes"], times["27 runs"])
    together = ratio(times["one after another"], times["side by side"])
    print_targets(
        [
            Target(f"{RUNS} runs against processes", 8, faster, "x"),
            Target("seeds side by side", 1.8, together, "x"),
        ]
    )


def _seeds(command: Command, place: Path) -> float:
    return _timed((*command, "train", *LONG, "--seeds", f"{SEEDS}"), place)


def _timed(command: Command, place: Path) -> float:
    """Return the wall seconds of a command whose runs go to a folder, which is made anew."""
    shutil.rmtree(place, ignore_errors=True)
    return run((*command, "--runs-dir", place)).seconds


def _processes(place: Path) -> float:
    """Return the wall seconds of a process for each run, so many at once as there are cores."""
    shutil.rmtree(place, ignore_errors=True)
    train = (*MLPCLI, "train", *SHORT, "--runs-dir", place)
    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda seed: run((*train, f"seed={seed}")), range(RUNS)))
    return time.perf_counter() - start


def _bits(place: Path) -> dict[int, tuple[list[dict[str, object]], bytes]]:
    """Return of each seed the metrics without times, and the predictions."""
    return {
        json.loads((each / "run.json").read_text())["config"]["seed"]: (
            [_timeless(line) for line in (each / "metrics.jsonl").read_text().splitlines()],
            (each / "test_predictions.npy").read_bytes(),
        )
        for each in place.iterdir()
    }


def _timeless(line: str) -> dict[str, object]:
    return {key: value for key, value in json.loads(line).items() if key not in TIMES}
