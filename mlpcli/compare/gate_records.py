"""What a gate comes to, as it is printed in JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from mlpcli.compare.gate_limits import Limit
from mlpcli.runs import json_shape


class Passed(StrEnum):
    """The answer of a gate, or of a part of it."""

    MET = "met"
    NOT_MET = "not met"
    UNDECIDED = "undecided"


EXIT_CODES = {Passed.MET: 0, Passed.NOT_MET: 1, Passed.UNDECIDED: 3}


class Checked(Limit, frozen=True):
    """A limit beside the result: of one run, or the mean over the seeds of several."""

    value: float | None  # None where some run has no such result
    seeds: int
    met: bool
    reason: str


class Failure(Struct, frozen=True):
    """A run that lets the gate fail, whatever its results."""

    run: str
    reason: str


class Beside(Struct, frozen=True):
    """The runs beside a baseline's, by validation score over seeds, as verdicts have it.

    `difference` is that of the means, the baseline's taken away, a share or of R squared; its 95 %
    interval is None where the seeds show no spread, and all of them are None without a result on
    the same data.
    """

    setting: str | None
    runs: tuple[str, ...]
    seeds: int
    margin: float  # how much worse is taken for as good
    result: Passed
    reason: str
    paired: bool | None = None
    pairs: int | None = None  # of seeds, or the seeds of the setting that has fewer
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    p: float | None = None  # of no difference but the margin; None below 3 pairs


class Gate(Struct, frozen=True):
    """Whether runs of one setting are as good as was asked, and why."""

    result: Passed
    exit_code: int
    reason: str
    setting: str | None  # None where no run could be read
    runs: tuple[str, ...]
    seeds: int
    failures: tuple[Failure, ...]
    limits: tuple[Checked, ...]
    baseline: Beside | None
    warnings: tuple[str, ...]


def gate_json(gate: Gate) -> dict[str, Any]:
    """Return a gate for JSON."""
    record: dict[str, Any] = msgspec.to_builtins(gate)
    return record


def gate_schema() -> dict[str, Any]:
    """Return the JSON Schema of a gate."""
    return json_shape(Gate)
