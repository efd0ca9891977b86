"""A small sweep with all that one can have, and how it comes out where nothing disturbs it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from once import Once
from running import FAULTS, Done, mlpcli

BASE = """\
dataset: spiral
layers: 2
width: 8
learning_rate: 0.1
steps: 120
batch_size: 16
eval_every: 10
log_every: 60
checkpoint_every: 60
"""
SWEEP = """\
base: base.yaml
over:
  layers: [1, 2]
  width: {values: [4, 8], when: {layers: 2}}
  learning_rate: {from: 0.01, to: 1.0, log: true}
trials: 12
seeds: 2
halving: 3
"""
WORDS = ("sweep", "s.yaml")


def made(place: Path) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    (place / "base.yaml").write_text(BASE)
    (place / "s.yaml").write_text(SWEEP)
    return place


def sweeps(place: Path) -> list[Path]:
    found = (place / "runs").iterdir() if (place / "runs").exists() else ()
    return [each for each in found if each.name[0] != "."]


def only_sweep(place: Path) -> Path:
    (path,) = sweeps(place)
    return path


def summary(path: Path) -> dict[str, Any]:
    """Return a sweep's summary without what depends on the clock, the machine, or chance."""
    record = json.loads((path / "summary.json").read_text())
    for key in ("seconds", "seconds_to_settle", "side_by_side"):
        del record[key]
    for each in record["trials"]:
        each["run"] = each["run"] and re.sub(r"^\d+-\d+-|-\w{4}$", "", each["run"])
    for each in record["finalists"]:
        each["runs"] = len(each["runs"])
    return dict(record)


def faulty(place: Path, fault: str) -> Done:
    """Begin the sweep in a new place, with a fault at a call."""
    variables = {"PYTHONPATH": FAULTS, "FAULT_ROOT": str(place / "runs"), "FAULT": fault}
    return mlpcli(WORDS, made(place), **variables, FAULT_LOG=str(place / "log"))


def undisturbed(factory: pytest.TempPathFactory, once: Once) -> tuple[dict[str, Any], int]:
    """Return the summary of the sweep that nothing disturbs, and how many calls it makes.

    It is trained once for all tests.
    """

    def trained() -> dict[str, Any]:
        place = factory.mktemp("whole")
        done = faulty(place, "none 0")
        assert done.returncode == 0, done.stderr
        calls = len((place / "log").read_text().splitlines())
        return {"summary": summary(only_sweep(place)), "calls": calls}

    found = dict(once.value("whole-sweep", trained))
    return found["summary"], found["calls"]


def resumed(place: Path) -> Done:
    """Go on with a killed sweep, or begin it where it was not there yet."""
    left = sweeps(place)
    done = mlpcli(["resume", left[0]] if left else WORDS, place)
    assert done.returncode == 0, done.stderr
    return done
