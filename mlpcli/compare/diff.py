"""Two runs, A and B: what differs in how they were made, and whether the networks differ."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlpcli.compare.diff_errors import ErrorsApart, conclude_errors, errors_apart
from mlpcli.errors import shown
from mlpcli.runs import Answers, Reached, Run, dependence, load_answers
from mlpcli.stats import ALPHA, holm, mcnemar_p
from mlpcli.terminal import p_text


@dataclass(frozen=True)
class Change:
    """A key whose value is not the same; None where a run has none."""

    key: str
    a: Any
    b: Any


@dataclass(frozen=True)
class Discordance:
    """The test examples by which of two networks has them right; p is McNemar's, exact."""

    examples: int
    both: int
    only_a: int
    only_b: int
    neither: int
    same_predictions: int  # examples that both take for the same class, right or wrong
    p: float


@dataclass(frozen=True)
class ClassChange:
    """A class's test examples: right by each network, B - A as a share, and whether by chance."""

    label: int
    examples: int
    a_correct: int
    b_correct: int
    difference: float
    only_a: int
    only_b: int
    p: float
    p_adjusted: float  # by Holm, for the number of classes

    @property
    def beyond_chance(self) -> bool:
        """Whether the networks differ on this class by more than chance."""
        return self.p_adjusted < ALPHA


@dataclass(frozen=True)
class Race:
    """When each run first had a validation score that is the best of one of them."""

    best_of: str  # "a" or "b"
    val_accuracy: float | None  # of values val_r2
    a: Reached | None
    b: Reached | None
    val_r2: float | None = None


@dataclass(frozen=True)
class RunDiff:
    """Two runs side by side.

    `test` is None where they cannot be compared example by example; of values it is `errors`.
    """

    a: Run
    b: Run
    same_run: bool
    config: tuple[Change, ...]
    environment: tuple[Change, ...]
    data: tuple[Change, ...]
    test: Discordance | None
    errors: ErrorsApart | None
    classes: tuple[ClassChange, ...]  # the most changed first
    races: tuple[Race, ...]
    conclusion: str
    warnings: tuple[str, ...]

    @property
    def b_is_better(self) -> bool | None:
        """Whether B's network is the better one on the test set; None where chance may say so."""
        if self.errors:
            return self.errors.difference < 0 if self.errors.p < ALPHA else None
        if self.test is None or self.test.p >= ALPHA:
            return None
        return self.test.only_b > self.test.only_a


def diff_runs(first: Run, second: Run) -> RunDiff:
    """Compare two runs. Raises RunError if the metrics of one cannot be read."""
    same = os.path.realpath(first.path) == os.path.realpath(second.path)
    data = changes(first.data, second.data)
    (of_a, lost_a), (of_b, lost_b) = load_answers(first), load_answers(second)
    other_data = _scored_on_others(first, second)
    both = (of_a, of_b) if of_a and of_b and not other_data else None
    of_values = bool(both and both[0].of_values)
    test = discordance(*both) if both and not of_values else None
    errors = errors_apart(*both) if both and of_values else None
    return RunDiff(
        a=first,
        b=second,
        same_run=same,
        config=tuple(each for each in changes(first.config, second.config) if each.key != "name"),
        environment=changes(flat(first.environment), flat(second.environment)),
        data=data,
        test=test,
        errors=errors,
        classes=class_changes(*both) if both and not of_values else (),
        races=races(first, second),
        conclusion=_not_comparable(data) if other_data else conclude(same, test, errors),
        warnings=tuple(
            dict.fromkeys(
                (
                    *_wrong(first),
                    *_wrong(second),
                    *lost_a,
                    *lost_b,
                    *(dependence(first) if test or errors else ()),
                )
            )
        ),
    )


def _scored_on_others(first: Run, second: Run) -> bool:
    """Say whether two runs' networks were scored on other rows, or by other targets."""
    if first.facts and second.facts:
        return first.facts.scored_on != second.facts.scored_on
    return bool(changes(first.data, second.data))


def _wrong(run: Run) -> Iterator[str]:
    """Yield what is wrong with a run's files."""
    yield from run.warnings
    yield from (f"{shown(run.path, 200)}: {text}" for text in run.contradictions)


