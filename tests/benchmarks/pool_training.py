"""Train runs of 784-w-w-10 as a sweep does: python pool_training.py WIDTH BATCH STEPS RUNS STACK.

It prints when it is ready, and for each line of stdin how many network-steps a second all runs took
together, in threads or, where STACK is not 0, so many networks a call. What runs write and their
evaluations count; what is compiled does not.
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from mlpcli.config.schema import Config
from mlpcli.runs import describe_environment
from mlpcli.terminal import Talk
from mlpcli.training import Job, Session, started, train_many

WIDTH, BATCH, STEPS, RUNS, STACK = map(int, sys.argv[1:])
CONFIG = Config(  # type: ignore[call-arg]  # pydantic's defaults
    name="timed",
    layers=3,
    width=WIDTH,
    learning_rate=0.05,
    steps=STEPS,
    batch_size=BATCH,
    eval_every=STEPS,
    log_every=STEPS,
)
CONFIGS = [CONFIG.model_copy(update={"seed": seed}) for seed in range(RUNS)]


class Nothing:
    """A view that shows nothing."""

    begun = row = tick = staticmethod(lambda *_: None)


def measure(root: Path, session: Session) -> float:
    """Train all runs; return their steps a second."""
    together = {"stack": STACK} if STACK else {}
    began = time.perf_counter()
    jobs = (Job.part(each) for each in CONFIGS)
    ended = list(train_many(jobs, root, session, Nothing(), **together))  # type: ignore[arg-type]
    seconds = time.perf_counter() - began
    assert len(ended) == RUNS
    assert all(job.status == "completed" for job in ended)
    shutil.rmtree(root)
    return RUNS * STEPS / seconds


with (
    tempfile.TemporaryDirectory() as folder,
    started(CONFIGS, describe_environment, Talk(quiet=True)) as session,
):
    measure(Path(folder, "runs"), session)  # compiles
    print("ready", flush=True)
    for _ in sys.stdin:
        print(measure(Path(folder, "runs"), session), flush=True)
