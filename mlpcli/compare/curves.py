"""Settings that differ in one size alone, as learning curves: `mlpcli compare --curve`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlpcli.compare.comparison import Comparison
from mlpcli.compare.rows import Row
from mlpcli.compare.settings import Setting, came_to_an_end, fold_of
from mlpcli.config import FOLLOWING, OF_A_RUN_ALONE, pairing_key, spelled_once
from mlpcli.errors import RunError, shell_word
from mlpcli.runs import CONFIG, is_score, read_rows, whole

if TYPE_CHECKING:
    from mlpcli.stats import Curve, CurvePoint

MISSING = 3  # sizes that are advised, each half of the one before
LEAST = 3  # points
APART = 1.25  # of the points of one run


@dataclass(frozen=True)
class Sized:
    """A size, the setting that has it, and its errors or losses by seed."""

    x: int
    setting: Setting
    errors: Mapping[int, float]


@dataclass(frozen=True)
class LearningCurve:
    """Settings that differ in `key` alone, ascending; `result` is what their errors are of.

    `of_rows`: one setting's own validations, each of a run that was not at its end.
    """

    key: str
    result: str
    sized: tuple[Sized, ...]
    of_rows: bool = False

    @property
    def setting(self) -> Setting:
        """That of the largest size."""
        return self.sized[-1].setting

    @cached_property
    def fit(self) -> Curve:
        """The power law through them. Raises RunError where there can be none."""
        from mlpcli.stats import CurveError, learning_curve

        try:
            return learning_curve(self.points)
        except CurveError as error:
            what = f"1 - {self.result}" if is_score(self.result) else self.result
            raise RunError(f"--curve {self.key}: {what}: {error}") from error

    @property
    def points(self) -> list[CurvePoint]:
        """The points that a law is fitted to."""
        from mlpcli.stats import CurvePoint

        return [CurvePoint(each.x, each.errors) for each in self.sized]


def curves_of(comparison: Comparison) -> list[LearningCurve]:
    """Return the curves that the settings make, the longest first.

    Raises RunError where none has three sizes, with the command that trains those that are missing.
    """
    key = comparison.query.curve or ""
    result = _result(comparison)
    groups = list(_groups(comparison.ranking.every, key, result))
    found = [LearningCurve(key, result, tuple(each)) for each in groups]
    fit = [each for each in found if len(each.sized) >= LEAST]
    if not fit and found and key == "steps":
        fit = [each for each in [_by_rows(found[0])] if len(each.sized) >= LEAST]
    if not fit:
        raise _too_few(key, found)
    return sorted(fit, key=lambda each: -len(each.sized))


def error_of(result: str, value: float) -> float:
    """Return the error that a result is: 1 - accuracy, 1 - R squared; a loss is its own.

    >>> error_of("val_accuracy", 0.75), error_of("val_loss", 0.75)
    (0.25, 0.75)
    """
    return 1 - value if is_score(result) else value


def _result(comparison: Comparison) -> str:
    """Return the first column asked for that is a score or a loss; else validation's score."""
    asked = comparison.query.columns
    fit = (name for name in asked if is_score(name) or name.endswith("_loss"))
    return next(fit, comparison.score_key)


def _groups(settings: Iterable[Setting], key: str, result: str) -> Iterator[list[Sized]]:
    """Yield settings that differ in nothing but the key, and what follows from it, ascending.

    Of training examples the steps are the same or, where these make no curve, the epochs.
    """
    for alike in _grouped(_sized(settings, key, result), lambda each: _mark(each.setting, key)):
        groups = [alike]
        if key == "train_examples":
            groups = _grouped(alike, lambda each: each.setting.config.get("steps"))
            by_epochs = _grouped(alike, _epochs)
            if max(map(len, groups)) < LEAST <= max(map(len, by_epochs)):
                groups = by_epochs
        for each in groups:
            yield sorted(each, key=lambda one: one.x)


def _sized(settings: Iterable[Setting], key: str, result: str) -> Iterator[Sized]:
    for setting in settings:
        x, errors = _size(setting, key), _errors(setting, result)
        if x is not None and errors:
            yield Sized(x, setting, errors)


