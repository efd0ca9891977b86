"""How many runs train side by side: as many as pay for their size, and as memory has room for."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

from mlpcli.config import Config
from mlpcli.runs import fit_together
from mlpcli.training.job import Job

if TYPE_CHECKING:
    from mlpcli.training.stacked import Stacks  # which imports TensorFlow

# Two threads of one process took together 2.0 times the steps a second of one at width 32
# (5 MFLOP a step), 1.4 times at 128, and 1.1 times at 500 (390 MFLOP), on two cores
STEP_OF_CORE = 400e6  # FLOP of a step that keeps one core busy; larger ones are shared by several
WHOLE = 1 + 1e-9  # of the machine
FLOP = 6  # of a weight and an example in a step: two, forward, and for both gradients


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0))


class Machine(NamedTuple):
    """What another machine has for runs."""

    cores: int
    memory: int  # bytes


def places(config: Config, of_cores: int | None = None) -> int:
    """Return how many runs like one pay side by side, 1 or more, on this machine's cores."""
    step = FLOP * config.parameters * config.batch_size
    return max(1, int((of_cores or cores()) / max(1.0, step / STEP_OF_CORE)))


class Room:
    """Says whether one more run can begin beside others, on this machine or another.

    `most` is at most how many, if any. Runs share no GPU at a time: whether that pays is not known.
    """

    def __init__(
        self,
        most: int | None = None,
        gpus: Sequence[str] = (),
        machine: Machine | None = None,
    ) -> None:
        self._most, self._gpus = 1 if gpus else most, gpus
        self._machine = machine

    @property
    def _cores(self) -> int:
        return self._machine.cores if self._machine else cores()

    def _fit(self, configs: Sequence[Config]) -> bool:
        return fit_together(configs, self._machine.memory if self._machine else None)

    def share(self, configs: Sequence[Config]) -> float:
        """Return the share of the machine that runs take: half for one where two like it pay."""
        return sum(1 / places(each, self._cores) for each in configs)

    def is_open(self, under_way: Sequence[Config]) -> bool:
        """Say whether there may be a place beside those under way, for a run that is small."""
        few = self._most is None or len(under_way) < self._most
        return few and self.share(under_way) + 1 / self._cores <= WHOLE

    def has(self, under_way: Sequence[Config], config: Config) -> bool:
        """Say whether a run can begin beside those under way; one alone always can."""
        together = [*under_way, config]
        if len(together) == 1:
            return True
        few = self._most is None or len(together) <= self._most
        return few and self.share(together) <= WHOLE and self._fit(together)

    def of(self, config: Config) -> int:
        """Return how many runs like one can train at once."""
        count = min(places(config, self._cores), self._most or self._cores)
        while count > 1 and not self._fit([config] * count):
            count -= 1
        return count

    def handing_out(self) -> AbstractContextManager[None]:
        """Note that runs begin in this context, as many as there is room for."""
        return nullcontext()

    def begins(self, job: Job) -> None:
        """Note in a job that begins how many like it train at once."""
        job.side_by_side = self.of(job.config)

    def text(self, configs: Sequence[Config]) -> str:
        """Say in a line how many of those runs train at once, and why."""
        if len(configs) == 1:
            return "one run"
        counts = sorted({min(self.of(config), len(configs)) for config in configs})
        many = f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else f"{counts[0]}"
        if counts[-1] > 1:
            busy = f"keeps one of {self._cores} cores busy"
            return f"{many} runs side by side: a network this small {busy}"
        if self._gpus:
            return "one run after another, on the GPU"
        if any(places(config, self._cores) > 1 for config in configs):
            return "one run after another: there is no memory for two at once"
        if self._cores == 1:
            return "one run after another: there is one core"
        return "one run after another: each network keeps all cores busy"


class StackRoom(Room):
    """Has room for as many runs as are stacked, whatever their size."""

    def __init__(self, stacks: "Stacks") -> None:
        super().__init__(stacks.most)
        self._stacks = stacks

    def is_open(self, under_way: Sequence[Config]) -> bool:
        """Say whether there are fewer than are stacked at most."""
        return len(under_way) < self._stacks.most

    def has(self, under_way: Sequence[Config], config: Config) -> bool:
        """Say whether there is a place, and memory for one more; one alone always can begin."""
        return not under_way or (self.is_open(under_way) and fit_together([*under_way, config]))

    def of(self, config: Config) -> int:
        """Return how many runs train together at most."""
        return self._stacks.most

    def handing_out(self) -> AbstractContextManager[None]:
        """Have runs that begin in this context wait for each other."""
        return self._stacks.handing_out()

    def begins(self, job: Job) -> None:
        """Give a job that begins its seat, by which its steps are taken with those of others."""
        super().begins(job)
        job.seat = self._stacks.seat(job.config)
