"""Numbers of a run: their bounds, and what each means and how it is shown."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta, Struct

from mlpcli.runs.validate import FLOAT32_LIMIT, LARGEST

Count = Annotated[int, Meta(ge=1, le=int(LARGEST), description="a whole number above 0")]
Share = Annotated[float, Meta(ge=0, le=1, description="a share")]  # from 0 to 1
# up to three thousand years
Seconds = Annotated[float, Meta(ge=0, le=1e11, description="a number of at least 0")]
# from an example in eleven days; so that the time of no number of steps can overflow
Rate = Annotated[float, Meta(ge=1e-6, le=1e15, description="a number above 0, as a speed is")]
Float32 = Annotated[float, Meta(ge=0, le=FLOAT32_LIMIT, description="a number of at least 0")]

# 1 is perfect, 0 the mean for all
RSquared = Annotated[float, Meta(ge=-FLOAT32_LIMIT, le=1, description="a number of at most 1")]

Kind = Literal["classification", "regression"]
View = Literal["live", "line", "show"]  # the live table, the plain line, the table of `show`


@dataclass(frozen=True)
class Metric:
    """What a number of a run means and how it is shown."""

    heading: str
    short: str = ""  # the heading where there is little room; empty: the same
    form: Literal["count", "number", "percent", "seconds", "rate", "plain"] = "number"
    unit: str = ""  # in the files
    # over the steps since the row before; of this step alone; since the first step; of the network
    # after this step, on the whole validation set or on the sample of training examples
    averaged: Literal["steps", "step", "total", "validation", "sample"] = "step"
    larger_is_better: bool = False
    views: tuple[View, ...] = ()
    curve: str = ""  # the plot that it is drawn in; empty: none
    of_network: bool = True  # else of the pace: in a view it stands after those of the network
    result: str = ""  # its name in `compare`; empty: it has no column there
    task: Kind | None = None  # the only kind of task that has it; None: all have
    since: int = 1  # the schema version from which it is there

    @property
    def where_validated(self) -> bool:
        """Whether it is there only where the run validates, or its layers are measured."""
        return self.averaged in ("validation", "sample")


@dataclass(frozen=True)
class Score:
    """A network on a set of examples: its mean loss, and the examples right, or R squared."""

    loss: float
    examples: int
    correct: int | None = None  # of classes
    r2: float | None = None  # of values: 1 - mean squared error / variance, the targets' mean

    @property
    def accuracy(self) -> float | None:
        """The share of the examples that are right, 0 to 1; None of values."""
        return None if self.correct is None else self.correct / self.examples


def metrics_of(record: type[Struct]) -> dict[str, Metric]:
    """Return what is declared of a record's fields."""
    return {
        name: each
        for name, kind in record.__annotations__.items()
        for each in getattr(kind, "__metadata__", ())
        if isinstance(each, Metric)
    }
