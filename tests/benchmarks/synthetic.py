"""Run directories without training: settings of five seeds each, as train leaves them."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

from mlpcli.config import yaml_text

SEEDS = 5
ROWS = 11
CONFIG = {
    "name": "synthetic", "dataset": "mnist", "layers": 3, "width": 100, "activation": "relu",
    "init": "he_normal", "init_stddev": 1.0, "learning_rate": 0.1, "momentum": 0.0,
    "weight_decay": 0.0, "decay": "constant", "warmup_steps": 0, "steps": 5000, "batch_size": 100,
    "order": "shuffle", "seed": 0, "log_every": 500, "eval_every": 500, "checkpoint_every": 500,
}  # fmt: skip
ABOUT = {
    "schema_version": 2, "command": "mlpcli train configs/synthetic.yaml --seeds 5",
    "versions": {"mlpcli": "0.1.0", "python": "3.11.7", "tensorflow": "2.21.0", "keras": "3.15.1",
                 "numpy": "2.4.0"},
    "git": {"commit": "0" * 40, "dirty": False}, "host": "bench", "cpu": "any", "threads": 2,
    "gpus": [], "data": {"name": "mnist", "sha256": "0" * 64}, "status": "completed",
    "started": "2026-11-23T18:45:12.000+00:00", "ended": "2026-11-23T18:45:17.000+00:00",
    "process": {"id": 1, "host": "bench", "since": "2026-11-23T18:45:12.000+00:00"},
}  # fmt: skip


def make(folder: Path, runs: int) -> None:
    """Make so many completed runs; the same number gives the same runs."""
    folder.mkdir(parents=True)
    for number, (config, val_accuracy) in enumerate(outcomes_of(runs)):
        _write(folder / f"20261123-184512-synthetic-{number:06x}", config, val_accuracy)


def outcomes_of(runs: int) -> Iterator[tuple[dict[str, object], float]]:
    """Yield so many configs, each with all its seeds, and a validation accuracy."""
    chance = random.Random(runs)
    for setting in range(runs // SEEDS):
        config = {
            **CONFIG,
            "width": 16 + setting,
            "learning_rate": round(10 ** chance.uniform(-3, 0), 6),
        }
        mean = chance.uniform(0.90, 0.98)
        for seed in range(SEEDS):
            yield {**config, "seed": seed}, round(chance.gauss(mean, 0.0015), 4)


def _write(path: Path, config: dict[str, object], val_accuracy: float) -> None:
    path.mkdir()
    (path / "config.yaml").write_text(yaml_text(config))
    (path / "run.json").write_text(json.dumps({**ABOUT, "config": config}, indent=2))
    row = {
        "step": 500, "loss": 0.1, "accuracy": 0.97, "learning_rate": 0.1, "seconds": 0.5,
        "examples_per_second": 100_000.0, "val_loss": 0.1, "val_accuracy": val_accuracy,
    }  # fmt: skip
    rows = (json.dumps({**row, "step": 500 * n or 1}) + "\n" for n in range(ROWS))
    (path / "metrics.jsonl").write_text("".join(rows))
    summary = {
        "steps": 5000, "parameters": 89_610, "train_loss": 0.05, "train_accuracy": 0.99,
        "val_loss": 0.1, "val_accuracy": val_accuracy, "val_examples": 5000,
        "best_val_accuracy": val_accuracy, "best_val_step": 5000, "test_loss": 0.1,
        "test_accuracy": val_accuracy, "test_correct": round(10_000 * val_accuracy),
        "test_examples": 10_000, "seconds": 5.0, "compile_seconds": 0.5,
        "examples_per_second": 100_000.0,
    }  # fmt: skip
    (path / "summary.json").write_text(json.dumps(summary, indent=2))
