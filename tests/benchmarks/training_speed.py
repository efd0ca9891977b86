"""Training steps a second: mlpcli as it is used, other frameworks, and the machine's bound."""

import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

from children import MLPCLI, has, kept, run
from rounds import Target, interleave, print_table, print_targets, ratio, spread

from mlpcli.data.mnist import FILE

PLAIN, LIVE, BOUND = "mlpcli", "mlpcli, live table", "bound"
KERAS, TUNED = "Keras fit", "Keras fit, steps_per_execution=100"
TORCH, JAX = "PyTorch eager", "JAX jit, scan of 100"
NAMES = {BOUND: "matmul", KERAS: "keras", TUNED: "keras-tuned", TORCH: "torch", JAX: "jax"}
OPTIONAL = (TORCH, JAX)  # may be missing, and live in the environment that --bench-python names


@dataclass(frozen=True)
class Shape:
    """A network, its batch size, mlpcli's steps in one measurement, and the ratios aimed at."""

    width: int
    batch: int
    steps: int
    targets: dict[str, float]

    @property
    def flop(self) -> int:
        """The operations of a step's matrix products: forward, weights' and inputs' gradients."""
        products = [n * m for n, m in pairwise((784, self.width, self.width, 10))]
        return 2 * self.batch * (2 * sum(products) + sum(products[1:]))


SHAPES = (
    Shape(500, 100, 5_000, {TUNED: 1.6, JAX: 1.1, BOUND: 0.8}),
    Shape(32, 32, 50_000, {TUNED: 2.0, KERAS: 9.0, JAX: 1.0}),
)


def benchmark(rounds: int, bench_python: str) -> None:
    """Measure both shapes and print them."""
    present = [name for name in NAMES if name not in OPTIONAL or has(bench_python, NAMES[name])]
    for shape in SHAPES:
        with ExitStack() as stack:
            contenders: dict[str, Callable[[], float]] = {PLAIN: partial(_mlpcli, shape, False)}
            for name in present:
                contenders[name] = stack.enter_context(contender(shape, name, bench_python))
            contenders[LIVE] = partial(_mlpcli, shape, True)
            speeds = interleave(contenders, rounds)
        speeds[BOUND] = [rate / shape.flop for rate in speeds[BOUND]]
        _report(shape, speeds)


def contender(
    shape: Shape, name: str, bench_python: str
) -> AbstractContextManager[Callable[[], float]]:
    """Start what a shape is measured against; it answers as `contenders.py` says."""
    python = bench_python if name in OPTIONAL else sys.executable
    script, mnist = Path(__file__).with_name("contenders.py"), FILE
    print(f"warming up {name}", file=sys.stderr)
    return kept((python, script, NAMES[name], str(shape.width), str(shape.batch), mnist))


def _mlpcli(shape: Shape, terminal: bool) -> float:
    """Train by the command line; return the steps a second that its summary has."""
    values = {
        "layers": 3,
        "width": shape.width,
        "batch_size": shape.batch,
        "learning_rate": 0.05,
        "steps": shape.steps,
        "eval_every": shape.steps,  # the other contenders do not validate
    }
    overrides = [f"-s{key}={value}" for key, value in values.items()]
    with tempfile.TemporaryDirectory() as runs:
        command = (*MLPCLI, "train", "configs/tiny.yaml", "--runs-dir", runs, *overrides)
        directory = Path(run(command, terminal).stdout.strip())
        summary = json.loads((directory / "summary.json").read_text())
    return float(summary["steps"] / summary["seconds"])


def _report(shape: Shape, speeds: dict[str, list[float]]) -> None:
    print(
        f"Training 784-{shape.width}-{shape.width}-10, batch {shape.batch}: steps a second\n"
        f"mlpcli: {shape.steps:,} steps; talk, run directory and one validation included\n"
        f"bound: {shape.flop / 1e6:.1f} MFLOP a step at the best float32 matrix product, "
        f"{median(speeds[BOUND]) * shape.flop / 1e9:.0f} GFLOP/s; "
        f"mlpcli is at {100 * ratio(speeds[PLAIN], speeds[BOUND]):.0f} % of it\n"
    )
    rows = [
        (name, *spread(each, 0), f"{ratio(speeds[PLAIN], each):.2f}x")
        for name, each in speeds.items()
    ]
    print_table(("contender", "median", "least", "most", "mlpcli is"), rows)
    for name in OPTIONAL:
        if name not in speeds:
            print(f"{name}: not installed; pip install -e '.[bench]'\n")
    print_targets(
        [
            Target(
                f"mlpcli to {name}",
                limit,
                ratio(speeds[PLAIN], speeds[name]) if name in speeds else None,
                "x",
            )
            for name, limit in shape.targets.items()
        ]
    )
