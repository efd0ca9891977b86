"""Small tables with the config that `mlpcli init` writes, beside scikit-learn on the same splits.

mlpcli's training seconds are those of its summary; its compilation is counted apart. Whole are
processes from start to exit, scores included: mlpcli's also reads, splits, prepares and records,
where scikit-learn's reads arrays. scikit-learn takes as many threads as it does by default.
"""

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median, stdev

import numpy as np
from children import MLPCLI, has, run
from rounds import Target, print_table, print_targets

from mlpcli.config import load_config

TABLES = ("iris", "wine", "breast_cancer", "digits", "diabetes", "penguins")
SPLITS = 10
FIRST = 300  # the first split seed of the figures quoted; 0 to 209 were for calibration
OURS, MLP, SCALED, LINEAR = "mlpcli", "MLP", "MLP, target scaled", "linear"
RIVALS = {MLP: "mlp", SCALED: "mlp-scaled", LINEAR: "linear"}  # as table_rivals.py calls them
MOST = 4  # of the tables


@dataclass(frozen=True)
class Outcome:
    """A test score, accuracy or R squared, and seconds."""

    score: float
    training: float
    compiling: float
    whole: float


Outcomes = Mapping[str, Sequence[Outcome]]  # of each contender, by split


def benchmark(first: int, bench_python: str) -> None:
    """Train each table on each split by all, and print scores and seconds."""
    rivals = list(RIVALS) if has(bench_python, "sklearn") else []
    found: dict[str, Outcomes] = {}
    for table in TABLES:
        with tempfile.TemporaryDirectory() as folder:
            found[table] = _measure(table, first, rivals, bench_python, Path(folder))
    _report(found, first)


def _measure(
    table: str, first: int, rivals: Sequence[str], python: str, folder: Path
) -> dict[str, list[Outcome]]:
    config = folder / f"{table}.yaml"
    run((*MLPCLI, "init", table, "--out", config))
    outcomes: dict[str, list[Outcome]] = {}
    for seed in range(first, first + SPLITS):
        print(f"{table}: split {seed - first + 1} of {SPLITS}", file=sys.stderr)
        arrays, split, is_regression = _write_arrays(config, seed, folder)
        outcomes.setdefault(OURS, []).append(_mlpcli(config, seed, split, folder))
        for name in rivals:
            if name != SCALED or is_regression:
                outcomes.setdefault(name, []).append(_rival(python, RIVALS[name], seed, arrays))
    return outcomes


def _write_arrays(config: Path, seed: int, folder: Path) -> tuple[Path, str, bool]:
    """Write the rows of a split, with medians for missing numbers, one-hot, and nothing scaled."""
    data = load_config(config, (f"split_seed={seed}", "scaling=none")).data
    splits, task = data.load(), data.task
    targets = {"train": splits.train.targets, "test": splits.test.targets}
    if task.kind == "regression":
        targets = {part: task.scale.restored(each)[:, 0] for part, each in targets.items()}
    np.savez(
        folder / "split.npz",
        train_x=splits.train.features,
        train_y=targets["train"],
        test_x=splits.test.features,
        test_y=targets["test"],
        numbers=len(data.facts.preparation.numeric.names),
    )
    return folder / "split.npz", data.facts.split_sha256, task.kind == "regression"


def _mlpcli(config: Path, seed: int, split: str, folder: Path) -> Outcome:
    words = ("--runs-dir", folder / "runs", "-s", f"split_seed={seed}", "-s", f"seed={seed}")
    ended = run((*MLPCLI, "train", config, *words))
    path = Path(ended.stdout.strip())
    about = json.loads((path / "run.json").read_text())
    assert about["data"]["split_sha256"] == split, "not the rows that scikit-learn has"
    summary = json.loads((path / "summary.json").read_text())
    accuracy = summary["test_accuracy"]
    return Outcome(
        summary["test_r2"] if accuracy is None else accuracy,
        summary["seconds"],
        summary["compile_seconds"],
        ended.seconds,
    )


