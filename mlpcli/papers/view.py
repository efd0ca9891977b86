"""Paper rows as sections: ours beside what was published, and where that stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlpcli.papers.outcome import Outcome, Verdict
from mlpcli.terminal import Column, Emphasis, Section, Table, Text, percent

MARKS: dict[Verdict, Emphasis] = {
    "better": "better",
    "not reproduced": "error",
    "not trained": "faint",
}
MEANING = "reproduced: the published value lies in the 95 % interval of ours; better: it lies below"


def result_sections(found: Sequence[Outcome]) -> Iterator[Section]:
    """Yield ours beside the published values."""
    notes = [Text(MEANING, "faint")] if any(each.ours for each in found) else []
    yield Section("", [_table(found), *notes])


def full_sections(found: Sequence[Outcome]) -> Iterator[Section]:
    """Yield first where each value stands, and what is otherwise here."""
    yield from source_sections(found)
    yield from result_sections(found)


def planned_sections(found: Sequence[Outcome]) -> Iterator[Section]:
    """Yield what would be trained, and how long it takes."""
    yield from source_sections(found)
    takes = ["trained" if each.run else each.row.said.get("Takes", "-") for each in found]
    yield Section(
        "",
        [
            Table(
                [
                    Column("name", [each.row.name for each in found]),
                    Column("network", [each.row.network for each in found]),
                    Column("published %", [_published(each) for each in found], number=True),
                    Column("takes", takes),
                ]
            )
        ],
    )


def source_sections(found: Sequence[Outcome]) -> Iterator[Section]:
    """Yield of each row the source, and what is otherwise here."""
    for each in found:
        said = each.row.said
        texts = [Text(f"source: {said['Source']}")] if "Source" in said else []
        texts += [Text(f"here: {said['Here']}", "faint")] if "Here" in said else []
        yield Section(f"{each.row.name}: {said['Published']}", texts)


def _table(found: Sequence[Outcome]) -> Table:
    ours = [each.ours for each in found]
    return Table(
        [
            Column("name", [each.row.name for each in found]),
            Column("published %", [_published(each) for each in found], number=True),
            Column("ours %", [percent(one.accuracy) if one else "-" for one in ours], number=True),
            Column(
                "95 % interval",
                [f"{percent(one.low)} to {percent(one.high)}" if one else "-" for one in ours],
                number=True,
            ),
            Column(
                "verdict",
                [each.verdict for each in found],
                emphasis=[MARKS.get(each.verdict, "") for each in found],
            ),
        ]
    )


def _published(each: Outcome) -> str:
    return each.row.said["Published"].partition(" ")[0]
