"""Network-steps a second of many small runs, against the machine's bound."""

import inspect
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from children import kept
from rounds import Target, interleave, print_table, print_targets, ratio, spread
from training_speed import BOUND, Shape, contender

from mlpcli.training import train_many

SHAPE = Shape(32, 32, 5_000, {})  # of each run
RUNS, STACK = 16, 8
POOL, STACKED = "side by side, in threads", f"stacks of {STACK}"
AIMS = {POOL: 45, STACKED: 60}  # % of the bound


def benchmark(rounds: int) -> None:
    """Measure the pool, and stacks where there are any, and print their shares of the bound."""
    there = {POOL: 0}
    if "stack" in inspect.signature(train_many).parameters:
        there[STACKED] = STACK
    with ExitStack() as open_children:
        contenders = {
            name: open_children.enter_context(kept(_command(stack)))
            for name, stack in there.items()
        }
        contenders[BOUND] = open_children.enter_context(contender(SHAPE, BOUND, sys.executable))
        speeds = interleave(contenders, rounds)
    speeds[BOUND] = [rate / SHAPE.flop for rate in speeds[BOUND]]
    print(
        f"{RUNS} runs of 784-32-32-10, batch 32, {SHAPE.steps:,} steps each: network-steps a "
        f"second, with all that runs write\nbound: {SHAPE.flop / 1e6:.1f} MFLOP a step at "
        f"{median(speeds[BOUND]) * SHAPE.flop / 1e9:.0f} GFLOP/s\n"
    )
    share = {name: 100 * ratio(speeds[name], speeds[BOUND]) for name in there}
    rows = [
        (name, *spread(each, 0), f"{share[name]:.0f} %" if name in share else "")
        for name, each in speeds.items()
    ]
    print_table(("contender", "median", "least", "most", "of the bound"), rows)
    print_targets(
        [Target(f"{name}: of the bound", aim, share.get(name), " %") for name, aim in AIMS.items()]
    )


def _command(stack: int) -> tuple[str | Path, ...]:
    numbers = SHAPE.width, SHAPE.batch, SHAPE.steps, RUNS, stack
    return (sys.executable, Path(__file__).with_name("pool_training.py"), *map(str, numbers))
