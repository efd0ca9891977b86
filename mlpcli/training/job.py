"""A run that is asked for, and what has become of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.config import Config
from mlpcli.errors import MlpcliError
from mlpcli.runs import Rung, Summary

if TYPE_CHECKING:
    from mlpcli.training.stacked import Seat  # which imports TensorFlow

NOT_BEGUN = "not begun"
OF_STACKED = "none promised; a run alone agrees to 1e-5 relative over 100 steps"  # bits


def seeds_text(config: Config) -> str:
    """Say with which seeds a run is trained.

    One that weights or order have of their own is told in place of the seed.
    """
    own = [("init", config.init_seed), ("order", config.order_seed)]
    given = [f"{what} seed {seed}" for what, seed in own if seed is not None]
    return ", ".join(given if len(given) == len(own) else [f"seed {config.seed}", *given])


@dataclass
class Job:
    """A run to train, to go on with, or that was found completed.

    `until` and `why` stop it before its last step, at a rung: there its state is saved and its
    validation is in `rung`. It goes on from there, to the same bits as one that never stopped, as
    a new job with its `path`; learning rates go by all steps of the config throughout.
    """

    name: str  # in messages
    config: Config
    path: Path | None = None  # of its directory, once there is one
    status: str = NOT_BEGUN
    reason: str | None = None  # why it did not come to its end
    found: bool = False  # completed before, and left as it was
    until: int | None = None  # the step after which it stops; None to train it to its end
    why: str = ""  # it stops there, in words
    about: Mapping[str, Any] = field(default_factory=dict)  # what its run.json has of it besides
    side_by_side: int = 1  # how many like it can train at once
    seat: "Seat | None" = None  # by which its steps are taken together with those of others
    summary: Summary | None = None  # of a run that this job completed
    rung: Rung | None = None  # of one that it stopped
    error: MlpcliError | None = None  # what ended it, among others

    @property
    def begun(self) -> bool:
        """Whether it was begun, now or before."""
        return self.status != NOT_BEGUN

    @property
    def beside(self) -> dict[str, Any]:
        """What run.json says of the runs that it trains beside."""
        alike = {"side_by_side": self.side_by_side}
        return alike | ({"stacked": self.seat.stacked, "bits": OF_STACKED} if self.seat else {})

    @classmethod
    def of(cls, config: Config, path: Path | None = None) -> "Job":
        """Return the job of a config, or its run that was found completed."""
        name = f"{config.name}, {seeds_text(config)}"
        return cls(name, config) if path is None else cls(name, config).found_at(path)

    @classmethod
    def part(
        cls, config: Config, until: int | None = None, why: str = "", path: Path | None = None
    ) -> "Job":
        """Return the job to train a config to a step, or its end; to go on with a run at `path`."""
        return replace(cls.of(config), until=until, why=why, path=path)

    def found_at(self, path: Path) -> "Job":
        """Note that there is nothing to do, and return the job."""
        self.path, self.status, self.found = path, "completed", True
        return self
