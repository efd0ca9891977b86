"""Which noise there is between the runs of a setting: of the initial weights, or of the order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlpcli.compare.comparison import Comparison
from mlpcli.compare.settings import Setting, score_of
from mlpcli.config import noise_of
from mlpcli.errors import RunError, shell_word
from mlpcli.runs import CONFIG
from mlpcli.stats import NoiseParts, noise_parts

SOURCES = 4  # seeds of each that are advised


@dataclass(frozen=True)
class NoiseOf:
    """A setting, the components of its noise, and how many of its runs are in them."""

    setting: Setting
    parts: NoiseParts

    @property
    def used(self) -> int:
        """How many runs the components are of: those of a complete crossed design."""
        return self.parts.rows * self.parts.columns


def noise_of_settings(comparison: Comparison) -> list[NoiseOf]:
    """Return the noise of each setting whose runs allow to tell its parts.

    Raises RunError where none does, with what to train.
    """
    found = list(_found(comparison.ranking.every))
    if found:
        return found[: comparison.query.top]
    first = comparison.ranking.every[0]
    newest = max(first.rows, key=lambda row: (row.started, row.run))
    config, root = Path(newest.path, CONFIG), Path(newest.path).parent
    place = "" if str(root) == "runs" else f" --runs-dir {shell_word(root)}"
    raise RunError(
        "no setting has two seeds or more of the initial weights crossed with two of the order",
        f"train them: mlpcli train {shell_word(config)} --init-seeds {SOURCES} --order-seeds "
        f"{SOURCES}{place}",
    )


def _found(settings: tuple[Setting, ...]) -> Iterator[NoiseOf]:
    for setting in settings:
        pairs = ((noise_of(row.config), score_of(row)) for row in setting.rows)
        cells = {pair: score for pair, score in pairs if pair and score is not None}
        if not setting.folds and (parts := noise_parts(cells)):
            yield NoiseOf(setting, parts)
