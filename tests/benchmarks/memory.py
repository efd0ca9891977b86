"""Peak resident memory of one training, by mlpcli and by Keras fit."""

import sys
import tempfile
from pathlib import Path

from children import MLPCLI, run
from rounds import Target, interleave, print_table, print_targets, ratio, spread

CONFIG = "configs/deep3.yaml"
PLAIN, KERAS = f"mlpcli train {CONFIG}", "Keras fit of the same"


def benchmark(rounds: int) -> None:
    """Measure both and print them."""
    peaks = interleave({PLAIN: _mlpcli, KERAS: _keras}, rounds)
    print("Peak resident memory: MiB\n")
    rows = [(name, *spread(each, 0)) for name, each in peaks.items()]
    print_table(("process", "median", "least", "most"), rows)
    print_targets(
        [Target("mlpcli to Keras fit", 1.0, ratio(peaks[PLAIN], peaks[KERAS]), "x", least=False)]
    )


def _mlpcli() -> float:
    with tempfile.TemporaryDirectory() as runs:
        return run((*MLPCLI, "train", CONFIG, "--runs-dir", runs)).peak / 2**20


def _keras() -> float:
    script = Path(__file__).with_name("keras_training.py")
    return run((sys.executable, script, CONFIG)).peak / 2**20
