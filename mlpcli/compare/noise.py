"""Which noise there is between the runs of a setting: of the initial weights, or of the order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mlpcli.compare.comparison import Comparison
from mlpcli.compare.settings import Setting, score_of
from mlpcli.config import noise_of
from mlpcli.errors import RunError, shell_word, shown
from mlpcli.runs import CONFIG
from mlpcli.stats import NoiseParts, noise_parts

SOURCES = 4  # seeds of each that are advised
NAMED, LABEL = 3, 40  # settings in a note, characters of each


@dataclass(frozen=True)
class NoiseOf:
    """A setting, the components of its noise, and how many of its runs are in them."""

    setting: Setting
    parts: NoiseParts

    @property
    def used(self) -> int:
        """How many runs the components are of: those of a complete crossed design."""
        return self.parts.rows * self.parts.columns


def sharing_note(settings: Iterable[Setting]) -> str:
    """Say of which settings the runs share seeds of the weights or of the order; "" of none.

    Their results are not independent, which intervals and verdicts take them for.
    """
    labels = [shown(each.label, LABEL) for each in settings if not each.folds and _shares(each)]
    if not labels:
        return ""
    more = ", …" if len(labels) > NAMED else ""
    return (
        f"{', '.join(labels[:NAMED])}{more}: runs share seeds of the weights or of the order, so "
        "intervals and verdicts are too sure; vary seed for these, and see --by noise"
    )


def _shares(setting: Setting) -> bool:
    pairs = {pair for row in setting.rows if (pair := noise_of(row.config))}
    return any(len({pair[side] for pair in pairs}) < len(pairs) for side in (0, 1))


def noise_of_settings(comparison: Comparison) -> list[NoiseOf]:
    """Return the noise of each setting whose runs allow to tell its parts.

    Raises RunError where none does, with what to train.
    """
    found = list(_found(comparison.ranking.every))
    if found:
        return found[: comparison.query.top]
    first = comparison.ranking.every[0]
    if first.folds:
        raise RunError(
            "--by noise: folds vary the data, too, so that noise of the seeds cannot be told",
            "train without folds: --init-seeds 4 --order-seeds 4",
        )
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
        drawn: dict[str, dict[tuple[int, int], float]] = {}  # by the seed that drew the rows
        for row in setting.rows if not setting.folds else ():
            of_rows = row.config.get("train_examples") is not None
            pair, score = noise_of(row.config), score_of(row)
            if pair and score is not None:
                drawn.setdefault(str(row.config.get("seed")) if of_rows else "", {})[pair] = score
        cells = max(drawn.values(), key=len, default={})
        if parts := noise_parts(cells):
            yield NoiseOf(setting, parts)
