"""Runs of a search stacked, against the same runs side by side on threads.

python stacked_runs.py [STEPS] [ROUNDS]: network-steps a second of 16 whole runs of 784-32-32-10 in
batches of 32, with all that they leave, and the processor seconds they take. These tell more where
other programs keep the machine busy.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rounds import interleave, print_table, ratio, spread

from mlpcli.config import load_config
from mlpcli.runs import describe_environment
from mlpcli.terminal import Talk
from mlpcli.training import Job, started, train_many

RUNS = 16
STEPS, ROUNDS = (*map(int, sys.argv[1:]), *(5_000, 5)[len(sys.argv) - 1 :])
CONFIG = f"""\
layers: 3
width: 32
learning_rate: 0.05
steps: {STEPS}
batch_size: 32
eval_every: {STEPS}
"""


class Nothing:
    """A view that shows nothing."""

    begun = row = tick = staticmethod(lambda *_: None)


class Took(NamedTuple):
    """What the runs took: seconds on the wall, and of all processors."""

    wall: float
    cpu: float


with tempfile.TemporaryDirectory() as folder:
    place = Path(folder)
    (place / "a.yaml").write_text(CONFIG)
    configs = [load_config(place / "a.yaml", [f"seed={seed}"]) for seed in range(RUNS)]
    with started(configs, describe_environment, Talk(quiet=True, stdout="nothing")) as session:

        def train(stack: int | None) -> Took:
            jobs = [Job.part(config) for config in configs]
            wall, cpu = time.perf_counter(), time.process_time()
            for job in train_many(jobs, place / "runs", session, Nothing(), stack=stack):
                assert job.status == "completed", job.reason
            return Took(time.perf_counter() - wall, time.process_time() - cpu)

        contenders = {"side by side": None, **{f"stack={k}": k for k in (4, 8, 16)}}
        for stack in contenders.values():
            train(stack)  # compiles
        took = interleave({name: lambda k=k: train(k) for name, k in contenders.items()}, ROUNDS)

pool = took["side by side"]
table = [
    (
        name,
        *spread([RUNS * STEPS / each.wall for each in mine], 0),
        f"{ratio([each.wall for each in pool], [each.wall for each in mine]):.2f}x",
        f"{ratio([each.cpu for each in pool], [each.cpu for each in mine]):.2f}x",
    )
    for name, mine in took.items()
]
print_table(("steps/s", "median", "least", "most", "faster", "by processor seconds"), table)
