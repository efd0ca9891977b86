"""How long the short trainings are from which a learning rate is chosen.

A run's own schedule, scaled to a shorter training, tells its best rate the better the longer that
training is. Over 56 drawn configs of 2,000 steps, two seeds, the rate that was best by 200 steps
lost 0.8 points in whole runs at a constant rate and 0.3 with a decay; by 2,000 steps 0.2 and 0.2.
So trainings are as long as the time allows, and whole runs where networks are small.
Nothing here is measured while it runs: the same config gives the same answer on
a machine that is busy, or another.
"""

import math
from dataclasses import dataclass

from mlpcli.config import Config

TOGETHER = 4  # networks that are trained side by side, so that each structure compiles once
COARSE_RATES = 8
ROUNDS = 2, 4  # of the fine search: planned at least, and at most
SECONDS = 2.0  # of two cores that do 100 GFLOP/s each, for all trainings
SHARE = 0.28  # of a run's steps, where that is more: with compilation about 0.4 of its time
OF_RUN = 5_000, 20_000  # steps of the run that it is of: a shorter one has the first's
COARSE_STEPS = 56
COARSE_EXAMPLES = 5_600  # that a coarse training sees at least, with small batches
MOST_COARSE_STEPS = 400
COARSE_SHARE = 0.3, 0.1  # of all steps: the coarse search takes no more, and no less
# Of a step of one of the networks: as `check` estimates a run's
STEP, INPUT, WEIGHT, FLOP = 53e-6, 1.15e-9, 0.54e-9, 1 / 174e9


@dataclass(frozen=True)
class Plan:
    """The lengths of the trainings, in steps, and the rounds of the fine search."""

    run: int  # steps of the run that the rate is for
    coarse: int
    fine: int
    rounds: int  # each of TOGETHER networks

    @property
    def whole(self) -> bool:
        """Whether the fine search trains whole runs."""
        return self.fine == self.run

    def shift(self, drift: float, steps: int = 0) -> float:
        """Return the best rate of a run over that of a training of so many steps, else the fine."""
        return math.pow((steps or self.fine) / self.run, drift)


def plan_search(config: Config) -> Plan:
    """Return the lengths that a config's time allows.

    >>> from mlpcli.config import Config
    >>> wide = Config(name="wide", layers=3, width=500, learning_rate=0.1, steps=5_000,
    ...               batch_size=100)
    >>> plan_search(wide)
    Plan(run=5000, coarse=52, fine=123, rounds=2)
    >>> plan_search(wide.model_copy(update={"width": 32, "steps": 1_000, "batch_size": 32}))
    Plan(run=1000, coarse=199, fine=1000, rounds=3)
    """
    of_run = min(max(config.steps, OF_RUN[0]), OF_RUN[1])
    steps = round(max(SECONDS / step_seconds(config), SHARE * of_run))
    most, least = (int(share * steps / COARSE_RATES) for share in COARSE_SHARE)
    wanted = min(max(COARSE_STEPS, COARSE_EXAMPLES // config.batch_size), MOST_COARSE_STEPS)
    coarse = min(max(min(wanted, most), least, 1), config.steps)
    left = steps - COARSE_RATES * coarse
    fine = min(max(left // (ROUNDS[0] * TOGETHER), coarse), config.steps)
    rounds = min(max(left // (TOGETHER * fine), ROUNDS[0]), ROUNDS[1])
    return Plan(config.steps, coarse, fine, rounds)


def step_seconds(config: Config) -> float:
    """Return about what a step of one network takes, on the two cores that SECONDS is of."""
    numbers = config.batch_size * config.data.inputs
    flops = 6 * config.batch_size * config.parameters  # two a weight and example, three times
    return STEP + INPUT * numbers + WEIGHT * config.parameters + FLOP * flops


def scaled_schedule(config: Config, steps: int) -> dict[str, int]:
    """Return the keys by which a shorter training has the same schedule in fewer steps."""
    return {"steps": steps, "warmup_steps": round(config.warmup_steps * steps / config.steps)}
