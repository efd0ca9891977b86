"""The parts of the noise on the screen, as CSV and in JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from mlpcli.compare.cells import is_share
from mlpcli.compare.comparison import Comparison
from mlpcli.compare.noise import NoiseOf, noise_of_settings
from mlpcli.errors import shown
from mlpcli.stats import NoiseParts, Part
from mlpcli.terminal import Column, Section, Table, Text, count, number, percent

NAME = 40
MOST = 0.5  # of the variance: a part that is more than all others together
ROWS = ("initial weights", "order", "both together, and rest", "all")


class PartRecord(Struct, frozen=True):
    """A variance component as a standard deviation, its 95 % interval, and its share of all."""

    sd: float
    low: float
    high: float
    share: float


class NoiseRecord(Struct, frozen=True):
    """The noise of a setting's validation score, over a complete part of its runs."""

    setting: str
    init_seeds: int
    order_seeds: int
    mean: float
    init: PartRecord
    order: PartRecord
    rest: PartRecord  # interaction, and whatever else differs


def noise_sections(comparison: Comparison) -> Iterator[Section]:
    """Yield a section for each setting. Raises RunError where no setting has what it takes."""
    for each in noise_of_settings(comparison):
        yield Section("", [_heading(each), _table(each), Text(meaning(each.parts), "strong")])
    text = "sd: the standard deviation that a source alone brings, with its 95 % interval"
    yield Section("", [Text(text, "faint")])


def noise_records(comparison: Comparison) -> list[NoiseRecord]:
    """Return the noise that a comparison asks for, none where it asks for none."""
    if not comparison.query.noise:
        return []
    return [
        NoiseRecord(
            each.setting.label,
            each.parts.rows,
            each.parts.columns,
            each.parts.mean,
            *(
                PartRecord(part.sd, math.sqrt(part.low), math.sqrt(part.high), part.share)
                for part in _parts(each)
            ),
        )
        for each in noise_of_settings(comparison)
    ]


def noise_rows(comparison: Comparison) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Return the noise for spreadsheets: a row a source."""
    headings = ("setting", "source", "sd", "low", "high", "share")
    rows = [
        [each.setting.label, name, part.sd, math.sqrt(part.low), math.sqrt(part.high), part.share]
        for each in noise_of_settings(comparison)
        for name, part in zip(("init", "order", "rest"), _parts(each), strict=True)
    ]
    return headings, rows


def _parts(noise: NoiseOf) -> tuple[Part, Part, Part]:
    return noise.parts.of_rows, noise.parts.of_columns, noise.parts.rest


def _heading(noise: NoiseOf) -> Text:
    parts, runs = noise.parts, len(noise.setting.rows)
    of = f" of {count(runs, 'run')}" if runs > noise.used else ""
    unit = ", in points" if is_share(noise.setting.score_key) else ""
    return Text(
        f"{shown(noise.setting.label, NAME)}: the noise of {noise.setting.score_key}{unit}, over "
        f"{parts.rows} seeds of the initial weights x {parts.columns} of the order{of}"
    )


def _table(noise: NoiseOf) -> Table:
    parts = _parts(noise)
    total = math.sqrt(math.fsum(part.variance for part in parts))
    write = _writer(noise)
    intervals = [f"{write(math.sqrt(p.low))} to {write(math.sqrt(p.high))}" for p in parts]
    return Table(
        [
            Column("source", list(ROWS)),
            Column("sd", [*(write(part.sd) for part in parts), write(total)], number=True),
            Column("95 % interval", [*intervals, ""], number=True),
            Column("of the variance", [*(f"{percent(p.share)} %" for p in parts), ""], number=True),
        ]
    )


def _writer(noise: NoiseOf) -> Any:
    if is_share(noise.setting.score_key):
        return lambda value: f"{100 * value:.2f}"
    return lambda value: number(value, 3)


def meaning(parts: NoiseParts) -> str:
    """Say which source is the largest, and what follows for pairing and for what to vary."""
    init, order, rest = parts.of_rows, parts.of_columns, parts.rest
    below = [name for name, part in (("weights", init), ("order", order)) if part.negative]
    said = f" No noise of its own could be seen of the {' and '.join(below)}." if below else ""
    for part, name, key in ((init, ROWS[0], "init_seed"), (order, ROWS[1], "order_seed")):
        if part.share > MOST and part.low:
            return (
                f"Most of the noise is of the {name}: seeds of it tell most, and settings with the "
                f"same {key} are paired best.{said}"
            )
        if part.share > MOST:
            return (
                f"The {name} may bring most of the noise, or none: its interval begins at 0. Vary "
                f"both, as seed does; more seeds of each would tell.{said}"
            )
    if rest.share > MOST:
        return (
            "Most of the noise is of weights and order together: another of either changes the "
            f"result, so vary both, as seed does.{said}"
        )
    return f"No source has most of the noise: vary both, as seed does.{said}"
