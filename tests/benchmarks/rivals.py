"""The searches that sweeps are measured against, each a whole process; see keras_searches.py."""

import sys
from importlib.util import find_spec
from pathlib import Path

from children import run

from mlpcli.data.mnist import FILE

KERAS_TUNER, OPTUNA, OPTUNA_STRUCTURES = "keras-tuner", "optuna", "optuna-structures"
NEEDS = {  # modules; KerasTuner does not train without tensorboard, and does not ask for it
    KERAS_TUNER: ("keras_tuner", "tensorboard"),
    OPTUNA: ("optuna",),
    OPTUNA_STRUCTURES: ("optuna",),
}
SCRIPT = Path(__file__).with_name("keras_searches.py")


def are_there(*names: str) -> list[str]:
    """Return those of the searches that are installed; the others are told on stderr."""
    there = [name for name in names if all(map(find_spec, NEEDS[name]))]
    for name in names:
        if name not in there:
            print(f"{name}: not installed; pip install -e '.[bench]'", file=sys.stderr)
    return there


def search_seconds(name: str, trials: int, steps: int) -> float:
    """Return the wall seconds of a search."""
    return run((sys.executable, SCRIPT, name, f"{trials}", f"{steps}", FILE)).seconds
