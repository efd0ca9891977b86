"""What checkpoints cost: the share of a training's seconds that goes into making them safe."""

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


def benchmark(rounds: int) -> None:
    """Measure whole trainings with and without, and the saving itself, and print them."""
    inside: list[float] = []
    times = interleave(
        {
            OFTEN: lambda: _train(),
            ONCE: lambda: _train("-s", "checkpoint_every=5000"),
            SAVING: lambda: _saving(inside),
        },
        rounds,
    )
    print("Checkpoints and fsync, ten in a training: seconds\n")
    print_table(
        ("training", "median", "least", "most"),
        [(name, *spread(each, 3)) for name, each in times.items()],
    )
    print(f"with and without, whole: {100 * (ratio(times[OFTEN], times[ONCE]) - 1):+.1f} %\n")
    print_targets(
        [Target("checkpoints, of deep3's training", 2, 100 * median(inside), " %", least=False)]
    )


def _train(*words: str) -> float:
    with tempfile.TemporaryDirectory(dir=ROOT) as runs:  # /tmp may be memory, where syncing is free
        path = run((*MLPCLI, "train", CONFIG, "--runs-dir", runs, *words)).stdout.strip()
        return float(json.loads(Path(path, "summary.json").read_text())["seconds"])


def _saving(inside: list[float]) -> float:
    """Return the seconds that saving took in a training; note their share of it."""
    script = Path(__file__).with_name("checkpoint_times.py")
    saving, seconds = map(float, run((sys.executable, script, CONFIG)).stdout.split())
    inside.append(saving / seconds)
    return saving
