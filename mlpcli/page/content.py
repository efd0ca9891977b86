"""What stands on a page: parts, each of sections and figures, and of what is left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlpcli.picture import Figure
from mlpcli.terminal import Field, Plots, Section


@dataclass(frozen=True)
class Link:
    """A word that leads to another page of the same server."""

    text: str
    address: str


@dataclass(frozen=True)
class Part:
    """What stands below one heading; `notes` say what is not there, and why."""

    title: str
    sections: Sequence[Section] = ()
    figures: Sequence[Figure] = ()
    notes: Sequence[str] = ()
    links: Sequence[Link] = ()  # of the cells of the first column of its table, in their order

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not (self.sections or self.figures or self.notes)

    @property
    def anchor(self) -> str:
        """What it is called in an address."""
        return "".join(c if c.isalnum() else "-" for c in self.title.lower()).strip("-")


@dataclass(frozen=True)
class Page:
    """A page; `refresh` is after how many seconds it is to be asked for again."""

    title: str
    parts: Sequence[Part]
    refresh: int | None = None
    back: Link | None = None


def drawn_elsewhere(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return sections without curves and planes in characters, which figures show better."""
    kept = (
        (each, [block for block in each.blocks if not isinstance(block, Plots | Field)])
        for each in sections
    )
    return tuple(Section(each.title, blocks) for each, blocks in kept if blocks or not each.blocks)
