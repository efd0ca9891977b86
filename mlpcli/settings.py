"""Settings: runs whose configs differ in nothing but seed and name, and how settings compare."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mlpcli.compare import LARGEST_FIRST, Query, Row, differences
from mlpcli.data import DATASETS
from mlpcli.errors import MlpcliError, shown
from mlpcli.statistics import Interval, mean_interval
from mlpcli.verdicts import Standing, standings

OF_A_RUN_ALONE = ("seed", "name")  # keys in which the runs of a setting may differ
DIGITS = 6  # of a config's hash in a setting's mark
CHOICES = 20  # settings at most in a message
MEANS = ("val_accuracy", "test_accuracy", "test_loss", "seconds")


class BaselineError(MlpcliError):
    """A baseline that is no setting's name."""

    exit_code = 2


@dataclass(frozen=True)
class Setting:
    """The runs of one config over seeds.

    `seeds` maps each seed that came to a result to its validation accuracy; a diverged run's is
    that of chance, for its network tells nothing. `label` is the name where no other setting has
    that, else the name and digits that follow from the config: `mark`, whatever the others are.
    """

    label: str
    mark: str
    rows: tuple[Row, ...]  # one a seed
    seeds: Mapping[int, float]

    @property
    def config(self) -> Mapping[str, Any]:
        """What the runs share; their seeds and names are those of one of them."""
        return self.rows[0].config

    @cached_property
    def means(self) -> Mapping[str, Interval]:
        """The mean of each of MEANS over the seeds that have it; of the others nothing.

        The intervals end where no result can lie: at 0, and those of accuracies at 1.
        """
        means = {"val_accuracy": mean_interval(self.seeds.values())} if self.seeds else {}
        for key in MEANS[1:]:
            values = [row.results[key] for row in self.rows if row.status == "completed"]
            numbers = [value for value in values if value is not None]
            if numbers:
                means[key] = mean_interval(numbers)
        return {
            key: each.within(0.0, 1.0 if key.endswith("_accuracy") else math.inf)
            for key, each in means.items()
        }

    @property
    def completed(self) -> int:
        """How many runs came to their end."""
        return sum(row.status == "completed" for row in self.rows)

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
        if key == "val_accuracy":
            return sum(self.seeds.values()) / len(self.seeds) if self.seeds else None
        values = [row.get(key) for row in self.rows]
        numbers = [each for each in values if isinstance(each, int | float)]
        if key in self.rows[0].results:
            return sum(numbers) / len(numbers) if numbers else None
        return values[0]


@dataclass(frozen=True)
class Ranking:
    """Settings in order, and how each stands beside the reference: the best, or a baseline.

    `standings` has None for the reference and for a setting without a result.
    """

    settings: tuple[Setting, ...]
    standings: tuple[Standing | None, ...]
    best_of: int  # settings with a result
    tied: int  # as Standings has it
    too_few: int
    reference: str | None  # its label
    baseline: bool
    differing: tuple[str, ...]
    shared: Mapping[str, Any]
    query: Query


def rank_settings(rows: Sequence[Row], query: Query, baseline: str | None = None) -> Ranking:
    """Group runs into settings, put these in order, and compare them over their seeds.

    `baseline` is a setting's label; without one they are compared with the best by validation
    accuracy.
    Raises BaselineError if no setting has that label.
    """
    settings = _ordered(group(rows), query.sort, query.reverse)
    tested = [i for i, each in enumerate(settings) if each.seeds]
    named = None if baseline is None else tested.index(_labelled(settings, tested, baseline))
    standing: list[Standing | None] = [None] * len(settings)
    reference, tied, too_few = None, 0, 0
    if tested:
        first = sum(i < query.top for i in tested) if query.top else None
        places = standings([settings[i].seeds for i in tested], named, first)
        reference, tied, too_few = tested[places.reference], places.tied, places.too_few
        for i, each in zip(tested, places.rows, strict=False):
            standing[i] = each
    differing, shared = differences([each.config for each in settings[: query.top]])
    return Ranking(
        settings=tuple(settings[: query.top]),
        standings=tuple(standing[: query.top]),
        best_of=len(tested),
        tied=tied,
        too_few=too_few,
        reference=None if reference is None else settings[reference].label,
        baseline=baseline is not None,
        differing=tuple(key for key in differing if key not in OF_A_RUN_ALONE),
        shared={key: value for key, value in shared.items() if key not in OF_A_RUN_ALONE},
        query=query,
    )


