"""How long a run will take on this machine, without TensorFlow: from runs before, or a test."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from mlpcli.config import Config, step_time
from mlpcli.runs import FLOAT32_BYTES, Run, estimate_footprint, finite

# Fitted to ten networks, 784-10 to 784-1024-1024-1024-10, batches of 8 to 512, on two cores that
# did 100 GFLOP/s each with nothing else to do
CORE = 100e9  # FLOP/s of that core
STEP = 53e-6  # seconds a step, whatever the network
LAYER = 1.4e-6  # seconds a layer
INPUT = 1.15e-9  # seconds a number of the batch, to gather and scale it
PARAMETER = 0.54e-9  # seconds a weight, to read and update it
SLOT = 0.18e-9  # seconds a weight more for each array of optimizer state
SHARE = 0.87  # of the matrix products' speed that TensorFlow reaches
START = 3.6  # seconds to import TensorFlow, compile and say goodbye
# seconds to compile a layer: the processor time of 69 runs of 1 to 40 layers grew by 0.13 s a layer
# beside other programs, which make it look a quarter longer
COMPILE_LAYER = 0.1
DISK = 200e6  # bytes a second that checkpoints are written with
FACTOR = 2.0  # the range: 30 runs took 0.92 to 1.45 times the estimate, those beside others most
TIMED_STEPS = 100  # at least, of a run whose speed counts
TIMED = 3  # runs whose median speed counts


@dataclass(frozen=True)
class Estimate:
    """How long a run will take, in seconds, and where that comes from."""

    seconds: float
    low: float
    high: float
    start: float  # of `seconds`: to import TensorFlow and compile
    steps_per_second: float
    source: str
    load: float  # processes that were running on average over the last minute


def estimate(config: Config, runs: Iterable[Run], speed: float) -> Estimate:
    """Return how long a run takes, start and end included.

    Steps go as fast as in the newest runs of the same structure here, or else as the machine's
    speed at matrix products says, in FLOP/s of all cores. A busy machine may take as much longer as
    others want of its cores.
    """
    taken = _step_times(config, runs)[:TIMED]
    step = median(taken) if taken else step_seconds(config, speed)
    start = START + COMPILE_LAYER * config.layers
    seconds = start + config.steps * step + _beside(config, speed)
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    source = (
        f"the speed of {len(taken)} run{'s' if len(taken) > 1 else ''} of this structure here"
        if taken
        else f"a test of matrix products, {speed / 1e9:,.0f} GFLOP/s on {cores} cores"
    )
    high = seconds * max(FACTOR, 1 + load / cores)
    return Estimate(seconds, seconds / FACTOR, high, start, 1 / step, source, load)


def step_seconds(config: Config, speed: float) -> float:
    """Return what a step takes at a speed of matrix products, in FLOP/s of all cores."""
    cores = len(os.sched_getaffinity(0))
    slow = CORE * cores / speed  # than the cores it was fitted on
    parameter = PARAMETER + SLOT * config.optimizer.slots
    numbers = config.batch_size * config.data.inputs
    other = STEP + LAYER * config.layers + INPUT * numbers + parameter * config.parameters
    return slow * other + step_flops(config) / (SHARE * speed)


def step_flops(config: Config) -> int:
    """Return the floating point operations of a step's matrix products.

    Two a weight and example, three times: forward, for the weights' gradient, and for the layer
    below's, which the first layer has none of.
    """
    sizes = list(pairwise(config.sizes))
    weights = sum(n * m for n, m in sizes)
    return 2 * config.batch_size * (3 * weights - sizes[0][0] * sizes[0][1])


def _beside(config: Config, speed: float) -> float:
    """Return the seconds for validations, the final scores, and checkpoints."""
    takes = estimate_footprint(config)
    examples = config.data.examples + takes.validations * config.data.validation_examples
    scores = 2 * config.parameters * examples / (SHARE * speed)
    arrays = config.parameters * (1 + config.optimizer.slots)
    saved = takes.checkpoints * arrays * FLOAT32_BYTES
    return scores + saved / DISK


def _step_times(config: Config, runs: Iterable[Run]) -> list[float]:
    """Return what a step took in each completed run of this structure here, newest first.

    Those that trained beside others count only where there is no other.
    """
    here = platform.node(), len(os.sched_getaffinity(0))
    wanted, alone, beside = step_time(config.resolved()), list[float](), list[float]()
    for run in sorted(runs, key=lambda run: run.name, reverse=True):
        summary = run.summary
        there = run.info.get("host"), run.info.get("threads")
        if not summary or summary.steps < TIMED_STEPS or there != here:
            continue
        if summary.examples_per_second and step_time(run.config) == wanted:
            times = alone if run.info.get("side_by_side", 1) == 1 else beside
            times.append(config.batch_size / summary.examples_per_second)
    return alone or beside


def start_test() -> subprocess.Popen[str]:
    """Start to measure the machine's speed, in a process of its own."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS")}
    return subprocess.Popen(
        [sys.executable, "-I", Path(__file__).with_name("stopwatch.py")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**variables, "OPENBLAS_NUM_THREADS": "1"},
        text=True,
    )


def measured(test: subprocess.Popen[str]) -> float:
    """Return the FLOP/s of float32 matrix products on all cores together, when it is known."""
    output, _ = test.communicate()
    return finite(_number(output), 1) or CORE * len(os.sched_getaffinity(0))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
