"""What a run keeps costs: the share of its seconds that checkpoints and layers' records take."""

import json
import sys
import tempfile
from pathlib import Path
from statistics import median

from children import MLPCLI, ROOT, run
from rounds import Target, interleave, print_table, print_targets, ratio, spread

CONFIG = "configs/deep3.yaml"
OFTEN, ONCE = f"mlpcli train {CONFIG}", "the same, one checkpoint at the end"
SAVING = "making and syncing checkpoints"
RECORDING = "measuring the layers"


def benchmark(rounds: int) -> None:
    """Measure whole trainings with and without, and the saving itself, and print them."""
    shares: dict[str, list[float]] = {SAVING: [], RECORDING: []}
    times = interleave(
        {
            OFTEN: lambda: _train(),
            ONCE: lambda: _train("-s", "checkpoint_every=5000"),
            SAVING: lambda: _inside("checkpoint_times.py", shares[SAVING]),
            RECORDING: lambda: _inside("record_times.py", shares[RECORDING]),
        },
        rounds,
    )
    print("Checkpoints and fsync, ten in a training: seconds\n")
    print_table(
        ("training", "median", "least", "most"),
        [(name, *spread(each, 3)) for name, each in times.items()],
    )
    print(f"with and without, whole: {100 * (ratio(times[OFTEN], times[ONCE]) - 1):+.1f} %\n")
    saving, recording = (100 * median(shares[name]) for name in (SAVING, RECORDING))
    print_targets(
        [
            Target("checkpoints, of deep3's training", 2, saving, " %", least=False),
            Target("layers' records, of deep3's training", 3, recording, " %", least=False),
        ]
    )


def _train(*words: str) -> float:
    with tempfile.TemporaryDirectory(dir=ROOT) as runs:  # /tmp may be memory, where syncing is free
        path = run((*MLPCLI, "train", CONFIG, "--runs-dir", runs, *words)).stdout.strip()
        return float(json.loads(Path(path, "summary.json").read_text())["seconds"])


def _inside(script: str, shares: list[float]) -> float:
    """Return the seconds that something took in a training; note their share of it."""
    done = run((sys.executable, Path(__file__).with_name(script), CONFIG))
    spent, seconds = map(float, done.stdout.split())
    shares.append(spent / seconds)
    return spent
