"""`mlpcli tune` against the searches of other tools, each with the same time on the same cores.

All see the same rows of a split, encoded alike; validation rows alone choose; the test rows are
scored once. mlpcli is the whole command with its start, from the config that `mlpcli init` writes.
Its score is the mean of the runs on fresh seeds that it trains of the setting that it takes, within
the time, or else of the trial itself. The others answer with one network, their best fitted anew.
A repeat has a split of its own (not of mnist, whose split is fixed), and seeds of its own.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import tune_verdicts
from children import MLPCLI, ChildError, Command, Ended, run
from numpy.typing import NDArray
from tune_results import OVERRUN, Key, Measurement, Results

from mlpcli.config import load_config
from mlpcli.data import Dataset, Regression
from mlpcli.stats import r_squared

SETS = ("mnist", "penguins", "breast_cancer", "digits", "diabetes", "spiral")
FIRST = 500  # the seed of repeat 1; 0 to 309 were seen before
LONGEST = 3  # times of the time, after which a contender is killed
OURS = "mlpcli"
RIVALS = {"KerasTuner": "hyperband", "Optuna": "optuna", "scikit-learn": "random"}
NEEDS = {
    "KerasTuner": ("keras_tuner", "tensorboard"),  # which it does not train without
    "Optuna": ("optuna",),
    "scikit-learn": ("sklearn",),
}
SCRIPT = Path(__file__).with_name("tune_rivals.py")

Measure = Callable[[Key, Path], Measurement]


def benchmark(sets: Sequence[str], minutes: float, repeats: int, out: Path | None) -> None:
    """Measure what is not in the file yet, contender by contender, and print tables."""
    results = Results(out)
    contenders = _contenders()
    for key in _keys(sets, contenders, minutes, repeats):
        if key in results.of:
            continue
        name = f"{key.data}, {key.contender}"
        print(f"repeat {key.repeat} of {repeats}: {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            try:
                measured = contenders[key.contender](key, Path(folder))
            except ChildError as error:
                print(error, file=sys.stderr)
                results.failed(key, str(error)[-2_000:])
                continue
        results.add(measured)
        over = measured.overran
        said = f", {over:.2f} times its time" if over > OVERRUN else ""
        print(f"  {measured.score:.4f}, {measured.trials} trials{said}", file=sys.stderr)
    found = results.taken(_keys(sets, contenders, minutes, repeats))
    tune_verdicts.report(found, OURS, minutes)


def _contenders() -> dict[str, Measure]:
    """Return mlpcli and those of the others that are installed."""
    there: dict[str, Measure] = {OURS: _mlpcli}
    for name, script in RIVALS.items():
        if all(map(find_spec, NEEDS[name])):
            there[name] = partial(_rival, script)
        else:
            print(f"{name}: not installed; pip install -e '.[bench]'", file=sys.stderr)
    return there


def _keys(
    sets: Sequence[str], contenders: dict[str, Measure], minutes: float, repeats: int
) -> Iterator[Key]:
    for repeat in range(1, repeats + 1):
        for data in sets:
            for name in contenders:
                yield Key(data, name, repeat, minutes)


def _mlpcli(key: Key, folder: Path) -> Measurement:
    config, seed = _config(key, folder)
    words = (f"split_seed={seed}", f"seed={seed}", "--budget", f"{round(60 * key.minutes)}s")
    told = ("--runs-dir", folder / "runs", "--json", "--progress", "none")
    ended = run((*MLPCLI, "tune", config, *words, *told), limit=_limit(key))
    found = json.loads(ended.stdout)
    taken = found["trials"][found["taken"]]
    finalists = {each["number"]: each for each in found["finalists"]}
    finalist = finalists.get(found["taken"])
    fresh = finalist["runs"] if finalist and finalist["fresh"] else [taken["run"]]
    said = [np.load(_only(folder.glob(f"runs/**/{each}"))) for each in _files(fresh)]
    validation = finalist["fresh"]["mean"] if finalist and finalist["fresh"] else taken["score"]
    data = load_config(config, (f"split_seed={seed}",)).data
    return _measurement(key, ended, data, said, validation, len(found["trials"]), taken["values"])


def _files(runs: Sequence[str]) -> Iterator[str]:
    for each in runs:
        yield f"{each}/test_predictions.npy"


def _only(paths: Iterator[Path]) -> Path:
    (path,) = paths
    return path


def _rival(script: str, key: Key, folder: Path) -> Measurement:
    config, seed = _config(key, folder)
    data = load_config(config, (f"split_seed={seed}",)).data
    arrays = _write_arrays(data, folder)
    seconds = 60 * key.minutes
    until = time.monotonic() + seconds
    words = (script, arrays, f"{seed}", f"{until}", f"{seconds}", f"{_cores()}")
    ended = run((sys.executable, SCRIPT, *words), limit=_limit(key))
    told = json.loads(ended.stdout)
    said = np.array(told["test"])
    if isinstance(data.task, Regression):
        said = data.task.scale.restored(said.reshape(-1, 1))
    return _measurement(
        key, ended, data, [said], told["validation"], told["trials"], told["chosen"]
    )


def _config(key: Key, folder: Path) -> tuple[Path, int]:
    """Write the config that a user begins with; return it, and the seed of the repeat."""
    config = folder / f"{key.data}.yaml"
    command: Command = (*MLPCLI, "init", key.data, "--out", config)
    run(command)
    return config, FIRST + key.repeat - 1


def _write_arrays(data: Dataset, folder: Path) -> Path:
    """Write what a network sees of each part, and what it is to say of those that are known."""
    splits, arrays = data.load(), {}
    for name in ("train", "validation", "test"):
        part = getattr(splits, name)
        x = part.features
        arrays[f"{name}_x"] = x if x.dtype.kind == "f" else np.float32(part.scale) * x
        if name != "test":
            arrays[f"{name}_y"] = part.targets
    np.savez(folder / "arrays.npz", outputs=data.task.outputs, **arrays)
    return folder / "arrays.npz"


def _measurement(
    key: Key,
    ended: Ended,
    data: Dataset,
    said: Sequence[NDArray[np.float64]],
    validation: float | None,
    trials: int,
    chosen: dict[str, object],
) -> Measurement:
    truth = data.load().test.targets
    values = isinstance(data.task, Regression)
    if isinstance(data.task, Regression):
        truth = data.task.scale.restored(truth)
        said = [each.reshape(truth.shape) for each in said]
        scores = [r_squared(each, truth) for each in said]
    else:
        scores = [float(np.mean(each == truth)) for each in said]
    return Measurement(
        key=key,
        score=float(np.mean(scores)),
        rows=len(truth),
        seconds=round(ended.seconds, 2),
        cpu_seconds=round(ended.cpu_seconds, 2),
        validation=validation,
        trials=trials,
        chosen=chosen,
        seed=FIRST + key.repeat - 1,
        networks=len(said),
        said=[each.ravel().tolist() for each in said] if values else [],
        truth=truth.ravel().tolist() if values else [],
        cores=_cores(),
        load=round(os.getloadavg()[0], 2),
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _limit(key: Key) -> float:
    return 60 * key.minutes * LONGEST + 60