def repeats(rows: Iterable[Row]) -> bool:
    """Say whether some setting has two runs or more."""
    seen: set[str] = set()
    for row in rows:
        identity = _identity(row)
        if identity in seen:
            return True
        seen.add(identity)
    return False


def group(rows: Iterable[Row]) -> list[Setting]:
    """Return the settings of the rows, in the order of their first runs."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(_identity(row), []).append(row)
    names = {identity: _name(each) for identity, each in groups.items()}
    several = Counter(names.values())
    settings = []
    for identity, each in groups.items():
        name = names[identity]
        mark = f"{name}#{hashlib.sha256(identity.encode()).hexdigest()[:DIGITS]}"
        settings.append(_setting(mark if several[name] > 1 else name, mark, each))
    return settings


def _identity(row: Row) -> str:
    config = row.config
    return repr([(key, config[key]) for key in sorted(config) if key not in OF_A_RUN_ALONE])


def _name(rows: Sequence[Row]) -> str:
    """Return the shortest of the runs' names, the first by the alphabet of those."""
    names = (str(row.config.get("name", row.run)) for row in rows)
    return min(names, key=lambda name: (len(name), name))


def _setting(label: str, mark: str, rows: Sequence[Row]) -> Setting:
    seeds = _one_a_seed(rows)
    results = {seed: _result(row) for seed, row in seeds.items()}
    accuracies = {seed: each for seed, each in results.items() if each is not None}
    return Setting(label, mark, tuple(seeds.values()), accuracies)


def _one_a_seed(rows: Sequence[Row]) -> dict[int, Row]:
    """Return a run for each seed: one with a result, if there is one.

    Runs of one seed repeat each other to the bit: more of them prove nothing.
    """
    seeds: dict[int, Row] = {}
    for row in rows:
        seed = row.config.get("seed")
        key = seed if type(seed) is int else -1 - id(row)  # a stranger's: paired with no other
        if key not in seeds or (_result(seeds[key]) is None and _result(row) is not None):
            seeds[key] = row
    return seeds


def _result(row: Row) -> float | None:
    """Return the validation accuracy that a run came to, None if it came to none yet."""
    if row.status == "completed":
        return row.results["val_accuracy"]
    dataset = DATASETS.get(str(row.config.get("dataset")))
    return 1 / dataset.classes if row.status == "diverged" and dataset else None


def _ordered(settings: Sequence[Setting], sort: str, reverse: bool) -> list[Setting]:
    """Return the settings in the order of a column, those of which no run was completed last."""

    def rank(setting: Setting) -> tuple[bool, bool, bool, Any]:
        value, lost = setting.get(sort), not setting.completed
        if not isinstance(value, int | float):
            return lost, value is None, True, str(value)
        return lost, False, False, -value if (sort in LARGEST_FIRST) != reverse else value

    return sorted(settings, key=rank)


def _labelled(settings: Sequence[Setting], tested: Sequence[int], label: str) -> int:
    """Return the place of the setting with that label, or with that mark."""
    for i in tested:
        if label in (settings[i].label, settings[i].mark):
            return i
    there = [settings[i] for i in tested]
    alike = [each for each in there if each.mark.startswith(f"{label}#")]
    what = f"{len(alike)} settings have that name" if alike else "no such setting"
    choices = ", ".join(_told_apart(each, there) for each in (alike or there)[:CHOICES])
    raise BaselineError(
        f"--baseline {shown(label) or repr(label)}: {what}", f"choose from {choices}"
    )


def _told_apart(setting: Setting, settings: Iterable[Setting]) -> str:
    """Return a setting's label, with the keys in which others of its name differ from it."""
    if setting.label != setting.mark:
        return shown(setting.label)
    name = setting.mark[: -DIGITS - 1]
    alike = [each.config for each in settings if each.mark[: -DIGITS - 1] == name]
    keys = [key for key in differences(alike)[0] if key not in OF_A_RUN_ALONE]
    values = (f"{shown(key)} {shown(setting.config.get(key))}" for key in keys)
    return f"{shown(setting.label, 80)} ({', '.join(values)})"
