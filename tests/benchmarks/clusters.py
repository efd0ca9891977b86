"""A sweep on two worker processes of one machine, against the same in threads of one process."""

import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from children import MLPCLI, run
from rounds import Target, interleave, print_table, print_targets, ratio, spread

TRIALS, STEPS, WORKERS = 32, 40_000, 2
HERE, WORKED = "in threads of one process", f"in {WORKERS} worker processes of Dask"


def benchmark(rounds: int) -> None:
    """Train a sweep both ways, and print the ratio."""
    if find_spec("distributed") is None:
        print_targets([Target("a sweep on own workers", 0.9, None, "x")])
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        contenders = {
            HERE: lambda: _seconds(place),
            WORKED: lambda: _seconds(place, "--workers", f"{WORKERS}"),
        }
        times = interleave(contenders, rounds)
    print(f"A sweep of {TRIALS} trials of {STEPS:,} steps, width 32: wall seconds\n")
    print_table(
        ("trained", "median", "least", "most"), [(n, *spread(t, 1)) for n, t in times.items()]
    )
    print_targets([Target("a sweep on own workers", 0.9, ratio(times[HERE], times[WORKED]), "x")])


def _seconds(place: Path, *words: str) -> float:
    """Return the wall seconds of the sweep, whose folder is made anew."""
    shutil.rmtree(place / "runs", ignore_errors=True)
    rates = ",".join(f"{0.01 * (i + 1):.2f}" for i in range(TRIALS))
    keys = (f"learning_rate={rates}", f"steps={STEPS}")
    command = (*MLPCLI, "sweep", "configs/tiny.yaml", *keys, "--seeds", "1", *words)
    return run((*command, "--runs-dir", place / "runs")).seconds
