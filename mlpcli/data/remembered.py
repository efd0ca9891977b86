"""Data sets whose files are gone, or are on another machine: what runs say of them.

How runs came out can be told without their data, and without files nothing else can be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from mlpcli.data.dataset import Dataset
from mlpcli.data.facts import DataFacts
from mlpcli.data.spec import DATA_KEYS, DataSpec, spec_of

if TYPE_CHECKING:
    from mlpcli.data.examples import Splits
    from mlpcli.errors import DataError

_remembered: dict[DataSpec, DataFacts] = {}


def remember(config: Mapping[str, Any], facts: DataFacts) -> None:
    """Know a data set by a run's config, as JSON has it, and by the facts that the run says."""
    values = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in config.items()
        if key in (*DATA_KEYS, "seed")
    }
    _remembered[spec_of(values)] = facts


def remembered(spec: DataSpec, error: DataError) -> Dataset | None:
    """Return what is known of a data set that cannot be read; its examples raise the error."""

    def splits() -> Splits:
        raise error

    for known, facts in _remembered.items():
        if _is_that(spec, known):
            return Dataset(spec=known, facts=facts, scale=1.0, splits=splits)
    return None


def _is_that(spec: DataSpec, known: DataSpec) -> bool:
    """Say whether all that a spec does not leave to be inferred is as a known one has it."""
    pairs = ((getattr(spec, each.name), getattr(known, each.name)) for each in fields(DataSpec))
    return all(asked in (None, (), has) for asked, has in pairs)