def changes(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the keys with different values, in the order in which they stand there."""
    keys = dict.fromkeys((*a, *b))
    return tuple(Change(k, a.get(k), b.get(k)) for k in keys if _differ(a.get(k), b.get(k)))


def _differ(a: object, b: object) -> bool:
    """Say whether two values differ; 1 and 1.0 are equal, 1 and true are not."""
    return a != b or isinstance(a, bool) != isinstance(b, bool)


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a mapping of mappings under dotted keys.

    >>> flat({"git": {"dirty": False}, "cpu": "x"})
    {'git.dirty': False, 'cpu': 'x'}
    """
    found: dict[str, Any] = {}
    for key, value in values.items():
        inner = value if isinstance(value, Mapping) else None
        found |= {key: value} if inner is None else {f"{key}.{k}": v for k, v in inner.items()}
    return found


def discordance(a: Answers, b: Answers) -> Discordance:
    """Count the test examples by which network has them right."""
    right_a, right_b = a.predicted == a.targets, b.predicted == b.targets
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return Discordance(
        examples=len(a.targets),
        both=int((right_a & right_b).sum()),
        only_a=only_a,
        only_b=only_b,
        neither=int((~right_a & ~right_b).sum()),
        same_predictions=int((a.predicted == b.predicted).sum()),
        p=mcnemar_p(only_a, only_b),
    )


def class_changes(a: Answers, b: Answers) -> tuple[ClassChange, ...]:
    """Compare the networks on each class, the largest difference of accuracies first."""
    right_a, right_b = a.predicted == a.targets, b.predicted == b.targets
    counts = []
    for label in sorted(set(a.targets.tolist())):
        own = a.targets == label
        only_a = int((right_a & ~right_b & own).sum())
        only_b = int((right_b & ~right_a & own).sum())
        counts.append((label, int(own.sum()), int((right_a & own).sum()), only_a, only_b))
    p_values = [mcnemar_p(only_a, only_b) for *_, only_a, only_b in counts]
    found = [
        ClassChange(
            label, examples, right, right + only_b - only_a, (only_b - only_a) / examples,
            only_a, only_b, p, p_adjusted,
        )
        for (label, examples, right, only_a, only_b), p, p_adjusted in zip(
            counts, p_values, holm(p_values), strict=True
        )
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: -abs(each.difference)))


def races(a: Run, b: Run) -> tuple[Race, ...]:
    """Return when each run first reached the best validation accuracy of A, and of B."""
    bests = (("a", a.history.best), ("b", b.history.best))
    return tuple(_race(name, best, a, b) for name, best in bests if best)


def _race(name: str, best: Reached, a: Run, b: Run) -> Race:
    first_a, first_b = (run.history.first_reached(best.score) for run in (a, b))
    return Race(name, best.val_accuracy, first_a, first_b, best.val_r2)


def _not_comparable(data: Sequence[Change]) -> str:
    """Say why networks that were not scored on the same cannot be compared."""
    why = "the data sets differ" if data else "they were tested on other rows or other targets"
    return f"{why}, so the networks cannot be compared"


def conclude(same: bool, test: Discordance | None, errors: ErrorsApart | None = None) -> str:
    """Say in a sentence whether the networks differ on the test set."""
    if same:
        return "A and B are the same run"
    if errors:
        return conclude_errors(errors)
    if test is None:
        return "without the test predictions of both, nothing can be said of the networks"
    if test.same_predictions == test.examples:
        return f"the networks take each of the {test.examples:,} test examples for the same class"
    if test.p >= ALPHA:
        return (
            f"no evidence that these two networks differ: {test.only_a:,} and {test.only_b:,} "
            f"test examples only one of them has right ({p_text(test.p, 'p')})"
        )
    better, more, fewer = ("A", test.only_a, test.only_b)
    if test.only_b > test.only_a:
        better, more, fewer = ("B", test.only_b, test.only_a)
    return (
        f"network {better} is better on the test set: {more:,} examples only {better} has right, "
        f"{fewer:,} only {'B' if better == 'A' else 'A'} ({p_text(test.p, 'p')})"
    )