def _rival(python: str, name: str, seed: int, arrays: Path) -> Outcome:
    script = Path(__file__).with_name("table_rivals.py")
    ended = run((python, script, name, str(seed), arrays))
    told = json.loads(ended.stdout)
    return Outcome(told["score"], told["seconds"], 0.0, ended.seconds)


def _report(found: Mapping[str, Outcomes], first: int) -> None:
    print(
        f"Small tables, split and weight seeds {first} to {first + SPLITS - 1}: mean test score "
        "± its standard error\naccuracy, of diabetes R squared; better by: the mean paired "
        "difference of mlpcli and it\nseconds: medians of training alone, of compilation, and of "
        "the whole process\n"
    )
    print_table(
        ("table, and by what", "test score", "better by", "training", "compiling", "whole"),
        [row for table, outcomes in found.items() for row in _rows(table, outcomes)],
    )
    if MLP not in found[TABLES[0]]:
        print("scikit-learn: not installed; pip install -e '.[bench]'\n")
    print_targets(_targets(found))


def _rows(table: str, outcomes: Outcomes) -> list[tuple[str, ...]]:
    return [
        (
            f"{table}, {name}",
            _with_error([one.score for one in each]),
            "" if name == OURS else _with_error(_differences(outcomes, name), "+"),
            f"{median(one.training for one in each):.2f}",
            f"{median(one.compiling for one in each):.2f}" if name == OURS else "",
            f"{median(one.whole for one in each):.1f}",
        )
        for name, each in outcomes.items()
    ]


def _differences(outcomes: Outcomes, name: str) -> list[float]:
    """Return by how much mlpcli's score is above another's, split by split."""
    pairs = zip(outcomes[OURS], outcomes[name], strict=True)
    return [ours.score - theirs.score for ours, theirs in pairs]


def _error(values: Sequence[float]) -> float:
    """Return the standard error of the mean as of independent splits; these share rows."""
    return stdev(values) / len(values) ** 0.5


def _with_error(values: Sequence[float], sign: str = "") -> str:
    return f"{mean(values):{sign}.4f} ±{_error(values):.4f}"


def _targets(found: Mapping[str, Outcomes]) -> list[Target]:
    """Compare with the better MLP of scikit-learn on each table."""
    better = {table: _better_mlp(outcomes) for table, outcomes in found.items()}
    gains = {
        table: _differences(found[table], name) if name else [] for table, name in better.items()
    }
    above = sum(mean(gain) > 0 for gain in gains.values()) if all(better.values()) else None
    targets = [
        Target(f"{table}: above the better MLP, in standard errors", -1, _in_errors(gain), "")
        for table, gain in gains.items()
    ]
    targets.append(Target("tables on which it is above", MOST, above, ""))
    for what in ("training", "training and compiling", "whole"):
        times = _times(found, better, what)
        targets.append(Target(f"{what}, median table, to the better MLP's", 1, times, "x", False))
    return targets


def _better_mlp(outcomes: Outcomes) -> str:
    """Return which of scikit-learn's has the higher mean score; empty where it was not run."""
    means = {
        name: mean(one.score for one in outcomes[name])
        for name in (MLP, SCALED)
        if name in outcomes
    }
    return max(means, key=means.__getitem__, default="")


def _in_errors(gain: Sequence[float]) -> float | None:
    return mean(gain) / (_error(gain) or 1e-9) if gain else None


def _times(found: Mapping[str, Outcomes], better: Mapping[str, str], what: str) -> float | None:
    """Return the median over the tables of the ratio of the median seconds; no table rules it."""
    if not all(better.values()):
        return None

    def seconds(outcomes: Sequence[Outcome]) -> float:
        return median(sum(getattr(one, part) for part in what.split(" and ")) for one in outcomes)

    return median(
        seconds(found[table][OURS]) / seconds(found[table][name]) for table, name in better.items()
    )
