"""How soon a target was reached: on the screen, as CSV, and in JSON."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from mlpcli.compare.comparison import Comparison
from mlpcli.compare.heading import NAME, heading
from mlpcli.compare.targets import Times, times_of
from mlpcli.errors import shown
from mlpcli.terminal import Column, Section, Table, Text

NOTE = (
    "Each is the first validation as good as {}, so that it may have been so some steps sooner: "
    "at most the column `within`. Medians count the runs that never were as later than all others, "
    "and are none where half of the runs or more never were."
)


class TimesRecord(Struct, frozen=True):
    """When the runs of a setting, or one run, reached the target.

    Medians over all `runs`, of which some may never have; null where half or more never did.
    `within` is how many steps sooner it may have been, for want of a validation; `each_*` are in
    the order of the seeds.
    """

    setting: str
    runs: int
    reached: int
    steps: float | None
    seconds: float | None
    within: int | None
    each_steps: list[int | None]
    each_seconds: list[float | None]


def target_sections(comparison: Comparison) -> list[Section]:
    """Return the section of a comparison by a target."""
    target = comparison.query.to
    assert target
    every = times_of(comparison, target)
    what = "setting" if comparison.of_settings else "run"
    columns = [
        Column(what, [shown(each.label, NAME) for each in every]),
        Column("reached", [f"{len(each.firsts)} of {len(each.reached)}" for each in every]),
        Column("steps", [_number(each.steps) for each in every], number=True),
        Column("from - to", [_range(each) for each in every], number=True),
        Column("within", [_number(each.resolution) for each in every], number=True),
        Column("seconds", [_seconds(each.seconds) for each in every], number=True),
    ]
    head = Text(f"Until {target}. {heading(comparison, []).text}", "faint")
    return [Section("", [head, Table(columns), Text(NOTE.format(target), "faint")])]


def target_rows(comparison: Comparison) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Return the same for spreadsheets."""
    headings = ("setting", "runs", "reached", "steps", "seconds", "within")
    found = target_records(comparison)
    return headings, [[getattr(each, name) for name in headings] for each in found]


def target_records(comparison: Comparison) -> list[TimesRecord]:
    """Return when each setting reached the target that is asked for; none without one."""
    target = comparison.query.to
    return [_record(each) for each in times_of(comparison, target)] if target else []


def _record(times: Times) -> TimesRecord:
    return TimesRecord(
        setting=times.label,
        runs=len(times.reached),
        reached=len(times.firsts),
        steps=times.steps,
        seconds=times.seconds,
        within=times.resolution,
        each_steps=[each.step if each else None for each in times.reached],
        each_seconds=[each.seconds if each else None for each in times.reached],
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.3g} s"


def _range(times: Times) -> str:
    steps = sorted(each.step for each in times.firsts)
    return f"{steps[0]:,} - {steps[-1]:,}" if len(steps) > 1 else ""
