"""Paper rows as a record; `papers --json` prints it, and its schema says what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from mlpcli.papers.outcome import Outcome, Verdict
from mlpcli.runs import json_shape
from mlpcli.stats import Accuracy


class PaperRecord(Struct, frozen=True):
    """A published accuracy, a share, and ours on the test set with its 95 % Wilson interval.

    `source`, `here` (what differs from what was published) and `takes` are in words, as the
    config's first comments say them; "" where they do not.
    """

    name: str
    config: str  # its file
    network: str
    published: float
    source: str
    here: str
    takes: str
    run: str | None  # its directory; null: not trained
    ours: Accuracy | None
    verdict: Verdict


class Papers(Struct, frozen=True):
    """The rows, in the order in which they were named."""

    papers: list[PaperRecord]


def papers_json(found: Sequence[Outcome]) -> dict[str, Any]:
    """Return outcomes for JSON."""
    record: dict[str, Any] = msgspec.to_builtins(Papers([_record(each) for each in found]))
    return record


def _record(each: Outcome) -> PaperRecord:
    row = each.row
    return PaperRecord(
        name=row.name,
        config=str(row.path),
        network=row.network,
        published=row.published,
        source=row.said.get("Source", ""),
        here=row.said.get("Here", ""),
        takes=row.said.get("Takes", ""),
        run=str(each.run.path) if each.run else None,
        ours=each.ours,
        verdict=each.verdict,
    )


def papers_schema() -> dict[str, Any]:
    """Return the JSON Schema of the rows."""
    return json_shape(Papers)
