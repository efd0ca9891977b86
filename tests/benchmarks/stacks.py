"""Network-steps a second of a stack, against those of one network trained alone."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from children import kept
from rounds import Target, interleave, print_table, print_targets, ratio, spread

ALONE, MEMBERS = "alone", 16
STACKED = f"stack of {MEMBERS}"


@dataclass(frozen=True)
class Size:
    """A network's width, its batch size, the steps of one measurement, and the ratio aimed at."""

    width: int
    batch: int
    steps: int
    target: float


SIZES = (Size(32, 32, 2_000, 2.0), Size(128, 100, 300, 1.2), Size(500, 100, 100, 1.1))


def benchmark(rounds: int) -> None:
    """Measure each width and print it."""
    rows, targets = [], []
    for size in SIZES:
        with ExitStack() as stack:
            contenders = {
                name: stack.enter_context(kept(_command(size, members)))
                for name, members in ((ALONE, 1), (STACKED, MEMBERS))
            }
            speeds = interleave(contenders, rounds)
        gain = ratio(speeds[STACKED], speeds[ALONE])
        for name, each in speeds.items():
            by = f"{gain:.2f}x" if name == STACKED else ""
            rows.append((f"width {size.width}, batch {size.batch}, {name}", *spread(each, 0), by))
        targets.append(Target(f"stack to alone, width {size.width}", size.target, gain, "x"))
    print("Stacked training of 784-w-w-10: network-steps a second\n")
    print_table(("contender", "median", "least", "most", "ratio"), rows)
    print_targets(targets)


def _command(size: Size, members: int) -> tuple[str | Path, ...]:
    script = Path(__file__).with_name("stacked_training.py")
    numbers = size.width, size.batch, size.steps, members
    return (sys.executable, script, *map(str, numbers))
