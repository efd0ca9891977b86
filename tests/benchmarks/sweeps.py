"""Many runs in one process, side by side, against processes, one by one, and Keras's searches."""

import json
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from children import MLPCLI, Command, run
from rivals import KERAS_TUNER, OPTUNA, are_there, search_seconds
from rounds import Target, interleave, print_table, print_targets, ratio, spread

RUNS, AT_ONCE = 27, 2  # runs, and processes of one each at once
SEEDS, STEPS = 20, 5_000
SHORT_STEPS = 500
SHORT = ("configs/tiny.yaml", f"steps={SHORT_STEPS}")  # width 32, one structure
LONG = ("configs/tiny.yaml", f"steps={STEPS}")
TIMES = ("seconds", "examples_per_second")
ONE_BY_ONE = (sys.executable, Path(__file__).with_name("one_after_another.py"))
PROCESSES, TOGETHER = f"{RUNS} processes", f"{RUNS} runs"
ALONE, BESIDE = "one after another", "side by side"
NAMES = {
    PROCESSES: f"{RUNS} runs of {SHORT_STEPS} steps, width 32: a process each, {AT_ONCE} at a time",
    TOGETHER: "  one process, side by side",
    KERAS_TUNER: "  by KerasTuner, a random search",
    OPTUNA: "  by Optuna and Keras fit",
    ALONE: f"{SEEDS} seeds of {STEPS:,} steps, width 32: one after another",
    BESIDE: "  side by side",
}


def benchmark(rounds: int) -> None:
    """Train the same runs each way, hold them against each other, and print the ratios."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        contenders = {
            PROCESSES: lambda: _processes(place / "processes"),
            TOGETHER: lambda: _timed(
                (*MLPCLI, "train", *SHORT, "--seeds", f"{RUNS}"), place / "27"
            ),
            **{name: partial(search_seconds, name, RUNS, SHORT_STEPS)
               for name in are_there(KERAS_TUNER, OPTUNA)},
            ALONE: lambda: _seeds(ONE_BY_ONE, place / "by-one"),
            BESIDE: lambda: _seeds(MLPCLI, place / "beside"),
        }  # fmt: skip
        times = interleave(contenders, rounds)
        same = _bits(place / "by-one") == _bits(place / "beside")
        same = same and _bits(place / "processes") == _bits(place / "27")
    print("Many runs: wall seconds\n")
    rows = [(NAMES[name], *spread(each, 1)) for name, each in times.items()]
    print_table(("command", "median", "least", "most"), rows)
    print(f"bits: {'the same' if same else 'DIFFERENT'}\n")
    print_targets(_targets(times))


def _targets(times: dict[str, list[float]]) -> list[Target]:
    def over(slow: str, fast: str) -> float | None:
        return ratio(times[slow], times[fast]) if slow in times else None

    return [
        Target(f"{RUNS} runs against processes", 8, over(PROCESSES, TOGETHER), "x"),
        Target(f"{RUNS} runs against KerasTuner", 4, over(KERAS_TUNER, TOGETHER), "x"),
        Target(f"{RUNS} runs against Optuna and Keras fit", 4, over(OPTUNA, TOGETHER), "x"),
        Target("seeds side by side", 1.8, over(ALONE, BESIDE), "x"),
    ]


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
