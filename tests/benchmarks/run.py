"""The benchmark: python tests/benchmarks/run.py [--only SECTION] [--rounds N]."""

import argparse
import os
import sys
from importlib.metadata import version
from pathlib import Path

import advice
import checked
import checkpoints
import clusters
import machine_share
import memory
import noise_parts
import overheads
import rate_grid
import rates
import reading
import scale
import searches
import sequential
import simulations
import sizes
import stacks
import startup
import sweep_simulations
import sweeps
import tables
import training_speed
import tunings
from children import ChildError

SECTIONS = (
    "training", "stack", "lr", "checkpoints", "startup", "memory", "data", "scale", "simulations",
    "advice", "rates", "check", "sweeps", "sweep_simulations", "tune",
)  # fmt: skip
ALONE = ("tune",)  # takes hours, so only where it is named


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not a whole number of at least 1: {text}")
    return int(text)


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = 0.0
    if not 0 < minutes <= 10_000:
        raise argparse.ArgumentTypeError(f"not a number of minutes: {text}")
    return minutes


def _sets(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in tunings.SETS:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(tunings.SETS)}")
    return names


def main() -> None:
    """Measure the sections that are asked for and print them as they are done."""
    given = _parser().parse_args()
    print(
        f"Medians of {given.rounds} interleaved rounds; a ratio is the median of the rounds' "
        f"ratios.\n{os.cpu_count()} cores, TensorFlow {version('tensorflow')}, "
        f"Keras {version('keras')}\n"
    )
    sections = {
        "training": lambda: training_speed.benchmark(given.rounds, given.bench_python),
        "stack": lambda: stacks.benchmark(given.rounds),
        "lr": lambda: rates.benchmark(given.rounds),
        "checkpoints": lambda: checkpoints.benchmark(given.rounds),
        "startup": lambda: startup.benchmark(given.rounds),
        "memory": lambda: memory.benchmark(given.rounds),
        "data": lambda: _data(given),
        "scale": lambda: scale.benchmark(given.rounds, given.bench_python),
        "simulations": lambda: _simulations(given.first_seed),
        "advice": lambda: advice.benchmark(given.configs, given.generator),
        "rates": lambda: rate_grid.benchmark(given.drawn, given.rate_generator),
        "check": checked.benchmark,
        "sweeps": lambda: _sweeps(given.rounds),
        "sweep_simulations": sweep_simulations.benchmark,
        "tune": lambda: tunings.benchmark(given.sets, given.minutes, given.repeats, given.out),
    }
    for name in [given.only] if given.only else [each for each in SECTIONS if each not in ALONE]:
        sections[name]()
        sys.stdout.flush()


def _simulations(first_seed: int) -> None:
    simulations.benchmark()
    sizes.benchmark(first_seed)
    sequential.benchmark()
    noise_parts.benchmark()


def _sweeps(rounds: int) -> None:
    sweeps.benchmark(rounds)
    searches.benchmark(rounds)
    machine_share.benchmark(rounds)
    overheads.benchmark(rounds)
    clusters.benchmark(rounds)


def _data(given: argparse.Namespace) -> None:
    tables.benchmark(given.split_seed, given.bench_python)
    reading.benchmark(given.rounds)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure mlpcli against its targets.")
    parser.add_argument("--only", choices=SECTIONS, help="one section alone")
    parser.add_argument(
        "--rounds", type=_count, default=5, help="of each timed section (default: 5)"
    )
    parser.add_argument(
        "--bench-python",
        default=sys.executable,
        metavar="PATH",
        help="the Python that has PyTorch, JAX, MLflow and scikit-learn (default: this one)",
    )
    parser.add_argument(
        "--first-seed",
        type=int,
        default=sizes.FIRST,
        metavar="N",
        help="of the simulations of sizes; 1 was used for calibration",
    )
    parser.add_argument(
        "--split-seed",
        type=int,
        default=tables.FIRST,
        metavar="N",
        help="the first of data's ten splits; 0 to 209 were used for calibration",
    )
    parser.add_argument(
        "--configs", type=_count, default=100, help="bad ones that advice tries (default: 100)"
    )
    parser.add_argument(
        "--generator",
        type=int,
        default=advice.GENERATOR,
        help="seed of advice's configs; 0 to 99 were used for calibration",
    )
    parser.add_argument(
        "--drawn", type=_count, default=12, help="configs that rates tries (default: 12)"
    )
    parser.add_argument(
        "--rate-generator",
        type=int,
        default=rate_grid.GENERATOR,
        help="seed of rates' configs; 0 to 9 were used for calibration",
    )
    _add_tune(parser)
    return parser


def _add_tune(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--minutes", type=_minutes, default=3.0, help="of each search of tune (default: 3)"
    )
    parser.add_argument(
        "--repeats", type=_count, default=3, help="of each search of tune (default: 3)"
    )
    parser.add_argument(
        "--sets",
        type=_sets,
        default=list(tunings.SETS),
        metavar="NAME,...",
        help=f"data sets of tune (default: {','.join(tunings.SETS)})",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PATH",
        help="a file for tune's measurements; what is in it already is not measured again",
    )


if __name__ == "__main__":
    try:
        main()
    except ChildError as error:
        sys.exit(str(error))
