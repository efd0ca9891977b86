"""A search over structures and learning rates, as a command, against Optuna and Keras `fit`."""

import shutil
import tempfile
from functools import partial
from pathlib import Path

from children import MLPCLI, ROOT, run
from rivals import OPTUNA_STRUCTURES, are_there, search_seconds
from rounds import Target, interleave, print_table, print_targets, ratio, spread

TRIALS, STEPS = 64, 1_000
OURS = "mlpcli sweep"
NAMES = {OURS: OURS, OPTUNA_STRUCTURES: "Optuna TPE and Keras fit"}
SWEEP = f"""\
base: {ROOT}/configs/tiny.yaml
over:
  layers: [2, 3, 4]
  width: [16, 32, 64]
  learning_rate: {{from: 0.01, to: 1.0, log: true}}
search: tpe
trials: {TRIALS}
seeds: 1
"""


def benchmark(rounds: int) -> None:
    """Search both ways, and print the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        contenders = {
            OURS: lambda: _ours(Path(folder)),
            **{
                name: partial(search_seconds, name, TRIALS, STEPS)
                for name in are_there(OPTUNA_STRUCTURES)
            },
        }
        times = interleave(contenders, rounds)
    print(f"A search of {TRIALS} trials of {STEPS:,} steps over 9 structures: wall seconds\n")
    rows = [(NAMES[name], *spread(each, 1)) for name, each in times.items()]
    print_table(("command", "median", "least", "most"), rows)
    gain = ratio(times[OPTUNA_STRUCTURES], times[OURS]) if OPTUNA_STRUCTURES in times else None
    print_targets([Target("a search against Optuna and Keras fit", 3, gain, "x")])


def _ours(place: Path) -> float:
    """Return the wall seconds of the sweep, whose folder is made anew."""
    shutil.rmtree(place / "runs", ignore_errors=True)
    (place / "sweep.yaml").write_text(SWEEP)
    command = (*MLPCLI, "sweep", "-s", f"steps={STEPS}", place / "sweep.yaml")
    return run((*command, "--runs-dir", place / "runs")).seconds
