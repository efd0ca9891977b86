"""The keys of a sweep as axes: numbers, their logarithms, or words."""

from __future__ import annotations

from collections.abc import Sequence

from mlpcli.picture import Dimension
from mlpcli.search import Choices, Key
from mlpcli.sweep import Trial
from mlpcli.terminal import value_text

FEW = 8  # values that stand beside an axis each, and not numbers between them


def words_of(key: Key, trials: Sequence[Trial]) -> list[str]:
    """Return the values of a key that stand beside its axis each; none where numbers do."""
    values = [value for trial in trials if (value := trial.shown.get(key.name)) is not None]
    if are_numbers(key, trials):
        if not isinstance(key.domain, Choices) or key.domain.count > FEW:
            return []
        values.sort()
    return list(dict.fromkeys(value_text(listed(v), 24) for v in values))


def are_numbers(key: Key, trials: Sequence[Trial]) -> bool:
    """Say whether the values of a key are numbers, the next one nearer than others."""
    values = [trial.shown.get(key.name) for trial in trials]
    return all(type(each) in (int, float) or each is None for each in values) and (
        not isinstance(key.domain, Choices) or key.domain.is_ordered
    )


def listed(value: object) -> object:
    """Return a value as a config has it."""
    return list(value) if isinstance(value, tuple) else value


def dimension(key: Key, words: Sequence[str]) -> Dimension:
    """Return a key's axis, with words where there are some."""
    domain = key.domain
    if words:
        return Dimension(key.name, words=words)
    if isinstance(domain, Choices):
        numbers = [each for each in domain.values if isinstance(each, int | float)]
        is_log = bool(numbers) and min(numbers) > 0 and max(numbers) >= 10 * min(numbers)
        return Dimension(key.name, log=is_log)
    return Dimension(key.name, log=domain.log)


def place_of(trial: Trial, key: Key, words: Sequence[str]) -> float | None:
    """Return where a trial stands along a key's axis; None where it has no value."""
    value = trial.shown.get(key.name)
    if words:
        text = value_text(listed(value), 24)
        return float(words.index(text)) if value is not None and text in words else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)
