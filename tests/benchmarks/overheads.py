"""What a sweep takes beside its training: the sampler, run directories read, tables, the end."""

import sys
from functools import partial
from pathlib import Path

from children import run
from rounds import Target, interleave, print_table, print_targets, ratio, spread

TRIALS = 1_000
SCRIPT = Path(__file__).with_name("sweep_overhead.py")


def benchmark(rounds: int) -> None:
    """Measure a sweep of copied runs, and print it beside what training them takes."""
    found = interleave({"sweep": partial(_seconds, TRIALS)}, rounds)["sweep"]
    training, beside = [TRIALS * each for each, _ in found], [each for _, each in found]
    print(f"A search of {TRIALS:,} trials of 500 steps, width 32, by TPE: wall seconds\n")
    rows = [
        ("training them, by what 27 took side by side", *spread(training, 1)),
        ("the sweep, its trials there at once", *spread(beside, 1)),
    ]
    print_table(("what", "median", "least", "most"), rows)
    share = 100 * ratio(beside, training)
    print_targets([Target("a sweep beside its training", 5, share, " %", least=False)])


def _seconds(trials: int) -> tuple[float, float]:
    """Return the seconds of a trained trial, and those of the sweep in all."""
    each, whole = map(float, run((sys.executable, SCRIPT, f"{trials}")).stdout.split())
    return each, whole
