"""What mlpcli lr costs against the full run that it is for, without importing TensorFlow."""

import json
import tempfile
from functools import partial
from pathlib import Path

from children import MLPCLI, run
from rounds import Target, interleave, print_table, print_targets, ratio, spread

CONFIGS = ("deep3", "deep3_tuned")
SHARE = 0.4  # of the full run's seconds, at most


def benchmark(rounds: int) -> None:
    """Measure both configs and print them."""
    seconds = interleave(
        {
            f"{name}, {what}": partial(measure, f"configs/{name}.yaml")
            for name in CONFIGS
            for what, measure in (("full run", _full), ("lr", _lr))
        },
        rounds,
    )
    print("Seconds of mlpcli lr and of a full run, compilation included\n")
    print_table(
        ("what", "median", "least", "most"),
        [(name, *spread(each, 1)) for name, each in seconds.items()],
    )
    shares = {n: ratio(seconds[f"{n}, lr"], seconds[f"{n}, full run"]) for n in CONFIGS}
    print_targets(
        [Target(f"lr to full run, {n}", SHARE, share, "x", False) for n, share in shares.items()]
    )


def _full(config: str) -> float:
    """Train by the command line, without the scores at the end: that favors the full run."""
    with tempfile.TemporaryDirectory() as runs:
        done = run((*MLPCLI, "train", config, "--runs-dir", runs))
        summary = json.loads((Path(done.stdout.strip()) / "summary.json").read_text())
    return float(summary["seconds"] + summary["compile_seconds"])


def _lr(config: str) -> float:
    """Find the rate without the sharpness, as by default: with --json the search's seconds."""
    return float(json.loads(run((*MLPCLI, "lr", config, "--json")).stdout)["seconds"])
