"""Runs grouped into settings: one run of each seed and fold, under a name that tells them apart."""

from collections import Counter
from collections.abc import Iterable, Sequence

from mlpcli.compare.rows import Row
from mlpcli.compare.settings import MARK_DIGITS, Setting, came_to_an_end, fold_of, score_of
from mlpcli.config import noise_of, pairing_key, seeds_of_key
from mlpcli.runs import by_fold


def several_seeds(rows: Iterable[Row]) -> bool:
    """Say whether some setting has two or more different seeds, or folds."""
    seeds: dict[str, object] = {}
    for row in rows:
        seed = noise_of(row.config), row.config.get("fold")
        if seeds.setdefault(row.setting, seed) != seed:
            return True
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
    repeated: dict[tuple[int | None, int], list[Row]] = {}
    for row in rows:
        seed = pairing_key(row.config)
        key = -1 - id(row) if seed is None else seed  # paired with none
        repeated.setdefault((fold_of(row), key), []).append(row)
    kept = {place: _one(each) for place, each in repeated.items()}
    scores = {place: score for place, row in kept.items() if (score := score_of(row)) is not None}
    places = {seed if fold is None else fold: None for fold, seed in scores}
    means = by_fold((fold, score) for (fold, _), score in scores.items())
    return Setting(
        label,
        mark,
        rows=tuple(kept.values()),
        seeds=dict(zip(places, means, strict=True)),
        inconsistent=tuple(
            seeds_of_key(seed) if fold is None else f"{seeds_of_key(seed)} of fold {fold}"
            for (fold, seed), each in repeated.items()
            if _inconsistent(each)
        ),
    )


def _one(rows: Sequence[Row]) -> Row:
    """Return one of the runs of a seed: of those with a result, if there are any, the newest.

    They repeat each other to the bit where the machine and the versions do: more prove nothing.
    """
    if len(rows) == 1:  # as nearly always
        return rows[0]
    return max(rows, key=lambda row: (came_to_an_end(row), row.started, row.run))


def _inconsistent(rows: Sequence[Row]) -> bool:
    if len(rows) == 1:
        return False
    return len({score_of(row) for row in rows if came_to_an_end(row)}) > 1
