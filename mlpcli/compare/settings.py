"""Settings: runs on the same data whose configs differ in nothing but seed and name."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlpcli.compare.rows import Row
from mlpcli.data import DATASETS
from mlpcli.stats import Interval, mean_interval

MARK_DIGITS = 6  # of its digest in a setting's mark
MEANS = ("val_accuracy", "test_accuracy", "test_loss", "seconds")


@dataclass(frozen=True)
class Setting:
    """The runs of one config, on the same data, over seeds.

    `seeds` maps each seed that came to a result to its validation accuracy; a diverged run's is
    that of chance, for its network tells nothing. `label` is the name where no other setting has
    that, else the name and digits that follow from the config: `mark`, whatever the others are.
    """

    label: str
    mark: str
    rows: tuple[Row, ...]  # one a seed
    seeds: Mapping[int, float]
    inconsistent: tuple[str, ...] = ()  # seeds of which runs came to different results

    @property
    def name(self) -> str:
        """What other settings may be called, too."""
        return self.mark[: -MARK_DIGITS - 1]

    @property
    def config(self) -> Mapping[str, Any]:
        """What the runs share; their seeds and names are those of one of them."""
        return self.rows[0].config

    @property
    def data(self) -> str:
        """The SHA-256 of the data that they were trained on."""
        return self.rows[0].data

    @cached_property
    def means(self) -> Mapping[str, Interval]:
        """The mean of each of MEANS over the seeds with a result; nothing where there is none.

        The intervals end where no result can lie: at 0, and those of accuracies at 1.
        """
        means = {}
        for key in MEANS:
            if values := self._values(key):
                most = 1.0 if key.endswith("_accuracy") else math.inf
                means[key] = mean_interval(values).within(0.0, most)
        return means

    @property
    def completed(self) -> int:
        """How many runs came to their end."""
        return sum(row.status == "completed" for row in self.rows)

    def _values(self, key: str) -> list[float]:
        """Return one of MEANS for each seed with a result; none where one's is not finite.

        A diverged network guesses: its accuracy is that of chance, its loss no number. The seconds
        until it diverged say nothing of how long the others take.
        """
        if key == "val_accuracy":
            return list(self.seeds.values())
        results = [_result(row, key) for row in self.rows if _came_to_an_end(row)]
        values = [value for value in results if value is not None]
        return values if len(values) == len(results) or key == "seconds" else []

    @property
    def diverged(self) -> int:
        """How many runs diverged."""
        return sum(row.status == "diverged" for row in self.rows)

    @property
    def unfinished(self) -> int:
        """How many runs came to no result: they failed, were interrupted, or are running."""
        return sum(row.status not in ("completed", "diverged") for row in self.rows)

    def get(self, key: str) -> Any:
        """Return what stands in the column `key`: a mean, or what the config has."""
        if key in MEANS:
            return _mean(self._values(key))
        if key in self.rows[0].results:
            values = [row.results[key] for row in self.rows]
            return _mean([value for value in values if value is not None])
        return self.rows[0].get(key)


def repeats(rows: Iterable[Row]) -> bool:
    """Say whether some setting has two runs or more."""
    seen: set[str] = set()
    for row in rows:
        if row.setting in seen:
            return True
        seen.add(row.setting)
    return False


def group(rows: Iterable[Row]) -> list[Setting]:
    """Return the settings of the rows, in the order of their first runs."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.setting, []).append(row)
    names = {digest: _name(each) for digest, each in groups.items()}
    several = Counter(names.values())
    settings = []
    for digest, each in groups.items():
        name = names[digest]
        mark = f"{name}#{digest[:MARK_DIGITS]}"
        settings.append(_setting(mark if several[name] > 1 else name, mark, each))
    return settings


def _name(rows: Sequence[Row]) -> str:
    """Return the shortest of the runs' names, the first by the alphabet of those."""
    names = (str(row.config.get("name", row.run)) for row in rows)
    return min(names, key=lambda name: (len(name), name))


def _setting(label: str, mark: str, rows: Sequence[Row]) -> Setting:
    repeated: dict[int, list[Row]] = {}
    for row in rows:
        seed = row.config.get("seed")
        key = seed if type(seed) is int else -1 - id(row)  # paired with none
        repeated.setdefault(key, []).append(row)
    kept = {seed: _one(each) for seed, each in repeated.items()}
    results = {seed: _result(row, "val_accuracy") for seed, row in kept.items()}
    return Setting(
        label,
        mark,
        rows=tuple(kept.values()),
        seeds={seed: each for seed, each in results.items() if each is not None},
        inconsistent=tuple(str(seed) for seed, each in repeated.items() if _inconsistent(each)),
    )


def _one(rows: Sequence[Row]) -> Row:
    """Return one of the runs of a seed: of those with a result, if there are any, the newest.

    They repeat each other to the bit where the machine and the versions do: more prove nothing.
    """
    return max(rows, key=lambda row: (_came_to_an_end(row), row.started, row.run))


def _inconsistent(rows: Sequence[Row]) -> bool:
    return len({_result(row, "val_accuracy") for row in rows if _came_to_an_end(row)}) > 1


def _came_to_an_end(row: Row) -> bool:
    return _result(row, "val_accuracy") is not None


def _result(row: Row, key: str) -> float | None:
    """Return what a run came to, None if it came to nothing yet or that is not finite."""
    if row.status == "completed":
        return row.results[key]
    dataset = DATASETS.get(str(row.config.get("dataset")))
    guessing = row.status == "diverged" and dataset and key.endswith("_accuracy")
    return dataset.task.chance_accuracy if guessing and dataset else None


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