def _grouped(found: Iterable[Sized], mark: Callable[[Sized], Any]) -> list[list[Sized]]:
    groups: dict[Any, list[Sized]] = {}
    for each in found:
        groups.setdefault(mark(each), []).append(each)
    return list(groups.values())


def _mark(setting: Setting, key: str) -> str:
    """Return what settings share that may lie on one curve."""
    config = spelled_once(setting.config)
    others = {key, *OF_A_RUN_ALONE, *FOLLOWING, *(("steps",) if key == "train_examples" else ())}
    kept = {name: value for name, value in config.items() if name not in others}
    return json.dumps([kept, setting.scored_on], sort_keys=True, default=str)


def _epochs(each: Sized) -> Any:
    """Return how many whole epochs a setting has; its steps where they are none."""
    steps, batch = (whole(each.setting.config.get(key), 1) for key in ("steps", "batch_size"))
    epochs = round(steps * batch / each.x) if steps and batch else 0
    return epochs if steps == -(-epochs * each.x // (batch or 1)) else -(steps or 0)


def _size(setting: Setting, key: str) -> int | None:
    value = whole(spelled_once(setting.config).get(key), 1)
    if value is None and key == "train_examples":
        facts = setting.rows[0].facts
        return facts.train_examples if facts else None
    return value


def _errors(setting: Setting, result: str) -> dict[int, float]:
    """Return the error of each seed, or fold; a diverged one's is that of a guess."""
    if result == setting.score_key:
        return {seed: error_of(result, value) for seed, value in setting.seeds.items()}
    rows = [row for row in setting.rows if came_to_an_end(row) and row.counts]
    values = {_seed(row): row.results.get(result) for row in rows}
    return {seed: error_of(result, value) for seed, value in values.items() if value is not None}


def _seed(row: Row) -> int:
    return fold_of(row) or pairing_key(row.config) or 0


def _by_rows(curve: LearningCurve) -> LearningCurve:
    """Return one setting's validations as a curve over its steps; as it is with a decay.

    Only what all of its seeds validated: a run's rows under a decay are no shorter run.
    """
    setting = curve.setting
    if setting.config.get("decay", "constant") != "constant" or curve.result[:4] != "val_":
        return curve
    by_seed = {}
    for row in setting.rows:
        if row.counts:
            found = ((each.step, getattr(each, curve.result)) for each in read_rows(Path(row.path)))
            by_seed[_seed(row)] = {
                step: error_of(curve.result, value) for step, value in found if value is not None
            }
    steps = _apart(set.intersection(*map(set, by_seed.values())) if by_seed else ())
    sized = (
        Sized(step, setting, {seed: each[step] for seed, each in by_seed.items()}) for step in steps
    )
    return LearningCurve(curve.key, curve.result, tuple(sized), of_rows=True)


def _apart(steps: Iterable[int]) -> list[int]:
    """Return steps a quarter apart, from the last down: more would say the same again."""
    kept: list[int] = []
    for step in sorted(steps, reverse=True):
        if not kept or step * APART <= kept[-1]:
            kept.append(step)
    return kept[::-1]


def _too_few(key: str, found: Sequence[LearningCurve]) -> RunError:
    """Return an error that says how many sizes there are, and what trains the others."""
    if not found:
        return RunError(f"--curve {key}: no setting has a result and says its {key}")
    curve = max(found, key=lambda each: len(each.sized))
    there = [each.x for each in curve.sized]
    sizes = ", ".join(f"{x:,}" for x in there)
    wanted = [there[-1] // 2**n for n in range(1, MISSING + 1)]
    wanted = sorted({x for x in wanted if x > 0} - {*there})[-(LEAST + 1 - len(there)) :]
    newest = max(curve.setting.rows, key=lambda row: row.started)
    config = shell_word(Path(newest.path, CONFIG))
    train = f"mlpcli train {config} -s {key}=$x --seeds {max(3, len(curve.sized[-1].errors))}"
    return RunError(
        f"--curve {key}: settings that differ in {key} alone have {len(there)} of the "
        f"{LEAST} sizes that a power law takes: {sizes}",
        f"train others: for x in {' '.join(map(str, wanted))}; do {train}; done",
    )
