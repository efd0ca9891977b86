"""What a paper row came to here, beside what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mlpcli.papers.row import PaperRow
from mlpcli.runs import Run, load_run, split_completed
from mlpcli.stats import Accuracy

Verdict = Literal["reproduced", "better", "not reproduced", "not trained"]


@dataclass(frozen=True)
class Outcome:
    """A row, and its completed run; None where there is none."""

    row: PaperRow
    run: Run | None

    @property
    def ours(self) -> Accuracy | None:
        """The accuracy on the test set, with its Wilson interval."""
        return self.run.summary.test if self.run and self.run.summary else None

    @property
    def verdict(self) -> Verdict:
        """Whether the published value lies in the interval of ours, below it, or above.

        The published value is what its digits may stand for: 95.3 % is 95.25 to 95.35.
        """
        if self.ours is None:
            return "not trained"
        return held_against(self.ours, self.row.published, self.row.rounding)


def held_against(ours: Accuracy, published: float, rounding: float) -> Verdict:
    """Return what an accuracy says of a published one, both shares.

    >>> ours = Accuracy.of(9_793, 10_000)  # 97.63 to 98.19 %
    >>> [held_against(ours, each, 0.00005) for each in (0.978, 0.953, 0.985)]
    ['reproduced', 'better', 'not reproduced']
    """
    if ours.low > published + rounding:
        return "better"
    return "not reproduced" if ours.high < published - rounding else "reproduced"


def outcomes(rows: Sequence[PaperRow], root: Path) -> tuple[list[Outcome], list[str]]:
    """Return what the rows came to by the completed runs in a folder, and what was not read there.

    A run counts whatever its name, if config, data and versions are the same.
    """
    _, done, warnings = split_completed([row.config for row in rows], root)
    paths = dict(done)
    found = [
        Outcome(row, load_run(paths[row.config]) if row.config in paths else None) for row in rows
    ]
    return found, warnings
