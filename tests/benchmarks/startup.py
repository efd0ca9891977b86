"""Wall seconds of whole processes, from start to exit."""

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

from children import MLPCLI, Command, run
from rounds import Target, interleave, print_table, print_targets, spread

RUNS = 10
IMPORT, TRAIN = "python -c 'import tensorflow'", "mlpcli train configs/tiny.yaml"
HELP, COMPARE = "mlpcli --help", f"mlpcli compare, of {RUNS} runs"


def benchmark(rounds: int) -> None:
    """Measure the commands and print their times."""
    with tempfile.TemporaryDirectory() as folder:
        trained, compared = Path(folder, "trained"), Path(folder, "compared")
        train = (*MLPCLI, "train", "configs/tiny.yaml", "--runs-dir", trained)
        directory = run(train).stdout.strip()
        for number in range(RUNS):
            shutil.copytree(directory, compared / f"run-{number}")
        commands: dict[str, Command] = {
            IMPORT: (sys.executable, "-c", "import tensorflow"),
            TRAIN: train,
            HELP: (*MLPCLI, "--help"),
            COMPARE: (*MLPCLI, "compare", compared),
        }
        times = interleave({name: partial(_wall, each) for name, each in commands.items()}, rounds)
    _report(times)


def _wall(command: Command) -> float:
    return run(command).seconds


def _report(times: dict[str, list[float]]) -> None:
    print("Whole processes: wall seconds\n")
    rows = [(name, *spread(each, 2)) for name, each in times.items()]
    print_table(("command", "median", "least", "most"), rows)
    beyond = median(a - b for a, b in zip(times[TRAIN], times[IMPORT], strict=True))
    print_targets(
        [
            Target("mlpcli train beyond TensorFlow's import", 1.5, beyond, " s", least=False),
            Target(HELP, 0.3, median(times[HELP]), " s", least=False),
            Target(COMPARE, 0.3, median(times[COMPARE]), " s", least=False),
        ]
    )
