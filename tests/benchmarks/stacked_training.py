"""Train a stack, or one network alone: prints when it is ready, and then speeds as it is asked.

python stacked_training.py WIDTH BATCH STEPS MEMBERS: network-steps a second, for each line of
stdin. One member is trained as a run is.
"""

import sys
import time

from mlpcli.config.schema import Config
from mlpcli.training.environment import set_variables

set_variables()
from mlpcli.training.model import build_mlp  # noqa: E402  # it imports TensorFlow
from mlpcli.training.stack import Stack  # noqa: E402
from mlpcli.training.trainer import Training  # noqa: E402

WIDTH, BATCH, STEPS, MEMBERS = map(int, sys.argv[1:])
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
TOGETHER = 16  # networks whose steps are taken in one measurement, stacked or one by one
DATA = CONFIG.data.load()


def alone() -> float:
    """Take as many steps as a stack: a busy machine slows long work more than short."""
    seconds = 0.0
    for _ in range(TOGETHER):
        training = Training(CONFIG, build_mlp(CONFIG), DATA)
        for _ in training.stops():
            pass
        seconds += training.step_seconds
    return TOGETHER * STEPS / seconds


def stacked() -> float:
    configs = [CONFIG.model_copy(update={"seed": seed}) for seed in range(MEMBERS)]
    stack = Stack(configs, DATA.train)
    began = time.perf_counter()
    stack.take(STEPS)
    return MEMBERS * STEPS / (time.perf_counter() - began)


measure = stacked if MEMBERS > 1 else alone
measure()  # compiles
print("ready", flush=True)
for _ in sys.stdin:
    print(measure(), flush=True)
