"""A comparison as it is printed in JSON and given to Python: one shape, whatever is shown.

`mlpcli schema compare` prints its JSON Schema.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from mlpcli.compare.curve_records import CurveRecord
from mlpcli.compare.noise_view import NoiseRecord
from mlpcli.compare.target_view import TimesRecord
from mlpcli.runs import json_shape
from mlpcli.stats import Shrunken

Number = int | float


class AtRecord(Struct, frozen=True):
    """The point that is asked for, and `common`, where all the runs that reached it are compared.

    That is the last at or before it that all of them validated; null: each has its own steps.
    """

    unit: str
    value: Number
    common: Number | None
    reached: int  # runs


class QueryRecord(Struct, frozen=True):
    """The options, and which rows the tables show: runs or settings."""

    by: str
    baseline: str | None
    where: str | None
    sort: str
    reverse: bool
    top: int | None
    columns: list[str]
    margin: float | None


class CountRecord(Struct, frozen=True):
    """How many runs could be read and were chosen, of these, and how many settings they make."""

    found: int
    runs: int
    settings: int
    unfinished: int
    diverged: int


class ResultRecord(Struct, frozen=True):
    """A result, the step that it is of, and the 95 % interval of an accuracy by its examples."""

    value: Number | None
    step: int | None
    low: float | None = None
    high: float | None = None


class RunRecord(Struct, frozen=True):
    """A run; `learned` is null where nobody knows, `reached` tells of the point asked for."""

    run: str
    path: str
    status: str
    learned: bool | None
    started: str
    data: str
    setting: str
    reached: bool
    config: dict[str, Any]
    results: dict[str, ResultRecord]


class MeanRecord(Struct, frozen=True):
    """A mean over n seeds, their standard deviation, and the mean's 95 % interval.

    `steps` are the least and the most step that the seeds' results are of.
    """

    mean: float | None
    sd: float | None
    low: float | None
    high: float | None
    n: int
    steps: tuple[int, int] | None


class SettingRecord(Struct, frozen=True):
    """A setting, and how it stands beside the reference: null for what was not compared."""

    setting: str
    config: dict[str, Any]
    data: str
    runs: list[str]
    seeds: int  # or folds, where there are some
    folds: int | None  # into which the rows are cut
    diverged: int
    unfinished: int
    results: dict[str, MeanRecord]
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    paired: int | None
    p_better: float | None
    p_adjusted: float | None
    p_equivalent: float | None
    seeds_needed_low: int | None
    seeds_needed_high: int | None
    detects: float | None
    answer: str
    verdict: str


class Compared(Struct, frozen=True):
    """Runs and settings in order, the first that were asked for, and what they differ in."""

    query: QueryRecord
    at: AtRecord | None
    count: CountRecord
    shared: dict[str, Any]
    differing: list[str]
    runs: list[RunRecord]
    settings: list[SettingRecord]
    reference: str | None
    best_of: int
    tied: int
    equivalent: int
    too_few: int
    margin: float  # within which settings are equivalent, in the unit of the score
    winner: Shrunken | None
    warnings: list[str]
    curves: list[CurveRecord] = []  # where --curve asks for them
    noise: list[NoiseRecord] = []  # where --by noise asks for it
    times: list[TimesRecord] = []  # where --to asks for them


def compared_schema() -> dict[str, Any]:
    """Return the JSON Schema of a comparison."""
    return json_shape(Compared)
